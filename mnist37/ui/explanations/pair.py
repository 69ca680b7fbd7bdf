"""The two digits between which an answer is explained: those of a run, or what a model of ten says and another one."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.classes import Classes, a_digit
from mnist37.engine import Engine
from mnist37.events import drawing_key
from mnist37.explain import between
from mnist37.rungs import Weights
from mnist37.settings import Settings
from mnist37.ui.answers.ask import ask, whole_weights
from mnist37.ui.visit import AGAINST
from mnist37.ui.widgets.numbers import percent


@dataclass(frozen=True, slots=True)
class TwoDigits:
    """A model of two digits to explain: that of a run, or made of one of ten.

    Args:
        settings: of the model of two digits; orange stands for its first digit.
        weights: its named tensors.
        is_of_ten: whether it was made of a model of ten.
    """

    settings: Settings
    weights: Weights
    is_of_ten: bool

    @property
    def classes(self) -> Classes:
        """The two digits."""
        return self.settings.classes

    @property
    def logit_words(self) -> str:
        """The name of the model's raw answer; of ten digits it is the difference of two."""
        first, other = self.classes.digits
        return f"the logit of {first} less that of {other}" if self.is_of_ten else "the logit"

    def prob_words(self, prob_first: float) -> str:
        """Return the probability of the first digit in words, as Markdown."""
        alone = ", of these two alone" if self.is_of_ten else ""
        return f"its sigmoid: **{percent(prob_first)}** {a_digit(self.classes.first)}{alone}"


def two_digits(engine: Engine, run_id: str, pair: Classes) -> TwoDigits | None:
    """Return the model of a run between two digits; None if its whole weights are not known.

    Args:
        engine: gives the runs.
        run_id: the run's id.
        pair: two digits; not looked at if the run is of two.
    """
    weights, settings = whole_weights(engine, run_id), engine.info(run_id).settings
    return None if weights is None else TwoDigits(*between(settings, weights, pair), not settings.classes.is_pair)


def choose_pair(engine: Engine, run_id: str, image: NDArray[np.uint8], key: str) -> Classes | None:
    """Show the choice of the digit that the answer of a model of ten is compared with; of two there is no choice.

    Args:
        engine: gives the runs.
        run_id: the run's id.
        image: uint8 `[28, 28]`, ink is bright.
        key: a name for the place on the page, unique in the app.

    Returns:
        The digit that the model says and the chosen one, or the run's two digits; None if the answer is not known.
    """
    classes = engine.info(run_id).settings.classes
    if classes.is_pair:
        return classes
    answer = ask(engine, run_id, image)
    if answer is None:
        return None
    drawn = drawing_key(image)
    kept = AGAINST.get()
    chosen = kept[2] if kept is not None and kept[:2] == (run_id, drawn) else answer.digit
    other = answer.runner_up if chosen == answer.digit else chosen
    # Another widget for another choice, as in `select_run`: the browser may send an old one late.
    widget = f"{key}_against {run_id} {drawn} {answer.digit} {other}"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"{key}_pair"):
        st.markdown(f"**Why {a_digit(answer.digit)} rather than**", width="content")
        offered = [digit for digit in classes.digits if digit != answer.digit]
        st.selectbox(
            f"Why {a_digit(answer.digit)} rather than",
            offered,
            index=offered.index(other),
            key=widget,
            format_func=lambda digit: f"{a_digit(digit)}?",
            on_change=_choose,
            args=(widget, run_id, drawn),
            label_visibility="collapsed",
            width=110,
        )
        if other == answer.runner_up:
            st.caption("the runner-up", width="content")
    return Classes((answer.digit, other))


def _choose(widget: str, run_id: str, drawn: int) -> None:
    AGAINST.set((run_id, drawn, st.session_state[widget]))
