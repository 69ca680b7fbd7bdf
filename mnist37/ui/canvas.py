"""The canvas to draw a digit on, and the drawing as MNIST's makers would have prepared it."""

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from mnist37.data import Prepared, ink_from_rgba, to_mnist

SIDE = 280
"""Pixels: ten for each of the model's."""
BRUSH = 22
"""About as thick, in the 20x20 box of a digit that fills the canvas, as MNIST's strokes."""


def drawing() -> Prepared | None:
    """Let the visitor draw, and start over.

    Returns:
        The drawing, prepared for a model; None before the first stroke.
    """
    st.markdown("**Draw a 3 or a 7**")
    sheet = st.session_state.setdefault("sheet", 0)
    result = st_canvas(
        stroke_width=BRUSH,
        stroke_color="#ffffff",
        background_color="#000000",
        width=SIDE,
        height=SIDE,
        return_image_data=True,
        key=f"canvas_{sheet}",
    )
    # The canvas's own buttons show up under a mouse only, so a finger needs this one. A canvas of a new name is empty.
    st.button("Clear", icon=":material/ink_eraser:", key="clear", on_click=_take_new_sheet)
    rgba = result.image_data
    return None if rgba is None else to_mnist(ink_from_rgba(rgba))


def _take_new_sheet() -> None:
    st.session_state["sheet"] += 1
