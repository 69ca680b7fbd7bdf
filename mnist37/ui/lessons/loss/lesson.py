"""The lesson on the loss: weights moved along a line, their accuracy and `mnist_loss`, and how the latter works."""

from typing import Literal

import streamlit as st

from mnist37.data import Digits
from mnist37.lessons.loss import (
    LESSON,
    Line,
    accuracy_at,
    begin_to_learn,
    flips,
    loss_at,
    n_right,
    slope,
)
from mnist37.ui.lessons.loss.figures import line_figure
from mnist37.ui.lessons.loss.inside import inside, reading
from mnist37.ui.lessons.shared.frame import Closing, TryIt
from mnist37.ui.lessons.shared.question import Question
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.live.notices import says_errors
from mnist37.ui.shell import start
from mnist37.ui.shell.session import keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.labels import hinted
from mnist37.ui.widgets.numbers import number, percent, rate_words, signed_number

WIDTHS = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 1e-4, 1e-5)
WIDTH, MOVE = "loss_width", "loss_move"
OPENED_AT = 3.0
PARTS = 100
"""Number of slider steps to either side of 0."""


@st.cache_resource(show_spinner=False, max_entries=4)
def _line(fingerprint: str, _digits: Digits) -> Line:  # noqa: ARG001 - the cache key
    """Return the line, shared by all visitors; nothing here changes its tensors."""
    return begin_to_learn(_digits)


def loss() -> Closing:
    """Show two curves along one line, the parts of the loss, and how raw outputs are read."""
    digits = start.digits()
    line = _line(digits.fingerprint, digits)
    st.fragment(says_errors(_show))(line)
    settings = {"lr": 1.0, "batch_size": 256, "loss": "mnist_loss"}
    return Closing(LESSON, _question(line), TryIt("the loss glides, the accuracy jumps", "linear-scratch", settings))


def _show(line: Line) -> None:
    keep(WIDTH, OPENED_AT)
    keep(MOVE, 0)
    figure, knobs = st.columns([1.7, 1], gap="large")
    with knobs:
        step = _knobs(line)
    with figure:
        loss_slope = slope(line, loss_at)
        assert isinstance(loss_slope, float)
        shown = line_figure(line, st.session_state[WIDTH], step, loss_slope)
        live_figure(
            shown,
            key="loss_line",
            height=330 if is_phone() else 430,
            alt="Digits right as a staircase, and the loss as a smooth curve",
        )
    inside(line, step)
    reading(line, step)


def _knobs(line: Line) -> float:
    """Show the controls and their results; return the step."""
    step = float(st.session_state[WIDTH]) * int(st.session_state[MOVE]) / PARTS
    # The slider shows a share of the figure's width, not the step: so its label stays right when one zooms.
    st.slider(
        hinted("Move the weights", f"weights {'+' if step < 0 else '−'} {number(abs(step))} × gradient"),
        -PARTS,
        PARTS,
        key=MOVE,
        format="%d %%",
    )
    st.select_slider(hinted("Zoom", "range on each side"), WIDTHS, key=WIDTH, format_func=_both_ways)
    _answers(line, step)
    _autograd(line)
    return step


def _both_ways(width: float) -> str:
    return f"±{rate_words(width)}"


def _answers(line: Line, step: float) -> None:
    """Show accuracy and loss after that step."""
    more = n_right(line, step) - n_right(line, 0.0)
    lower = loss_at(line, step).item() - loss_at(line, 0.0).item()
    with st.container(horizontal=True, gap="small"):
        digits = f"{more:+d} digit{'' if abs(more) == 1 else 's'}" if more else ""
        _metric("accuracy", percent(accuracy_at(line, step).item()), digits)
        _metric("mnist_loss", f"{loss_at(line, step).item():.5f}", rate_words(lower) if lower else "", falls="better")


def _metric(name: str, value: str, change: str, falls: Literal["worse", "better"] = "worse") -> None:
    """Show a number, and its change from step 0."""
    colour: Literal["off", "normal", "inverse"] = "normal" if falls == "worse" else "inverse"
    if change:
        st.metric(name, value, change, delta_color=colour, border=True)
    else:
        st.metric(name, value, "no change", delta_color="off", delta_arrow="off", border=True)


def _autograd(line: Line) -> None:
    """Show the slopes of the loss and of accuracy, by autograd."""
    loss_slope = slope(line, loss_at)
    st.markdown(
        f"**autograd** at 0 :small[:gray[· by `backward`]]  \n"
        f"slope of `mnist_loss`: **{signed_number(float(loss_slope))}**  \n"
        f"slope of accuracy: :red[*{slope(line, accuracy_at)}*]  \n"
        ":small[:gray[`>` answers yes or no: between two stairs nothing changes, so there is no slope to follow.]]"
    )


def _question(line: Line) -> Question:
    """Ask about a step that is too small to change the prediction of any digit."""
    nearest = flips(line)[0].abs().min().item()
    step = next((width for width in WIDTHS if width < nearest / 2), WIDTHS[-1])
    more = n_right(line, step) - n_right(line, 0.0)
    lower = loss_at(line, step).item() - loss_at(line, 0.0).item()
    answers = {
        (True, True): "accuracy rises and the loss falls",
        (True, False): "accuracy rises, the loss stays",
        (False, True): "accuracy stays, the loss falls",
        (False, False): "both stay",
    }
    return Question(
        f"Move the weights by a step of {rate_words(step)}. What happens?",
        tuple(answers.values()),
        answers[more > 0, lower < 0],
        f"The loss changes by {signed_number(lower)}, and no digit changes sides: "
        f"the nearest one does so at {nearest:.2g}. "
        "Where accuracy does not move it has no slope, and a step of lr × 0 leads nowhere.",
        f"Zoom to ±{rate_words(step)} and move the weights: which of the two numbers changes?",
    )
