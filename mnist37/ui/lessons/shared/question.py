"""The question at the end of a lesson: choices, and an explanation of the chosen one."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from mnist37.ui.live.notices import toasts_errors
from mnist37.ui.shell.session import keep


@dataclass(frozen=True, slots=True)
class Question:
    """A question with one right answer.

    Args:
        asks: the question.
        answers: the choices, in this order.
        right: the correct one of them.
        because: the explanation, shown after the correct choice.
        hint: where to look, shown after a wrong choice.
    """

    asks: str
    answers: tuple[str, ...]
    right: str
    because: str
    hint: str


def ask(question: Question, key: str, on_answer: Callable[[bool], None]) -> None:
    """Ask a question and comment on the answer.

    Args:
        question: the question.
        key: the widget's key.
        on_answer: called with whether the answer is correct, before the page is drawn again.
    """
    keep(key, None)

    @toasts_errors
    def answered() -> None:
        on_answer(st.session_state[key] == question.right)

    st.markdown(f"**{question.asks}**")
    chosen = st.radio(
        question.asks, question.answers, index=None, key=key, label_visibility="collapsed", on_change=answered
    )
    if chosen == question.right:
        st.success(question.because, icon=":material/check:")
    elif chosen is not None:
        st.warning(question.hint, icon=":material/lightbulb:")
