"""What the visitor's browser says of itself. Imports no torch."""

import streamlit as st


def is_phone() -> bool:
    """Whether the browser says that it is one of a phone."""
    return "Mobi" in st.context.headers.get("User-Agent", "")
