"""22 questions about the chapter and ten digits, one at a time, each with a link to the lesson that answers it."""

import tomllib
from functools import partial
from pathlib import Path

import streamlit as st

from mnist37.ui.lessons.shared.question import Question, ask
from mnist37.ui.lessons.shared.table import get_lesson
from mnist37.ui.shell.classroom import note_answer
from mnist37.ui.shell.session import keep
from mnist37.ui.visit import FIRST_TRIES

PLACE = "self_test_place"


def _read() -> tuple[tuple[str, Question], ...]:
    text = (Path(__file__).parent / "self_test.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["question"]
    return tuple((row.pop("lesson"), Question(**row | {"answers": tuple(row["answers"])})) for row in rows)


QUESTIONS = _read()
"""The name of the lesson that answers each question, and the question."""


def self_test() -> None:
    """Show the current question, and the number of correct answers so far."""
    place = int(keep(PLACE, 0))
    lesson, question = QUESTIONS[place]
    tries = first_tries()
    st.progress(len(tries) / len(QUESTIONS), text=f"{sum(tries.values())} of {len(tries)} right at the first try")
    with st.container(key="self_test_question"):
        st.caption(f"Question {place + 1} of {len(QUESTIONS)}")
        ask(question, _key(place), partial(_note, place))
        if st.session_state.get(_key(place)) is not None:
            page = get_lesson(lesson)
            st.page_link(page.page, label=f"See it in the lesson “{page.title}”", icon=":material/arrow_back:")
    with st.container(horizontal=True, gap="small"):
        st.button("Back", key="self_test_back", disabled=place == 0, on_click=_go, args=(place - 1,))
        last = place == len(QUESTIONS) - 1
        st.button("Next", key="self_test_next", type="primary", disabled=last, on_click=_go, args=(place + 1,))
        st.button("Start again", key="self_test_again", type="tertiary", on_click=_again)
    if len(tries) == len(QUESTIONS):
        _result(tries)


def first_tries() -> dict[int, bool]:
    """Return for each answered question whether the first answer was correct."""
    return FIRST_TRIES.keep()


def _key(place: int) -> str:
    return f"self_test_{place}"


def _note(place: int, is_right: bool) -> None:
    note_answer(QUESTIONS[place][0], st.session_state[_key(place)], is_right=is_right)
    first_tries().setdefault(place, is_right)


def _go(place: int) -> None:
    st.session_state[PLACE] = place


def _again() -> None:
    for place in range(len(QUESTIONS)):
        st.session_state[_key(place)] = None
    FIRST_TRIES.clear()
    _go(0)


def _result(tries: dict[int, bool]) -> None:
    """Show the final result, and which lessons to read again."""
    missed = {QUESTIONS[place][0] for place, is_right in tries.items() if not is_right}
    right = sum(tries.values())
    if not missed:
        st.success(f"All {right} right at the first try.", icon=":material/trophy:")
        return
    titles = ", ".join(f"“{get_lesson(name).title}”" for name in sorted(missed))
    st.info(f"{right} of {len(tries)} right at the first try. Worth another look: {titles}.", icon=":material/school:")
