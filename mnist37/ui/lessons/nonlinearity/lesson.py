"""The lesson on the ReLU: a curve with it and without it, two layers that are one, and the chapter's net on digits."""

from functools import lru_cache

import streamlit as st
from torch import Tensor

from mnist37.lessons.nonlinearity import relu_net, two_layers
from mnist37.lessons.nonlinearity.curve_fit import LESSON, Fit, curves, fit
from mnist37.ui.lessons.nonlinearity.digits import on_digits
from mnist37.ui.lessons.nonlinearity.figures import fit_figure, relu_figure
from mnist37.ui.lessons.nonlinearity.layers import two_are_one
from mnist37.ui.lessons.shared.frame import Closing, TryIt
from mnist37.ui.lessons.shared.question import Question
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.live.notices import says_errors
from mnist37.ui.shell import start
from mnist37.ui.shell.session import choose_one, keep
from mnist37.ui.shell.who import is_phone

UNITS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 75, 100)
RELU, HIDDEN, CURVE = (f"nonlinearity_{name}" for name in ("relu", "hidden", "curve"))
OPENED_WITH = 8
ASKED = (2, 20, 100)
CLOSE = 0.1
"""A curve is close to the points if its loss is below this share of a flat line's."""


@lru_cache(maxsize=1)
def _curves() -> dict[str, tuple[Tensor, Tensor]]:
    return dict(curves())


@lru_cache(maxsize=128)
def _fit(name: str, hidden: int, *, relu: bool) -> Fit:
    """Fit a curve, in some 0.1 s; there are 84 combinations at most."""
    return fit(*_curves()[name], hidden, relu=relu)


def nonlinearity() -> Closing:
    """Show three parts, each in its own fragment."""
    st.fragment(says_errors(_curve))()
    st.fragment(says_errors(two_are_one))()
    st.fragment(says_errors(on_digits))(start.digits())
    code = (*LESSON, *two_layers.LESSON, *relu_net.LESSON)
    return Closing(code, _question(), TryIt("30 units, and their pictures", "simple-net", {"hidden": 30}))


def _curve() -> None:
    """Show a net with one input, with a switch for its ReLU and a slider for its units."""
    keep(RELU, True)
    keep(HIDDEN, OPENED_WITH)
    figure, knobs = st.columns([1.5, 1], gap="large")
    with knobs:
        st.toggle("ReLU between the two layers", key=RELU)
        st.select_slider("Hidden units", UNITS, key=HIDDEN)
        name = choose_one("Points", list(_curves()), key=CURVE, first="wave")
        relu, hidden = bool(st.session_state[RELU]), int(st.session_state[HIDDEN])
        learned = _fit(name, hidden, relu=relu)
        st.markdown(_result_words(learned, name))
        live_figure(relu_figure(relu=relu), key="nonlinearity_relu_curve", height=170, alt="The ReLU as a curve")
    with figure:
        alt = "The points, each unit's share and their sum"
        shown = fit_figure(*_curves()[name], learned)
        live_figure(shown, key="nonlinearity_fit", height=300 if is_phone() else 400, alt=alt)


def _result_words(learned: Fit, name: str) -> str:
    """Return the result of the training in two sentences."""
    hidden, kinks = len(learned.votes), sum(-1 < kink < 1 for kink in learned.kinks)
    units = f"{hidden} hidden unit{'' if hidden == 1 else 's'}"
    left = f"Loss **{learned.loss:.4f}**, {learned.loss / _spread(name):.0%} of what a flat line leaves."
    if not learned.relu:
        return f"{units}, and still **one straight line**: lines add up to a line.  \n{left}"
    return f"{units}, each a line with a kink; **{kinks}** of the kinks ▲ lie here, and the sum bends there.  \n{left}"


def _spread(name: str) -> float:
    """Return the loss of the best flat line."""
    return float(_curves()[name][1].var(correction=0))


def _question() -> Question:
    left = {n: _fit("wave", n, relu=False).loss / _spread("wave") for n in ASKED}
    enough = next((n for n in ASKED if left[n] < CLOSE), None)
    with_relu = _fit("wave", OPENED_WITH, relu=True).loss / _spread("wave")
    never = "no number is enough"
    return Question(
        f"Without the ReLU: how many hidden units does the net need to leave less than {CLOSE:.0%} of the wave?",
        (*(f"{n} units" for n in ASKED), never),
        f"{enough} units" if enough else never,
        f"{ASKED[-1]} units still leave {left[ASKED[-1]]:.0%}: two linear layers are one, and one is a straight line. "
        f"With the ReLU, {OPENED_WITH} units leave {with_relu:.0%}.",
        "Take the ReLU out and move the slider from one end to the other: does the line ever bend?",
    )
