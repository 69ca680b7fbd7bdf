"""The runs whose curves a visitor wants to see laid over each other, chosen on one page and drawn on another."""

from collections.abc import Iterable

import streamlit as st

from mnist37.engine import Engine
from mnist37.errors import RunError
from mnist37.runs import History, RunInfo
from mnist37.ui.runs.curves import Curve
from mnist37.ui.runs.differences import differences
from mnist37.ui.shell.session import can_be_shown
from mnist37.ui.visit import OVERLAY

MOST_OVERLAID = 6
"""More curves in one figure are not told apart any more."""


def overlaid(engine: Engine) -> list[str]:
    """The ids of the runs to overlay, in the order in which they were chosen; those deleted meanwhile are left out."""
    return [run_id for run_id in OVERLAY.get() if can_be_shown(engine, run_id)]


def set_overlay(ids: Iterable[str]) -> None:
    """From now on, overlay these runs: each once, the first `MOST_OVERLAID` of them; none takes the overlay away."""
    OVERLAY.set(list(dict.fromkeys(ids))[:MOST_OVERLAID])


def with_overlaid(engine: Engine, info: RunInfo, history: History) -> list[Curve]:
    """The run that one looks at, and behind it those laid over it; each labelled by what tells it from the others."""
    others = [engine.info(run_id) for run_id in overlaid(engine) if run_id != info.id]
    if not others:
        return [Curve(info, history)]
    labels = differences([info, *others])
    histories = [history, *(_history(engine, other) for other in others)]
    return [Curve(*one) for one in zip([info, *others], histories, labels, strict=True)]


def _history(engine: Engine, info: RunInfo) -> History:
    try:
        return _kept_history(info.id, engine) if info.status.is_over else engine.history(info.id)
    except RunError:
        return History()


@st.cache_resource(show_spinner=False, max_entries=MOST_OVERLAID)
def _kept_history(run_id: str, _engine: Engine) -> History:
    """Read once, not at every refresh of a live figure."""
    return _engine.history(run_id)
