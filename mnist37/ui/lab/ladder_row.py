"""The ladder as a row: each model with its result here; a click chooses it."""

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.evaluation import Score
from mnist37.events import Status
from mnist37.rungs import BASELINE, LADDER, Rung
from mnist37.ui.answers.answering import AnsweringRun, answering_runs
from mnist37.ui.answers.ask import baseline
from mnist37.ui.lab.controls import RUNG_KEY, chosen_rung
from mnist37.ui.shell.session import is_locked
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.words import BADGES


def choose_rung(engine: Engine, digits: Digits) -> Rung:
    """Show the choice of a model of the ladder."""
    names = list(LADDER)
    models = answering_runs(engine, digits)
    st.radio(
        "Model",
        names,
        index=names.index(chosen_rung().name),
        format_func=lambda name: LADDER[name].title,
        captions=[reached(model, digits) for model in models],
        key=RUNG_KEY,
        horizontal=True,
        label_visibility="collapsed",
        width="stretch",
        disabled=is_locked("rung"),
    )
    return chosen_rung()


def reached(model: AnsweringRun, digits: Digits) -> str:
    """Return a model's result on these digits, in a few words."""
    info = model.info
    if model.rung.name == BASELINE:
        return _wrong(baseline(digits).score)
    if model.learns:
        return ":green[learning …]"
    if info is None:
        return "not trained yet"
    if info.score is None or info.status in {Status.DIVERGED, Status.FAILED}:
        return BADGES[info.status][0]
    return _wrong(info.score) if info.is_measured_on(digits) else f"{percent(info.score.accuracy)} of other digits"


def _wrong(score: Score) -> str:
    return f"{score.wrong:,} of {score.n:,} wrong"
