"""The run that answers for each model: the one that the visitor chose, or else the best on the current digits."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.rungs import LADDER, Rung, settings_for
from mnist37.runs import RunInfo, is_chance
from mnist37.ui.runs.choose_run import has_begun, newest_info, run_titles, select_run
from mnist37.ui.runs.run_rows import is_usable, n_tried
from mnist37.ui.shell.session import chosen_source, current_run
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import ANSWERING
from mnist37.ui.widgets.words import run_title


@dataclass(frozen=True, slots=True)
class AnsweringRun:
    """A rung and the run that answers for it.

    Args:
        rung: a rung of the ladder.
        info: the run; None if the rung was not trained yet.
        runs: all runs of the rung that can answer, the newest first.
        is_chosen: whether the visitor chose it.
        looked_at: the selected run, if it is of this rung and another one answers.
        n_tried: the number of runs on these digits that it is the best of.
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
        """Whether its run, or the selected run, is still under way."""
        return any(info is not None and not info.status.is_over for info in (self.info, self.looked_at))


def answering_runs(engine: Engine, digits: Digits) -> list[AnsweringRun]:
    """Return one for each rung, in the order of the ladder.

    Args:
        engine: gives the runs.
        digits: the current digits: a run must tell the same ones apart, and the best one has the fewest errors on
            the validation digits.
    """
    current = current_run(engine)
    runs: dict[str, list[RunInfo]] = {name: [] for name in LADDER}
    pair = str(digits.classes)
    for run in engine.store.runs():  # newest first
        if isinstance(run, RunInfo) and run.settings.rung in runs and run.settings.digits == pair:
            info = newest_info(engine, run)
            if has_begun(info):
                runs[info.settings.rung].append(info)
    return [_answering_run(rung, runs[name], current, digits) for name, rung in LADDER.items()]


def _answering_run(rung: Rung, runs: Sequence[RunInfo], current: str, digits: Digits) -> AnsweringRun:
    if not runs:
        return AnsweringRun(rung)
    by_id = {info.id: info for info in runs}
    chosen = by_id.get(ANSWERING.get().get(rung.name, ""))
    # Of equal runs the selected one, or else the first, which is the newest.
    info = chosen or max(runs, key=lambda info: (*_merit(info, digits), info.id == current))
    looked_at = by_id.get(current)
    return AnsweringRun(
        rung,
        info,
        runs,
        is_chosen=chosen is not None,
        looked_at=None if looked_at == info else looked_at,
        n_tried=n_tried(info for info in runs if info.is_measured_on(digits)),
        is_chance=is_chance(info, digits),
    )


def _merit(info: RunInfo, digits: Digits) -> tuple[int, float]:
    """Return a sort key: whether a run can answer and is measured on these digits, then its accuracy.

    On other digits the lower end of the interval counts, as a few digits are easily all right. A run under way comes
    after all usable ones, then one that was stopped in its first epoch, and last those that diverged or failed.
    """
    if not is_usable(info):
        tier = 1 if not info.status.is_over else 0 if info.status is Status.STOPPED else -1
        return tier, info.created
    if info.is_measured_on(digits):
        return 3, info.accuracy or 0.0
    return 2, info.score.interval[0] if info.score else 0.0


def choose_answering(rung: str, run_id: str) -> None:
    """Make this run answer for its rung from now on; the empty id stands for the best one."""
    ANSWERING.set({**ANSWERING.get(), rung: run_id})


def train_missing(engine: Engine, digits: Digits) -> None:
    """Train every rung that has no run yet, each with its own defaults."""
    for model in answering_runs(engine, digits):
        if model.info is None:
            engine.submit(
                settings_for(model.rung.name, data=chosen_source(), digits=str(digits.classes)), digits, visitor().id
            )


MAX_LISTED = 50


BEST = ""
"""The choice of no run: the best one answers."""


def choose_answering_runs(models: Sequence[AnsweringRun]) -> None:
    """Show the runs of each model that has several, and the selected run if another one answers."""
    several = [model for model in models if len(model.runs) > 1]
    if not several:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="judges"):
        with st.popover("Which run answers", icon=":material/how_to_reg:", key="judge", on_change="rerun") as choice:
            if choice.open:
                st.caption("Of each model its best run on these digits answers, unless you choose another one.")
                for model in several:
                    _choose(model)
        for model in models:
            if model.looked_at is not None:
                _offer(model)


def _choose(model: AnsweringRun) -> None:
    """Show the choice of one model's runs: the best, the selected one, and the newest."""
    assert model.info is not None  # it has several runs
    first = [run for run in (model.looked_at, model.info) if run is not None]
    others = [run for run in model.runs if run not in first]
    titles = {BEST: "The best on these digits", **run_titles([*first, *others][:MAX_LISTED])}
    shown = model.info.id if model.is_chosen else BEST
    name = model.rung.name
    select_run(model.rung.title, titles, shown, key=f"judge {name}", choose=lambda run: choose_answering(name, run))


def _offer(model: AnsweringRun) -> None:
    """Show a button that makes the selected run answer, also if another one is better."""
    assert model.looked_at is not None
    run = model.looked_at
    if not run.status.is_over:
        words = f"Your run of {model.rung.title} is still training. When it ends it answers here, if it is the best."
    else:
        words = f"The run in the Lab does not answer here: another one of {model.rung.title} is better."
        if model.is_chosen:
            words = f"The run in the Lab does not answer here: you chose another one of {model.rung.title}."
    st.caption(words, width="content", help=run_title(run, ""))
    st.button(
        "Let it answer",
        key=f"let_answer_{run.id}",
        type="tertiary",
        on_click=choose_answering,
        args=(model.rung.name, run.id),
    )
