"""Who judges a drawing: of each rung the run that the visitor chose, or else its best run on the digits at hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from mnist37.data import Digits, source_name
from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.rungs import LADDER, Rung, settings_for
from mnist37.runs import RunInfo, is_chance
from mnist37.ui.runs.choose_run import has_begun, newest_info
from mnist37.ui.runs.run_rows import is_usable, n_tried
from mnist37.ui.shell.session import current_run
from mnist37.ui.shell.who import visitor

CHOSEN = "chosen judges"
"""Holds the id of the run that the visitor chose for a rung, by the rung's name."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A rung and the run that judges for it.

    Args:
        rung: of the ladder.
        info: the run; None where the rung was not trained yet.
        runs: all runs of the rung that could judge, the newest first.
        is_chosen: whether the visitor chose it.
        looked_at: the run that the visitor looks at, where it is of this rung and another one judges.
        n_tried: of how many runs on these digits it is the best.
        is_chance: whether it is not measurably better than always naming the same digit.
    """

    rung: Rung
    info: RunInfo | None = None
    runs: Sequence[RunInfo] = ()
    is_chosen: bool = False
    looked_at: RunInfo | None = None
    n_tried: int = 0
    is_chance: bool = False

    @property
    def learns(self) -> bool:
        """Whether its run, or the one that the visitor looks at, is still under way."""
        return any(info is not None and not info.status.is_over for info in (self.info, self.looked_at))


def judges(engine: Engine, digits: Digits) -> list[Judge]:
    """Return one for each rung, in the order of the ladder.

    Args:
        engine: knows the runs.
        digits: those at hand: a run is judged by its errors on the valid ones.
    """
    current = current_run(engine)
    runs: dict[str, list[RunInfo]] = {name: [] for name in LADDER}
    for run in engine.store.runs():  # newest first
        if isinstance(run, RunInfo) and run.settings.rung in runs:
            info = newest_info(engine, run)
            if has_begun(info):
                runs[info.settings.rung].append(info)
    return [_judge(rung, runs[name], current, digits) for name, rung in LADDER.items()]


def _judge(rung: Rung, runs: Sequence[RunInfo], current: str, digits: Digits) -> Judge:
    if not runs:
        return Judge(rung)
    by_id = {info.id: info for info in runs}
    chosen = by_id.get(st.session_state.get(CHOSEN, {}).get(rung.name, ""))
    # Of equals the one that is looked at, or else the first, which is the newest.
    info = chosen or max(runs, key=lambda info: (*_merit(info, digits), info.id == current))
    looked_at = by_id.get(current)
    return Judge(
        rung,
        info,
        runs,
        is_chosen=chosen is not None,
        looked_at=None if looked_at == info else looked_at,
        n_tried=n_tried(info for info in runs if info.is_judged_by(digits)),
        is_chance=is_chance(info, digits),
    )


def _merit(info: RunInfo, digits: Digits) -> tuple[int, float]:
    """Return what puts one run before another: whether it can answer and is measured on these digits, and its accuracy.

    On other digits the lower end of the interval counts, as a few digits are easily all right. A run under way comes
    behind all that are done, then one that was stopped in its first epoch, and at last those that diverged or failed.
    """
    if not is_usable(info):
        tier = 1 if not info.status.is_over else 0 if info.status is Status.STOPPED else -1
        return tier, info.created
    if info.is_judged_by(digits):
        return 3, info.accuracy or 0.0
    return 2, info.score.interval[0] if info.score else 0.0


def choose_judge(rung: str, run_id: str) -> None:
    """From now on, let this run judge for its rung; the empty id leaves it to the best one."""
    st.session_state[CHOSEN] = {**st.session_state.get(CHOSEN, {}), rung: run_id}


def train_missing(engine: Engine, digits: Digits) -> None:
    """Train every rung that has no run yet, each with its own defaults."""
    for judge in judges(engine, digits):
        if judge.info is None:
            engine.submit(settings_for(judge.rung.name, data=source_name()), digits, visitor().id)
