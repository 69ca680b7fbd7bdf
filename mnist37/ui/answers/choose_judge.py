"""Choosing which run of a model judges a drawing: its best one on the digits at hand, or any other."""

from collections.abc import Sequence

import streamlit as st

from mnist37.ui.answers.judges import Judge, choose_judge
from mnist37.ui.runs.choose_run import run_titles, select_run
from mnist37.ui.widgets.words import run_title

MOST_LISTED = 50
BEST = ""
"""The choice of no run: the best one judges."""


def choose_judges(bench: Sequence[Judge]) -> None:
    """Offer the runs of each model that has several, and the run that the visitor looks at, where it does not judge."""
    several = [judge for judge in bench if len(judge.runs) > 1]
    if not several:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="judges"):
        with st.popover("Which run answers", icon=":material/how_to_reg:"):
            st.caption("Of each model its best run on these digits answers, unless you choose another one.")
            for judge in several:
                _choose(judge)
        for judge in bench:
            if judge.looked_at is not None:
                _offer(judge)


def _choose(judge: Judge) -> None:
    """One model's runs: the best, what the visitor looks at, and the newest."""
    assert judge.info is not None  # it has several runs
    first = [run for run in (judge.looked_at, judge.info) if run is not None]
    others = [run for run in judge.runs if run not in first]
    titles = {BEST: "The best on these digits", **run_titles([*first, *others][:MOST_LISTED])}
    shown = judge.info.id if judge.is_chosen else BEST
    name = judge.rung.name
    select_run(judge.rung.title, titles, shown, key=f"judge {name}", choose=lambda run: choose_judge(name, run))


def _offer(judge: Judge) -> None:
    """The run that the visitor looks at is one click away, and never forgotten over a better one."""
    assert judge.looked_at is not None
    run = judge.looked_at
    if not run.status.is_over:
        words = f"Your run of {judge.rung.title} is still training. When it ends it answers here, if it is the best."
    else:
        words = f"The run in the Lab does not answer here: another one of {judge.rung.title} is better."
        if judge.is_chosen:
            words = f"The run in the Lab does not answer here: you chose another one of {judge.rung.title}."
    st.caption(words, width="content", help=run_title(run, ""))
    st.button(
        "Let it answer",
        key=f"let_answer_{run.id}",
        type="tertiary",
        on_click=choose_judge,
        args=(judge.rung.name, run.id),
    )
