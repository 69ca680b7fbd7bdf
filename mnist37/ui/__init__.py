"""What the pages share: widgets and figures. It may know Streamlit and the engine, never a tensor."""
