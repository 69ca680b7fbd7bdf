"""Two runs on the same digits: the mistakes of each, and whether the difference is more than chance."""

from collections.abc import Sequence

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.evaluation import Answers
from mnist37.rungs import BASELINE, LADDER
from mnist37.runs import RunInfo
from mnist37.ui.answers.ask import answers, baseline
from mnist37.ui.answers.gallery import gallery
from mnist37.ui.runs.choose_run import newest_info, run_titles, select_run
from mnist37.ui.runs.run_rows import best_of_each_model, best_words, n_tried
from mnist37.ui.visit import OTHER_RUN

MAX_LISTED, SHOWN = 100, 12
TEST_HELP = (
    "McNemar's test, exactly: digits that both get right, or both get wrong, say nothing of the difference. Were the "
    "two equally good, each of the other digits would be a fair coin, and p is how often coins fall so unevenly."
)


def disagree(engine: Engine, run_id: str, digits: Digits, ours: Answers) -> None:
    """Show the choice of another run, and the digits that only one of the two gets wrong."""
    st.markdown("**Beside another run** :small[:gray[· the same digits: who is wrong where, and is it chance?]]")
    mine, runs = engine.info(run_id), _runs(engine, digits)
    others = [run for run in runs if run.id != run_id]
    titles = _offered(mine, others)
    if not titles:
        st.caption("There is no other run on these digits yet. Train another model in the Lab.")
        return
    chosen = OTHER_RUN.get()
    other = chosen if chosen in titles else next(iter(titles))
    select_run("Other run", titles, other, key="other_run", choose=_choose)
    theirs = baseline(digits) if other == BASELINE else answers(engine, other, digits)
    if theirs is None:
        st.caption("That run kept no answers to these digits.")
        return
    _table(ours, theirs, digits)
    _luck([run for run in runs if run.id in {run_id, other}], runs)


def _runs(engine: Engine, digits: Digits) -> list[RunInfo]:
    """Return all runs with predictions for these digits, the newest first."""
    kept = (newest_info(engine, run) for run in engine.store.runs() if isinstance(run, RunInfo))
    return [run for run in kept if run.is_measured_on(digits) and run.accuracy is not None]


def _offered(mine: RunInfo, others: Sequence[RunInfo]) -> dict[str, str]:
    """Return the runs to choose from, with their titles: the best of other models first, then the newest."""
    best = best_of_each_model(run for run in others if run.settings.rung != mine.settings.rung)
    first = sorted(best.values(), key=lambda run: -(run.accuracy or 0.0))
    rest = [run for run in others if run not in first]
    titles = run_titles([*first, *rest][:MAX_LISTED])
    if BASELINE not in {run.settings.rung for run in (mine, *others)}:  # then it is computed when it is needed
        titles[BASELINE] = LADDER[BASELINE].title
    return titles


def _choose(run_id: str) -> None:
    OTHER_RUN.set(run_id)


def _luck(two: Sequence[RunInfo], runs: Sequence[RunInfo]) -> None:
    """Warn if one of the two runs was chosen as the best of several, as luck favours it."""
    notes = []
    best = best_of_each_model(runs)
    for run in two:
        tried = n_tried(other for other in runs if other.settings.rung == run.settings.rung)
        if tried > 1 and best.get(run.settings.rung) == run:
            notes.append(f"{LADDER[run.settings.rung].title} is the {best_words(tried)}")
    if notes:
        st.caption(f"{' and '.join(notes)}: luck has a part in that, which p does not count.")


def _table(ours: Answers, theirs: Answers, digits: Digits) -> None:
    mine, other = ours.is_wrong(), theirs.is_wrong()
    st.markdown(
        f"This run: **{ours.score}** :small[:gray[{ours.score.interval_words} right]] · "
        f"the other: **{theirs.score}** :small[:gray[{theirs.score.interval_words} right]]"
    )
    difference = ours.differs_from(theirs)
    st.markdown(
        f"**Is the difference real?** Only this run gets {difference.only_a} digits wrong, only the other one "
        f"{difference.only_b}. {difference.words}",
        help=TEST_HELP,
    )
    st.caption(f"Both are right on {int((~mine & ~other).sum()):,} of {len(mine):,} digits.")
    parts = (
        ("Only this run is wrong", mine & ~other, ours, "only_this"),
        ("Only the other run is wrong", ~mine & other, theirs, "only_other"),
        ("Both are wrong", mine & other, ours, "both"),
    )
    for place, (title, where, whose, key) in zip(st.columns(3), parts, strict=True):
        with place:
            chosen = [index for index in whose.by_loss() if where[index]]
            st.markdown(f"**{len(chosen)}** · {title.lower()}")
            gallery(whose, digits, chosen[:SHOWN], key=key, alt=title)
            if not chosen:
                st.caption("None.")
