"""A part of a page that is drawn again and again, as often as its clock says."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from mnist37.ui.live.notices import says_errors

T = TypeVar("T")


def tick(look: Callable[[], T], clock: Callable[[T], float | None], show: Callable[[T], None], *, name: str) -> None:
    """Draw a part of the page in a fragment; once its clock says otherwise, the whole page runs again.

    Args:
        look: what is to be shown, asked anew each time.
        clock: seconds from one time to the next where that is shown; None for never again.
        show: draws it.
        name: the fragment's, unique in the app.
    """
    every = clock(look())

    @says_errors
    def once() -> None:
        seen = look()
        if clock(seen) != every:
            st.rerun(scope="app")
        show(seen)

    once.__qualname__ = name  # Streamlit knows a fragment by its function's name
    # In a place that is the page's own. Where a tick begins before the page's last run was sent, Streamlit leaves the
    # fragment's elements of that run to the tick, yet says that the run is complete: the browser clears their place. If
    # that were the fragment's own, what stands below would move up into it, and be drawn over by the tick.
    with st.container():
        st.fragment(once, run_every=every)()
