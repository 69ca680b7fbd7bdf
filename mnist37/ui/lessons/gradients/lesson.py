"""Lesson 3, gradients: a slope to drag, the lines of code behind it, and what zero_grad is for."""

import streamlit as st

from mnist37.lessons.gradients import (
    LINES,
    Bench,
    descend,
    gradient,
    gradients_of_sum,
    nudged_slope,
    run_lines,
    square,
)
from mnist37.ui.lessons.gradients.choice import chosen
from mnist37.ui.lessons.gradients.lines import lines_of_code
from mnist37.ui.lessons.gradients.slope import slope
from mnist37.ui.lessons.gradients.zero import many_numbers, with_and_without
from mnist37.ui.lessons.shared.frame import Closing, TryIt, choose_view
from mnist37.ui.lessons.shared.question import Question
from mnist37.ui.live.notices import says_errors

VIEW = "gradients_view"
SLOPE, LINE, ZERO, MANY = "Slope", "Line by line", "Without zero_grad", "Many numbers"


def gradients() -> Closing:
    """Show the chosen view of gradients and return how the lesson ends."""
    _work()
    return _closing()


@st.fragment
@says_errors
def _work() -> None:
    view = choose_view(VIEW, (SLOPE, LINE, ZERO, MANY))
    if view == MANY:
        many_numbers()
        return
    choice = chosen()
    if view == SLOPE:
        slope(choice)
    elif view == LINE:
        lines_of_code(choice)
    else:
        with_and_without(choice)


def _closing() -> Closing:
    x = 3.0
    track, forward, backward, _ = LINES
    once, twice = (run_lines(square, x, [track, *[forward, backward] * times])[-1].grad or 0.0 for times in (1, 2))
    question = Question(
        asks=f"x is {x:g}, and y is x squared. Compute y and call backward(), then do both once more: what is x.grad?",
        answers=(f"{once:g}", f"{twice:g}", f"{once**2:g}", "None: torch refuses"),
        right=f"{twice:g}",
        because=(
            f"The slope is {once:g} both times, and backward() adds it to what is there: {twice:g}. "
            "So x.grad.zero_() is called before the next step."
        ),
        hint='Look at "Line by line" with x**2, and press y = f(x) and y.backward() once more.',
    )
    code = (gradient, nudged_slope, Bench, descend, gradients_of_sum)
    return Closing(code, question, TryIt("a step along the gradient at a time, lr 0.1", "linear-scratch", {"lr": 0.1}))
