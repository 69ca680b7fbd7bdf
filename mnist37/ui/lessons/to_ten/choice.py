"""Lesson 11: choosing a validation digit and the temperature; what the model computes for them."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from torch import Tensor

from mnist37.lessons.to_ten import N_CLASSES, TenModel, cross_entropy, softmax, with_temperature
from mnist37.ui.live.nodes import choose_picture
from mnist37.ui.live.pictures import digit_picture
from mnist37.ui.shell.session import keep
from mnist37.ui.visit import TEN_DIGIT, TEN_TURN
from mnist37.ui.widgets.labels import hinted

SIZE = 56
TEMPERATURE = "to_ten_temperature"
TEMPERATURES = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 5.0, 7.0, 10.0)
OPENED_AT, UNSURE = 3, 0.8
"""The lesson opens with the first 3 that the model gets right with a lower probability."""


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The chosen digit.

    Args:
        index: its place among the validation digits.
        label: the digit itself, 0 to 9.
        logits: float64 `[1, 10]`.
        temperature: the chosen one.
    """

    index: int
    label: int
    logits: Tensor
    temperature: float

    @property
    def scaled(self) -> Tensor:
        """The logits, divided by the temperature, `[1, 10]`."""
        return with_temperature(self.logits, self.temperature)

    @property
    def probs(self) -> Tensor:
        """The probabilities, `[1, 10]`."""
        return softmax(self.scaled)

    @property
    def largest(self) -> int:
        """The class with the largest logit."""
        return int(self.logits.argmax(1))

    def loss(self, labels: Tensor) -> float:
        """Return its cross-entropy for these labels, int64 `[1]`."""
        return cross_entropy(self.scaled, labels).item()


def chosen(model: TenModel) -> Chosen:
    """Return the chosen digit and temperature."""
    if TEN_DIGIT.get() is None:
        TEN_DIGIT.set(_opens_with(model))
    index = int(TEN_DIGIT.get() or 0)
    row = slice(index, index + 1)
    return Chosen(index, int(model.labels[index]), model.logits[row], float(keep(TEMPERATURE, 1.0)))


def choice(model: TenModel, index: int) -> None:
    """Show one digit of each class to click, and buttons that choose others."""
    pictures = [
        digit_picture(model.images[one], SIZE, alt=f"Take a {int(model.labels[one])}", value=str(one))
        for one in _shown(model, TEN_TURN.get())
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="content"):
            choose_picture(pictures, _take, key="to_ten_digits", alt="Digits to take", chosen=str(index))
        st.button("Others", icon=":material/casino:", key="to_ten_others", on_click=_next_turn)
        st.button(
            "A wrong one",
            icon=":material/error:",
            key="to_ten_wrong",
            on_click=_take_wrong,
            args=(model, index),
            help="The next validation digit that the model gets wrong.",
        )


def temperature_slider() -> None:
    """Show the slider of the temperature."""
    label = hinted("Temperature T", "each logit is divided by it")
    st.select_slider(label, TEMPERATURES, key=TEMPERATURE, format_func="{:g}".format)


def _opens_with(model: TenModel) -> int:
    probs = softmax(model.logits)[:, OPENED_AT]
    is_right = (model.labels == OPENED_AT) & (model.logits.argmax(1) == OPENED_AT)
    return int((is_right & (probs < UNSURE)).int().argmax())


def _shown(model: TenModel, turn: int) -> list[int]:
    """Return the index of one digit of each class, others at each turn; at first the class of 3 has the default."""
    rng, labels = np.random.default_rng(turn), model.labels.numpy()
    shown = [int(rng.choice(np.flatnonzero(labels == digit))) for digit in range(N_CLASSES)]
    if turn == 0:
        shown[OPENED_AT] = _opens_with(model)
    return shown


def _take(value: str) -> None:
    TEN_DIGIT.set(int(value))


def _next_turn() -> None:
    TEN_TURN.set(TEN_TURN.get() + 1)


def _take_wrong(model: TenModel, index: int) -> None:
    """Choose the next digit that the model gets wrong; continue from the start after the last."""
    wrong = (model.logits.argmax(1) != model.labels).nonzero().squeeze(1).tolist()
    TEN_DIGIT.set(next((one for one in wrong if one > index), wrong[0]))
