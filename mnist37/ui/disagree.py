"""The same digits under two runs: who is wrong where."""

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.runs import RunInfo
from mnist37.ui.clock import clock
from mnist37.ui.gallery import gallery
from mnist37.ui.judge import Answers, answers
from mnist37.ui.words import run_title

MOST_LISTED, SHOWN = 50, 12
KEY = "other_run"


def disagree(engine: Engine, run_id: str, digits: Digits, said: Answers) -> None:
    """Choose another run, and see which digits only one of the two gets wrong."""
    st.markdown("**Beside another run** :small[:gray[· the same digits: who is wrong where?]]")
    kept = engine.store.runs(MOST_LISTED)
    others = {
        run.id: run
        for run in kept
        if isinstance(run, RunInfo) and run.id != run_id and run.is_judged_by(digits) and run.step
    }
    if not others:
        st.caption("There is no other run on these digits yet. Train another model in the Lab.")
        return
    other = st.selectbox(
        "Other run", list(others), key=KEY, label_visibility="collapsed",
        format_func=lambda run: run_title(others[run], clock(others[run].created)) if run in others else run,
    )  # fmt: skip
    theirs = answers(engine, other, digits) if other else None
    if theirs is None:
        st.caption("That run kept no answers to these digits.")
        return
    _table(said, theirs, digits)


def _table(said: Answers, theirs: Answers, digits: Digits) -> None:
    mine, other = said.is_wrong(), theirs.is_wrong()
    st.caption(f"Both are right on {int((~mine & ~other).sum()):,} of {len(mine):,} digits.")
    parts = (
        ("Only this run is wrong", mine & ~other, said, "only_this"),
        ("Only the other run is wrong", ~mine & other, theirs, "only_other"),
        ("Both are wrong", mine & other, said, "both"),
    )
    for place, (title, where, whose, key) in zip(st.columns(3), parts, strict=True):
        with place:
            chosen = [index for index in whose.by_loss() if where[index]]
            st.markdown(f"**{len(chosen)}** · {title.lower()}")
            gallery(whose, digits, chosen[:SHOWN], key=key, alt=title)
            if not chosen:
                st.caption("None.")
