"""The canvas to draw a digit on, and the drawing as MNIST's makers would have prepared it."""

import io
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import streamlit as st
from PIL import Image

from mnist37.data import Prepared, ink_from_rgba, to_mnist

SIDE = 280
"""Pixels: ten for each of the model's."""
BRUSH_SHARE = 22 / 280
"""The brush, in sides of the canvas: about as thick, in the 20x20 box of a digit that fills it, as MNIST's strokes."""


def drawing(side: int = SIDE, key: str = "canvas", on_clear: Callable[[], None] | None = None) -> Prepared | None:
    """Let the visitor draw, and start over.

    Args:
        side: of the canvas, in pixels.
        key: the canvas's name, unique in the app.
        on_clear: called when the visitor starts over.

    Returns:
        The drawing, prepared for a model; None before the first stroke.
    """
    from streamlit_drawable_canvas import st_canvas  # can only be imported while a server runs

    name = f"{key}_{st.session_state.setdefault(f'{key} sheet', 0)}"
    if name not in st.session_state:  # a new sheet, or the page was left meanwhile: what was drawn is drawn again
        st.session_state[f"{key} at first"] = st.session_state.get(f"{key} strokes")
    result = st_canvas(
        stroke_width=round(side * BRUSH_SHARE),
        stroke_color="#ffffff",
        background_color="#000000",
        width=side,
        height=side,
        return_image_data=True,
        initial_drawing=st.session_state[f"{key} at first"],
        key=name,
    )
    # The canvas's own buttons show up under a mouse only, so a finger needs this one. A canvas of a new name is empty.
    st.button("Clear", icon=":material/ink_eraser:", key=f"{key}_clear", on_click=_take_new_sheet, args=(key, on_clear))
    png = result.image_bytes
    if png is not None:
        st.session_state[f"{key} strokes"] = result.json_data
    return None if png is None else _prepared(png)


@lru_cache(maxsize=64)
def _prepared(png: bytes) -> Prepared:
    """A page that keeps itself up to date asks for the same drawing several times a second."""
    return to_mnist(ink_from_rgba(np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))))


def _take_new_sheet(key: str, on_clear: Callable[[], None] | None) -> None:
    if on_clear is not None:
        on_clear()
    st.session_state[f"{key} sheet"] += 1
    st.session_state.pop(f"{key} strokes", None)
