"""The runs whose curves a visitor overlays, chosen on one page and drawn on another."""

from collections.abc import Iterable

import streamlit as st

from mnist37.engine import Engine
from mnist37.errors import RunError
from mnist37.runs import History, RunInfo
from mnist37.ui.runs.curves import Curve
from mnist37.ui.runs.differences import differences
from mnist37.ui.shell.session import can_be_shown
from mnist37.ui.visit import OVERLAY

MAX_OVERLAID = 6
"""Maximum number of overlaid curves; more in one figure cannot be told apart."""


def overlaid(engine: Engine) -> list[str]:
    """Return the ids of the runs to overlay, in the order in which they were chosen, without deleted ones."""
    return [run_id for run_id in OVERLAY.get() if can_be_shown(engine, run_id)]


def set_overlay(ids: Iterable[str]) -> None:
    """Overlay the first `MAX_OVERLAID` of these runs, each once; an empty list removes the overlay."""
    OVERLAY.set(list(dict.fromkeys(ids))[:MAX_OVERLAID])


def with_overlaid(engine: Engine, info: RunInfo, history: History) -> list[Curve]:
    """Return the selected run and the runs overlaid on it, each labelled by its differences from the others."""
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


@st.cache_resource(show_spinner=False, max_entries=MAX_OVERLAID)
def _kept_history(run_id: str, _engine: Engine) -> History:
    """Cache a finished run's history, so that it is not read at every refresh of a live figure."""
    return _engine.history(run_id)
