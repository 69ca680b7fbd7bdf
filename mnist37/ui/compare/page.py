"""Comparing runs: the table of all kept runs, the curves of some of them, and the ladder beside the chapter's."""

from collections.abc import Mapping, Sequence

import streamlit as st

from mnist37.data import Digits
from mnist37.data.harmless import harmless
from mnist37.engine import Engine
from mnist37.errors import RunError
from mnist37.evaluation import Answers
from mnist37.events import Epoch
from mnist37.rungs import Rung
from mnist37.runs import BrokenRun, RunInfo
from mnist37.ui.answers.ask import answers
from mnist37.ui.compare.ladder_chart import ladder_figure, missing
from mnist37.ui.compare.run_actions import LAB, run_actions
from mnist37.ui.compare.runs_table import clear_filters, filters, runs_table
from mnist37.ui.lab.controls import RUNG_KEY
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.live.tick import tick
from mnist37.ui.runs.chart_files import html_button
from mnist37.ui.runs.choose_run import newest_info
from mnist37.ui.runs.differences import differences
from mnist37.ui.runs.overlaid_curves import MAX_DRAWN, OverlaidCurve, accuracies, valid_losses
from mnist37.ui.runs.run_rows import RunRow, best_of_each_model, best_words, n_tried, run_row, to_csv
from mnist37.ui.runs.takeaway import import_run
from mnist37.ui.shell import start
from mnist37.ui.shell.session import choose_one, chosen_digits, look_at
from mnist37.ui.widgets.clock import clock
from mnist37.ui.widgets.projector import heading
from mnist37.ui.widgets.words import INTERVAL_HELP

TICK_SECONDS = 2.0
CHART_HEIGHT = 420
SHOWS = {"accuracy": "Accuracy", "loss": "Loss"}


def compare_runs() -> None:
    """Show the table, the curves, the ladder."""
    engine = start.engine()
    heading("Compare", "all runs that are kept, side by side")
    compare(engine, chosen_digits())
    with st.expander("Import a run", icon=":material/upload:"):
        brought = import_run(engine)
    if brought:
        look_at(brought)
        st.rerun()


def compare(engine: Engine, digits: Digits) -> None:
    """Show everything, and refresh it while a run is under way."""
    tick(lambda: _runs(engine), _clock, lambda runs: _compare(engine, digits, runs), name="compare")


def _runs(engine: Engine) -> list[RunInfo | BrokenRun]:
    return [newest_info(engine, run) if isinstance(run, RunInfo) else run for run in engine.store.runs()]


def _clock(runs: Sequence[RunInfo | BrokenRun]) -> float | None:
    under_way = any(isinstance(run, RunInfo) and not run.status.is_over for run in runs)
    return TICK_SECONDS if under_way else None


def _compare(engine: Engine, digits: Digits, runs: Sequence[RunInfo | BrokenRun]) -> None:
    infos = [run for run in runs if isinstance(run, RunInfo)]
    selected = _table(engine, digits, runs)
    here = [info for info in infos if info.is_measured_on(digits)]
    best = best_of_each_model(here)
    tried = {name: n_tried(info for info in here if info.settings.rung == name) for name in best}
    curves, ladder = st.columns(2, gap="medium")
    with curves:
        _curves(engine, digits, [info for info in infos if info.id in selected], best, tried)
    with ladder:
        _ladder(digits, best, tried)


def _table(engine: Engine, digits: Digits, runs: Sequence[RunInfo | BrokenRun]) -> set[str]:
    chosen = filters(digits.fingerprints)
    rows = [row for row in map(run_row, runs) if chosen.let_through(row)]
    with st.container(key="compare_table"):
        if not runs:
            st.info("No run is kept yet: train one in the Lab.", icon=":material/science:")
        elif not rows:
            st.info("No run matches; clear the filters.", icon=":material/filter_list_off:")
            st.button("Clear the filters", key="compare_clear", on_click=clear_filters)
        selected = set(runs_table(rows)) if rows else set()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        run_actions(engine, [row for row in rows if row.id in selected])
        _csv_button(rows)
        st.caption(_count(len(runs), len(rows), len(selected)), width="content")
    return selected


def _count(kept: int, shown: int, selected: int) -> str:
    parts = [f"{shown:,} of {kept:,} runs" if shown < kept else f"{kept:,} runs"]
    parts += [f"{selected} selected"] if selected else ["select rows to compare them"] if shown else []
    return " · ".join(parts)


def _csv_button(rows: Sequence[RunRow]) -> None:
    st.download_button(
        "CSV",
        data=lambda: to_csv(rows),
        file_name="mnist37-runs.csv",
        mime="text/csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key="runs_csv",
        help="The rows that are shown, with all columns and unrounded numbers.",
    )


def _curves(
    engine: Engine,
    digits: Digits,
    selected: Sequence[RunInfo],
    best: Mapping[str, RunInfo],
    tried: Mapping[str, int],
) -> None:
    infos = (selected or list(best.values()))[:MAX_DRAWN]
    if not infos:
        st.info("Curves appear here as soon as a run on these digits is over.")
        return
    names = differences(infos, clock)
    by_id = {info.id: name for info, name in zip(infos, names, strict=True)}
    ranks = [] if selected else [best_words(tried[info.settings.rung]) for info in infos]
    labels = [f"{name} ({rank})" for name, rank in zip(names, ranks, strict=True)] if ranks else names
    curves = [OverlaidCurve(info, label, _epochs(engine, info)) for info, label in zip(infos, labels, strict=True)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        shown = choose_one(
            "Curves of", list(SHOWS), key="compare_shows", first="accuracy", format_func=SHOWS.__getitem__
        )
        shows_loss = shown == "loss"
        figure = valid_losses(curves) if shows_loss else accuracies(curves)
        html_button(figure, "mnist37: runs compared", "curves")
    live_figure(figure, key="compare_curves", height=CHART_HEIGHT, alt=f"Curves of {', '.join(labels)}")
    st.caption(_whose(len(selected)))
    if too_few := too_few_words(engine, by_id, digits):
        st.caption(harmless(too_few))  # it contains names that visitors may have chosen
    if shows_loss and len({info.settings.loss for info in infos}) > 1:
        st.caption(
            "These runs made different losses small, so the levels of their curves do not compare; accuracy does."
        )


def _whose(selected: int) -> str:
    if selected > MAX_DRAWN:
        return f"The first {MAX_DRAWN} of the {selected} selected runs."
    return "The selected runs." if selected else "The best run of each model on these digits; select rows for others."


def _epochs(engine: Engine, info: RunInfo) -> Sequence[Epoch]:
    """Return the epochs of a run; none if its curves are damaged."""
    try:
        return _kept_epochs(info.id, engine) if info.status.is_over else engine.history(info.id).epochs()
    except RunError:
        return ()


@st.cache_resource(show_spinner=False, max_entries=100)
def _kept_epochs(run_id: str, _engine: Engine) -> Sequence[Epoch]:
    """Cache a finished run's epochs only: its history also holds megabytes of snapshots, which are not needed."""
    return _engine.history(run_id).epochs()


def _ladder(digits: Digits, best: Mapping[str, RunInfo], tried: Mapping[str, int]) -> None:
    figure = ladder_figure(best, tried)
    html_button(figure, "mnist37: the ladder", "ladder")
    live_figure(figure, key="compare_ladder", height=CHART_HEIGHT, alt=_ladder_words(best, tried))
    st.caption(
        "Halving the errors is a step of the same length everywhere: 90 to 95 % is as far as 98 to 99 %. "
        f"One error in your {digits.n_valid:,} validation digits is {100 / digits.n_valid:.2g} %; "
        "the chapter has 2,038. "
        "The bars are 95 % intervals. The best of several runs is a little better by luck than one run would be.",
        help=INTERVAL_HELP,
    )
    _train_missing(missing(best))


def _train_missing(rungs: Sequence[Rung]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for rung in rungs:
            if st.button(f"Train {rung.title}", key=f"train_{rung.name}", icon=":material/model_training:"):
                st.session_state[RUNG_KEY] = rung.name
                st.switch_page(LAB)


def _ladder_words(best: Mapping[str, RunInfo], tried: Mapping[str, int]) -> str:
    parts = [f"{name} {run.score}, {best_words(tried[name])}" for name, run in best.items()]
    return f"The ladder: {'; '.join(parts) or 'no run yet'}"


def too_few_words(engine: Engine, labels: Mapping[str, str], digits: Digits) -> str:
    """Return which runs are no better and no worse than the best one, as far as the digits can tell; may be empty.

    Args:
        engine: gives the runs.
        labels: each run's label, by its id, as plain text.
        digits: the current ones; runs measured on other validation digits are left out.
    """
    predictions = {run_id: found for run_id in labels if (found := _answers(engine, run_id, digits)) is not None}
    if len(predictions) < 2:
        return ""
    best = min(predictions, key=lambda run_id: predictions[run_id].score.wrong)
    alike = [
        f"{labels[run_id]} ({difference.p_words})"
        for run_id in predictions
        if run_id != best and not (difference := predictions[best].differs_from(predictions[run_id])).is_real
    ]
    if not alike:
        return f"{labels[best]} is the best of them: that is most likely no chance (McNemar's test)."
    return f"Too few digits to tell {labels[best]}, the best of them, from: {', '.join(alike)} (McNemar's test)."


def _answers(engine: Engine, run_id: str, digits: Digits) -> Answers | None:
    try:
        return answers(engine, run_id, digits)
    except RunError:  # its files are damaged, or it was deleted just now
        return None
