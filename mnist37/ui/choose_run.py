"""Choosing one of the runs, the same way on every page."""

from collections import Counter

import streamlit as st

from mnist37.engine import Engine
from mnist37.errors import RunError
from mnist37.runs import RunInfo
from mnist37.ui.clock import clock
from mnist37.ui.session import current_run, is_elsewhere, look_at
from mnist37.ui.words import run_title

MOST_LISTED = 100


def choose_run(engine: Engine, label: str, key: str) -> str:
    """Let the visitor choose a run; the one looked at last is chosen at first.

    Returns:
        The chosen run's id.
    """
    current = current_run(engine)
    kept = (run for run in engine.store.runs(MOST_LISTED) if isinstance(run, RunInfo))
    infos = {run.id: newest_info(engine, run) for run in kept if _has_begun(run)}
    infos.setdefault(current, engine.info(current))
    titles = _titles(infos)
    # The browser names its choice by the title and may send an old one late. So this is another widget once another run
    # is looked at, or once its title changes; and the title of a run stands still as long as it learns.
    widget = f"{key} {current} {infos[current].status.is_over} {infos[current].name}"
    st.selectbox(
        label,
        list(infos),
        index=list(infos).index(current),
        key=widget,
        format_func=titles.__getitem__,
        on_change=_choose,
        args=(widget, current, frozenset(infos)),
    )
    return current


def _choose(widget: str, shown: str, known: frozenset[str]) -> None:
    """Look at what was chosen.

    A widget that is gone is heard once more where a message was on its way while the page changed: then it says what it
    showed, and nobody chose that.
    """
    chosen = st.session_state[widget]
    if chosen != shown and chosen in known and not is_elsewhere(shown):
        look_at(chosen)


def _titles(infos: dict[str, RunInfo]) -> dict[str, str]:
    """A title for each run; those that would be the same get a part of their id too."""
    titles = {run_id: run_title(info, clock(info.created)) for run_id, info in infos.items()}
    count = Counter(titles.values())
    return {run_id: title if count[title] == 1 else f"{title} #{run_id[-6:]}" for run_id, title in titles.items()}


def _has_begun(run: RunInfo) -> bool:
    """A run that was over before it began has nothing to show."""
    return not run.status.is_over or run.accuracy is not None or run.step > 0


def newest_info(engine: Engine, info: RunInfo) -> RunInfo:
    """What the engine knows of a run that still trains is newer than what is written of it."""
    if info.status.is_over:
        return info
    try:
        return engine.info(info.id)
    except RunError:
        return info
