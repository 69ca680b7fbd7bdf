"""The nets of the lesson on the ReLU, each trained and judged once for all visitors; and planes to look at them."""

from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor, nn

from mnist37.data import Digits
from mnist37.lessons.nonlinearity.relu_net import Net, Plane, dead_units, learn, learn_linear, n_wrong, principal_plane
from mnist37.ui.lessons.shared.data import lesson_rows

USUAL_LR = 0.5
MOST_FOR_PLANE, MOST_SHADOWS = 2000, 600
"""So many digits say where a plane lies, and so many are drawn on it; more would not be seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A net, and what is to be told of it.

    Args:
        net: what has learned.
        dead: which units fire for no training digit, bool `[hidden]`.
        wrong: how many validation digits it gets wrong.
    """

    net: Net
    dead: Tensor
    wrong: int


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A plane, and where digits lie on it.

    Args:
        plane: the plane.
        shadows: where some 3s and some 7s lie, `[digits, 2]` each.
        ends: the lowest and the highest of these places along the first, then along the second direction.
    """

    plane: Plane
    shadows: dict[int, Tensor]
    ends: tuple[float, float, float, float]


def net_of(digits: Digits, hidden: int, *, relu: bool = True, lr: float = USUAL_LR, bias_start: float = 0.0) -> Judged:
    """A net that has learned these digits.

    Raises:
        Diverged: its loss is no finite number any more.
    """
    return _net(digits.fingerprint, hidden, relu, lr, bias_start)


@st.cache_resource(show_spinner=False, max_entries=256)
def _net(fingerprint: str, hidden: int, relu: bool, lr: float, bias_start: float) -> Judged:  # noqa: ARG001
    data = lesson_rows()
    net = learn(data, hidden, lr, relu=relu, bias_start=bias_start)
    return Judged(net, dead_units(net, data.train_x), n_wrong(net.model, data.valid_x, data.valid_y))


def linear_of(digits: Digits) -> tuple[nn.Linear, int]:
    """The linear model that has learned these digits from as many mini-batches, and how many it gets wrong."""
    return _linear(digits.fingerprint)


@st.cache_resource(show_spinner=False, max_entries=4)
def _linear(fingerprint: str) -> tuple[nn.Linear, int]:  # noqa: ARG001
    data = lesson_rows()
    model = learn_linear(data)
    return model, n_wrong(model, data.valid_x, data.valid_y)


def view_of(digits: Digits, first: int) -> View:
    """The plane of two principal components of these digits, from number `first` on."""
    return _view(digits.fingerprint, first)


@st.cache_resource(show_spinner=False, max_entries=12)
def _view(fingerprint: str, first: int) -> View:  # noqa: ARG001
    data = lesson_rows()
    x, y = _some(data.train_x, MOST_FOR_PLANE), _some(data.train_y, MOST_FOR_PLANE)
    plane = principal_plane(x, first)
    shadows, is_3 = plane.shadows(_some(x, MOST_SHADOWS)), _some(y, MOST_SHADOWS).squeeze(1) == 1
    low, high = shadows.min(0).values.tolist(), shadows.max(0).values.tolist()
    return View(plane, {3: shadows[is_3], 7: shadows[~is_3]}, (low[0], high[0], low[1], high[1]))


def _some(x: Tensor, most: int) -> Tensor:
    """At most so many of its rows, evenly spread: digits often lie in the order of their classes."""
    return x[torch.linspace(0, len(x) - 1, min(most, len(x))).long()]
