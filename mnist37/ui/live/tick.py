"""A part of a page that is redrawn at an interval."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from mnist37.ui.live.notices import says_errors

T = TypeVar("T")


def tick(look: Callable[[], T], clock: Callable[[T], float | None], show: Callable[[T], None], *, name: str) -> None:
    """Draw a part of the page in a fragment; when its refresh interval changes, the whole page runs again.

    Args:
        look: returns the state to show, called at each refresh.
        clock: returns the seconds between two refreshes for that state; None for no refresh.
        show: draws the state.
        name: the fragment's name, unique in the app.
    """
    looked = [look()]
    every = clock(looked[0])

    @says_errors
    def draw() -> None:
        state = looked.pop() if looked else look()  # with the page, the same look counts
        if clock(state) != every:
            st.rerun(scope="app")
        show(state)

    draw.__qualname__ = name  # Streamlit identifies a fragment by its function's name
    # In a container of the page. If a refresh begins before the page's last run was sent, Streamlit leaves the
    # fragment's elements of that run to the refresh, but reports the run as complete: the browser then clears their
    # place. If that place were the fragment's own, what is below would move up into it, and the refresh would draw over
    # it.
    with st.container():
        st.fragment(draw, run_every=every)()
