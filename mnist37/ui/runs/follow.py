"""Showing a run again and again while it learns, and the page once more when its clock changes."""

from collections.abc import Callable

import streamlit as st

from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.ui.live.tick import tick
from mnist37.ui.shell.session import is_elsewhere

Clock = Callable[[Status], float | None]
"""Seconds from one time to the next for a run that stands there; None for never again."""


def until_over(seconds: float) -> Clock:
    """The same clock for every run that is not over."""
    return lambda status: None if status.is_over else seconds


def follow(
    engine: Engine, run_id: str, show: Callable[[Engine, str], None], clock: Clock, *, is_current: bool = True
) -> None:
    """Call `show(engine, run_id)` in a fragment, as often as the clock says.

    When the run comes to stand where another clock holds, or the visitor comes to look at another run, the whole page
    runs again: it offers other things then. With `is_current=False`, it does not matter what else they look at.
    """

    def look() -> Status:
        if is_current and is_elsewhere(run_id):
            st.rerun(scope="app")
        return engine.info(run_id).status

    tick(look, clock, lambda _: show(engine, run_id), name=f"{show.__module__}.{show.__qualname__}")
