"""Lesson 3: the choice of a function and of x."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
import torch

from mnist37.data import Digits
from mnist37.lessons.gradients import (
    Function,
    absolute,
    cubic,
    loss_of_one_weight,
    sigmoid,
    sine,
    square,
    values,
)
from mnist37.rungs import image_tensor
from mnist37.ui.shell import start
from mnist37.ui.shell.session import keep

FUNCTION = "gradients_function"
POINTS = 161


@dataclass(frozen=True, slots=True)
class Choice:
    """A function that the visitor can choose.

    Args:
            name: its name, as a formula.
    f: the function itself.
            low: the left end of the figure.
            high: the right end of the figure.
            x: the x to begin with.
            remark: what to look for.
    """

    name: str
    f: Function
    low: float
    high: float
    x: float
    remark: str

    @property
    def key(self) -> str:
        """The key of the slider for x."""
        return f"gradients_x_{self.name}"


PLAIN = (
    Choice("x**2", square, -5, 5, 3, "The chapter's quadratic: the further from the bottom, the steeper."),
    Choice("x.sin()", sine, -6.5, 6.5, 1, "Up and down: where is the gradient 0?"),
    Choice("x.abs()", absolute, -4, 4, 2, "A kink at 0, where there is no slope: torch says 0, the nudge says 1."),
    Choice("x**3 - 3*x", cubic, -2.4, 2.4, 2, "A hill and a valley: on both, the gradient is 0."),
    Choice("x.sigmoid()", sigmoid, -7, 7, 1, "Flat at both ends: there, a gradient hardly says which way to go."),
)
LOSS = "loss of one weight"
NAMES = (*(choice.name for choice in PLAIN), LOSS)


def chosen() -> Choice:
    """Show the choice of functions and return the chosen one."""
    kept = keep(FUNCTION, PLAIN[0].name)
    name = st.pills(
        "Function", NAMES, default=kept, key=FUNCTION, required=True, label_visibility="collapsed", wrap=True
    )
    return next((choice for choice in PLAIN if choice.name == name), None) or _loss(start.digits())


def _loss(digits: Digits) -> Choice:
    remark = "The chapter's loss over all training digits, with one weight: at the pixel where 3s and 7s differ most."
    return Choice(LOSS, _loss_function(digits.fingerprint, digits), -20, 20, 0, remark)


@st.cache_resource(show_spinner=False, max_entries=2)
def _loss_function(fingerprint: str, _digits: Digits) -> Function:  # noqa: ARG001 - the cache key
    return loss_of_one_weight(image_tensor(_digits.train_images), torch.tensor(_digits.train_labels))


def x_slider(choice: Choice) -> float:
    """Show the slider for x and return its value."""
    keep(choice.key, float(choice.x))
    step = 0.1 if choice.high < 10 else 0.5
    return float(st.slider("x", float(choice.low), float(choice.high), step=step, key=choice.key))


def curve(choice: Choice) -> tuple[list[float], list[float]]:
    """Return the x and y of the function's points, left to right; computed once."""
    xs = [choice.low + (choice.high - choice.low) * place / (POINTS - 1) for place in range(POINTS)]
    source = start.digits().fingerprint if choice.name == LOSS else ""
    return xs, _values(choice.name, source, choice.f, xs)


@st.cache_data(show_spinner=False, max_entries=16)
def _values(name: str, source: str, _f: Function, _xs: Sequence[float]) -> list[float]:  # noqa: ARG001 - cache key
    return values(_f, _xs)
