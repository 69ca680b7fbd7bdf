"""Choosing one of the runs, the same way on every page."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import streamlit as st

from mnist37.engine import Engine
from mnist37.errors import RunError
from mnist37.events import Status
from mnist37.runs import RunInfo
from mnist37.ui.live.tick import tick
from mnist37.ui.shell.session import current_run, is_elsewhere, look_at
from mnist37.ui.widgets.clock import clock, visitor_zone
from mnist37.ui.widgets.words import run_title

MAX_LISTED = 100
Clock = Callable[[Status], float | None]
"""Returns the seconds between two refreshes for a run with this status; None for no refresh."""


def choose_run(engine: Engine, label: str, key: str) -> str:
    """Show the choice of a run; the default is the selected run.

    Returns:
        The chosen run's id.
    """
    current = current_run(engine)
    kept = (run for run in engine.store.runs(MAX_LISTED) if isinstance(run, RunInfo))
    infos = {run.id: newest_info(engine, run) for run in kept if has_begun(run)}
    infos.setdefault(current, engine.info(current))
    select_run(label, run_titles(infos.values()), current, key=key, choose=lambda chosen: _look_at(chosen, current))
    return current


def _look_at(chosen: str, shown: str) -> None:
    if not is_elsewhere(shown):
        look_at(chosen)


def select_run(label: str, titles: Mapping[str, str], shown: str, *, key: str, choose: Callable[[str], None]) -> None:
    """Show the choice of one of several runs.

    The browser names its choice by the title and may send an old one late. So another widget is used once another run
    is shown, or once its title changes. A run's title does not change while it trains.

    Args:
        label: the widget's label.
        titles: the runs to offer: titles by the run's id.
        shown: the id of the current choice.
        key: the widget's key, unique in the app.
        choose: called with the id of a newly chosen run.
    """
    widget = f"{key} {shown} {titles[shown]}"
    st.selectbox(
        label,
        list(titles),
        index=list(titles).index(shown),
        key=widget,
        format_func=lambda run_id: titles.get(run_id, run_id),
        on_change=_choose,
        args=(widget, shown, frozenset(titles), choose),
    )


def _choose(widget: str, shown: str, known: frozenset[str], choose: Callable[[str], None]) -> None:
    """Pass on a new choice.

    A removed widget sends its value once more if a message was under way while the page changed. This value is the one
    that it showed, and not a choice of the visitor.
    """
    chosen = st.session_state[widget]
    if chosen != shown and chosen in known:
        choose(chosen)


def run_titles(runs: Iterable[RunInfo]) -> dict[str, str]:
    """Return a title for each run, by its id; equal titles get a part of the id, too."""
    zone = visitor_zone()
    titles = {info.id: run_title(info, clock(info.created, zone)) for info in runs}
    count = Counter(titles.values())
    return {run_id: title if count[title] == 1 else f"{title} #{run_id[-6:]}" for run_id, title in titles.items()}


def has_begun(run: RunInfo) -> bool:
    """Return whether a run has anything to show; one that was over before it began has not."""
    return not run.status.is_over or run.accuracy is not None or run.step > 0


def newest_info(engine: Engine, info: RunInfo) -> RunInfo:
    """Return the engine's info of a run that still trains, which is newer than the stored one."""
    if info.status.is_over:
        return info
    try:
        return engine.info(info.id)
    except RunError:
        return info


def until_over(seconds: float) -> Clock:
    """Return the same refresh interval for every run that is not over."""
    return lambda status: None if status.is_over else seconds


def follow(
    engine: Engine, run_id: str, show: Callable[[Engine, str], None], clock: Clock, *, is_current: bool = True
) -> None:
    """Call `show(engine, run_id)` in a fragment, at the interval that `clock` returns.

    When the status changes the interval, or the visitor selects another run, the whole page runs again, as its
    other parts change, too. With `is_current=False`, the selected run does not matter.
    """

    def look() -> Status:
        if is_current and is_elsewhere(run_id):
            st.rerun(scope="app")
        return engine.info(run_id).status

    tick(look, clock, lambda _: show(engine, run_id), name=f"{show.__module__}.{show.__qualname__}")
