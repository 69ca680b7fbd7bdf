"""The canvas to draw a digit on, with its tools: on a phone they need a place that a finger finds."""

from collections.abc import Callable

import streamlit as st

from mnist37.data import Prepared
from mnist37.ui.drawing.sheet import State, first_drawing, sheet
from mnist37.ui.shell.session import keep

SIDE = 280
"""Pixels: ten for each of the model's."""

BRUSHES = {"Thin": 12 / 280, "Pen": 22 / 280, "Thick": 34 / 280, "Eraser": 34 / 280}
"""How wide each is, in sides of the canvas. The pen is about as thick, in the 20x20 box of a digit that fills it, as
MNIST's strokes."""

BRUSH_KEY, PEN = "brush", "Pen"
INK, PAPER = "#ffffff", "#000000"


def canvas(side: int = SIDE, key: str = "canvas", *, tools: bool = True) -> Prepared | None:
    """Let the visitor draw, take strokes back, and start over; its page calls `send_strokes_at_once`.

    Args:
        side: of the canvas, in pixels.
        key: the canvas's name, unique in the app.
        tools: whether there is room for a choice of brushes.

    Returns:
        The drawing, prepared for a model; None where the sheet is blank.
    """
    from streamlit_drawable_canvas import st_canvas  # can only be imported while a server runs

    page = sheet()
    brush = (keep(BRUSH_KEY, PEN) or PEN) if tools else PEN
    name = f"{key} {page.number}"
    if name not in st.session_state:  # another sheet, or the page was left meanwhile: what is on it is drawn again
        st.session_state[f"{key} at first"] = first_drawing(page.now, side)
    result = st_canvas(
        stroke_width=round(side * BRUSHES[brush]),
        stroke_color=PAPER if brush == "Eraser" else INK,
        background_color=PAPER,
        width=side,
        height=side,
        return_image_data=True,
        initial_drawing=st.session_state[f"{key} at first"],
        key=name,
    )
    if result.image_bytes is not None:
        page.hear(State(result.image_bytes, result.json_data, side))
    if tools:  # below the canvas, as its own buttons show up above it, under a mouse only
        st.segmented_control(
            "Brush",
            list(BRUSHES),
            default=brush,
            key=BRUSH_KEY,
            required=True,
            label_visibility="collapsed",
            width="stretch",
        )
    with st.container(horizontal=True, gap="small"):
        _button("Undo", "undo" if tools else "", f"{key}_undo", page.undo, enabled=page.can_undo)
        _button("Clear", "ink_eraser" if tools else "", f"{key}_clear", page.clear, enabled=bool(page.now.png))
    return page.prepared()


def _button(label: str, icon: str, key: str, turn: Callable[[], None], *, enabled: bool) -> None:
    st.button(label, icon=f":material/{icon}:" if icon else None, key=key, on_click=turn, disabled=not enabled)
