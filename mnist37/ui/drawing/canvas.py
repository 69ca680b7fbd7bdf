"""The canvas to draw a digit on, with its tools as buttons, which a finger can press on a phone."""

from collections.abc import Callable

import streamlit as st

from mnist37.data import Prepared
from mnist37.ui.drawing.sheet import State, first_drawing, sheet
from mnist37.ui.shell.session import choose_one, keep

SIDE = 280
"""In px: ten for each of the model's pixels."""

BRUSHES = {"Thin": 12 / 280, "Pen": 22 / 280, "Thick": 34 / 280, "Eraser": 34 / 280}
"""Width of each brush, in sides of the canvas. The pen is about as thick as MNIST's strokes, in the 20x20 box of a
digit that fills the canvas."""

BRUSH_KEY, PEN = "brush", "Pen"
INK, PAPER = "#ffffff", "#000000"


def canvas(side: int = SIDE, key: str = "canvas", *, tools: bool = True) -> Prepared | None:
    """Show the canvas with its tools; its page must call `send_strokes_at_once`.

    Args:
        side: the canvas's side, in px.
        key: the canvas's name, unique in the app.
        tools: whether to show the choice of brushes.

    Returns:
        The drawing, prepared for a model; None if the sheet is blank.
    """
    from streamlit_drawable_canvas import st_canvas  # can only be imported while a server runs

    page = sheet()
    brush = keep(BRUSH_KEY, PEN) if tools else PEN
    name = f"{key} {page.number}"
    if name not in st.session_state:  # a new sheet, or the page was left meanwhile: redraw what is on it
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
        page.receive(State(result.image_bytes, result.json_data, side))
    if tools:  # below the canvas, as its own buttons appear above it, and only under a mouse
        choose_one("Brush", list(BRUSHES), key=BRUSH_KEY, first=PEN, width="stretch")
    with st.container(horizontal=True, gap="small"):
        _button("Undo", "undo" if tools else "", f"{key}_undo", page.undo, enabled=page.can_undo)
        _button("Clear", "ink_eraser" if tools else "", f"{key}_clear", page.clear, enabled=bool(page.now.png))
    return page.prepared()


def _button(label: str, icon: str, key: str, turn: Callable[[], None], *, enabled: bool) -> None:
    st.button(label, icon=f":material/{icon}:" if icon else None, key=key, on_click=turn, disabled=not enabled)
