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
from mnist37.ui.widgets.clock import clock
from mnist37.ui.widgets.words import run_title

MOST_LISTED = 100
Clock = Callable[[Status], float | None]
"""Seconds from one time to the next for a run that stands there; None for never again."""


def choose_run(engine: Engine, label: str, key: str) -> str:
    """Let the visitor choose a run; the one looked at last is chosen at first.

    Returns:
        The chosen run's id.
    """
    current = current_run(engine)
    kept = (run for run in engine.store.runs(MOST_LISTED) if isinstance(run, RunInfo))
    infos = {run.id: newest_info(engine, run) for run in kept if has_begun(run)}
    infos.setdefault(current, engine.info(current))
    select_run(label, run_titles(infos.values()), current, key=key, choose=lambda chosen: _look_at(chosen, current))
    return current


def _look_at(chosen: str, shown: str) -> None:
    if not is_elsewhere(shown):
        look_at(chosen)


def select_run(label: str, titles: Mapping[str, str], shown: str, *, key: str, choose: Callable[[str], None]) -> None:
    """Let the visitor choose one of several runs.

    The browser names its choice by the title and may send an old one late. So this is another widget once another run
    is shown, or once its title changes; and the title of a run stands still as long as it learns.

    Args:
        label: what is chosen.
        titles: what to offer, by the run's id.
        shown: the id that is chosen now.
        key: the widget's, unique in the app.
        choose: called with the id of another run when that is chosen.
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
    """Take what was chosen.

    A widget that is gone sends its value once more where a message was on its way while the page changed: then it is
    what it showed, and nobody chose that.
    """
    chosen = st.session_state[widget]
    if chosen != shown and chosen in known:
        choose(chosen)


def run_titles(runs: Iterable[RunInfo]) -> dict[str, str]:
    """A title for each run, by its id; those that would be the same get a part of their id too."""
    titles = {info.id: run_title(info, clock(info.created)) for info in runs}
    count = Counter(titles.values())
    return {run_id: title if count[title] == 1 else f"{title} #{run_id[-6:]}" for run_id, title in titles.items()}


def has_begun(run: RunInfo) -> bool:
    """Whether a run has anything to show; one that was over before it began has not."""
    return not run.status.is_over or run.accuracy is not None or run.step > 0


def newest_info(engine: Engine, info: RunInfo) -> RunInfo:
    """What the engine knows of a run that still trains is newer than what is written of it."""
    if info.status.is_over:
        return info
    try:
        return engine.info(info.id)
    except RunError:
        return info


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
