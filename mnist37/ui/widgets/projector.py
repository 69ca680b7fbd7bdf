"""The projector view: large type and thick lines for the back row, on every page of a visit. Imports no torch."""

import streamlit as st

from mnist37.ui.visit import IS_PROJECTED

VIEW, PROJECTOR = "view", "projector"
"""The parameter of the address that opens this view, and its value."""
USUAL_PX, REM_PX = 16, 27
"""A rem in px on usual pages and in this view: the smallest type, 0.75 rem, then has more than 20 px."""
LOOK = f"<style>html {{ font-size: {REM_PX}px !important; }}</style>"
"""Streamlit measures in rem, so everything grows; figures and pictures follow (`scale` in nodes.js)."""


def is_projected() -> bool:
    """Return whether this visit is in the projector view; at first the address decides."""
    if IS_PROJECTED.get() is None:
        IS_PROJECTED.set(st.query_params.get(VIEW) == PROJECTOR)
    return bool(IS_PROJECTED.get())


def scaled(px: int) -> int:
    """Return a length in px, scaled for the projector view if it is on."""
    return round(px * REM_PX / USUAL_PX) if is_projected() else px


def projector_button() -> None:
    """Show a button that opens or leaves the projector view."""
    if is_projected():
        _button("Leave the projector view", "close_fullscreen", shortcut="Escape")
    else:
        _button("Projector view", "present_to_all")


def _button(label: str, icon: str, shortcut: str | None = None) -> None:
    st.button(label, icon=f":material/{icon}:", key="projector", type="tertiary", on_click=_turn, shortcut=shortcut)


def _turn() -> None:
    IS_PROJECTED.set(not is_projected())


def heading(title: str, about: str = "") -> None:
    """Show a page's name as its first heading, and a few words on its subject."""
    st.title(f"{title} :small[:gray[· {about}]]" if about else title, anchor=False, width="content")
    if is_projected():
        projector_button()
