"""The ladder as a row: each model with what it has reached here; a click chooses it."""

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.evaluation import Score
from mnist37.events import Status
from mnist37.rungs import BASELINE, LADDER, Rung
from mnist37.ui.answers.judge import baseline
from mnist37.ui.answers.judges import Judge, judges
from mnist37.ui.lab.controls import RUNG_KEY, chosen_rung
from mnist37.ui.shell.session import is_locked
from mnist37.ui.widgets.words import BADGES, percent


def choose_rung(engine: Engine, digits: Digits) -> Rung:
    """Let the visitor choose a model of the ladder."""
    names = list(LADDER)
    bench = judges(engine, digits)
    st.radio(
        "Model",
        names,
        index=names.index(chosen_rung().name),
        format_func=lambda name: LADDER[name].title,
        captions=[reached(judge, digits) for judge in bench],
        key=RUNG_KEY,
        horizontal=True,
        label_visibility="collapsed",
        width="stretch",
        disabled=is_locked("rung"),
    )
    return chosen_rung()


def reached(judge: Judge, digits: Digits) -> str:
    """Return what a model has reached on these digits, in a few words."""
    info = judge.info
    if judge.rung.name == BASELINE:
        return _wrong(baseline(digits).score)
    if judge.learns:
        return ":green[learning …]"
    if info is None:
        return "not trained yet"
    if info.score is None or info.status in {Status.DIVERGED, Status.FAILED}:
        return BADGES[info.status][0]
    return _wrong(info.score) if info.is_judged_by(digits) else f"{percent(info.score.accuracy)} of other digits"


def _wrong(score: Score) -> str:
    return f"{score.wrong:,} of {score.n:,} wrong"
