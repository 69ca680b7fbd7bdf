"""The Draw page's working part: a stroke runs only this again, so that the verdict is there at once."""

import streamlit as st

from mnist37.engine import Engine
from mnist37.ui.canvas import SIDE, drawing
from mnist37.ui.follow import follow, until_over
from mnist37.ui.verdict import what_it_saw, what_it_says

TICK_SECONDS = 1.0
SAW_WIDTH = 230


def draw_and_judge(engine: Engine, run_id: str) -> None:
    """Canvas, what the model says, what it saw; said anew while the judge still learns."""
    follow(engine, run_id, _draw_and_judge, until_over(TICK_SECONDS))


def _draw_and_judge(engine: Engine, run_id: str) -> None:
    # The canvas cannot shrink, so its width is fixed and what is too wide for the screen goes below it.
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=SIDE):
            st.markdown("**Draw a 3 or a 7**")
            prepared = drawing()
        with st.container(width="stretch"):
            what_it_says(engine, run_id, prepared)
        with st.container(width=SAW_WIDTH):
            what_it_saw(prepared)
