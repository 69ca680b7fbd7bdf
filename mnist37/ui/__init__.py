"""Parts that the pages share: widgets and figures. May import Streamlit and the engine, but handles no tensors."""
