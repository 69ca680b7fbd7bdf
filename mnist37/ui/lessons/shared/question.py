"""The question that closes a lesson: choices, and an honest word on the one that was taken."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from mnist37.ui.shell.session import keep


@dataclass(frozen=True, slots=True)
class Question:
    """A question with one right answer.

    Args:
        asks: the question.
        answers: what can be chosen, in this order.
        right: the one among them that is right.
        because: why it is, told once it was chosen.
        hint: where to look, told after another one was chosen.
    """

    asks: str
    answers: tuple[str, ...]
    right: str
    because: str
    hint: str


def ask(question: Question, key: str, on_answer: Callable[[bool], None]) -> None:
    """Ask, and say what the answer was worth.

    Args:
        question: what to ask.
        key: the widget's key.
        on_answer: told whether an answer was right, before the page is drawn again.
    """
    keep(key, None)

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
