"""The nets of the lesson on the ReLU, each trained and evaluated once for all visitors, and planes to show them on."""

from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor, nn

from mnist37.data import Digits
from mnist37.lessons.nonlinearity.relu_net import Net, Plane, dead_units, learn, learn_linear, n_wrong, principal_plane
from mnist37.ui.lessons.shared.data import lesson_rows

USUAL_LR = 0.5
MAX_FOR_PLANE, MAX_SHADOWS = 2000, 600
"""Maximum number of digits that define a plane, and that are drawn on it; more make no visible difference."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainedNet:
    """A trained net and its evaluation.

    Args:
        net: the trained net.
        dead: which units fire for no training digit, bool `[hidden]`.
        wrong: the number of validation digits that it gets wrong.
    """

    net: Net
    dead: Tensor
    wrong: int


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A plane, and the positions of digits on it.

    Args:
        plane: the plane.
        shadows: the positions of some 3s and some 7s, `[digits, 2]` each.
        ends: the lowest and highest position along the first direction, then along the second.
    """

    plane: Plane
    shadows: dict[int, Tensor]
    ends: tuple[float, float, float, float]


def net_of(
    digits: Digits, hidden: int, *, relu: bool = True, lr: float = USUAL_LR, bias_start: float = 0.0
) -> TrainedNet:
    """Return a net trained on these digits.

    Raises:
        Diverged: its loss is not finite.
    """
    return _net(digits.fingerprint, hidden, relu, lr, bias_start)


@st.cache_resource(show_spinner=False, max_entries=256)
def _net(fingerprint: str, hidden: int, relu: bool, lr: float, bias_start: float) -> TrainedNet:  # noqa: ARG001
    data = lesson_rows()
    net = learn(data, hidden, lr, relu=relu, bias_start=bias_start)
    return TrainedNet(net, dead_units(net, data.train_x), n_wrong(net.model, data.valid_x, data.valid_y))


def linear_of(digits: Digits) -> tuple[nn.Linear, int]:
    """Return the linear model trained on as many mini-batches, and how many validation digits it gets wrong."""
    return _linear(digits.fingerprint)


@st.cache_resource(show_spinner=False, max_entries=4)
def _linear(fingerprint: str) -> tuple[nn.Linear, int]:  # noqa: ARG001
    data = lesson_rows()
    model = learn_linear(data)
    return model, n_wrong(model, data.valid_x, data.valid_y)


def view_of(digits: Digits, first: int) -> View:
    """Return the plane of the principal components `first` and `first + 1` of these digits, counted from 0."""
    return _view(digits.fingerprint, first)


@st.cache_resource(show_spinner=False, max_entries=12)
def _view(fingerprint: str, first: int) -> View:  # noqa: ARG001
    data = lesson_rows()
    x, y = _some(data.train_x, MAX_FOR_PLANE), _some(data.train_y, MAX_FOR_PLANE)
    plane = principal_plane(x, first)
    shadows, is_3 = plane.shadows(_some(x, MAX_SHADOWS)), _some(y, MAX_SHADOWS).squeeze(1) == 1
    low, high = shadows.min(0).values.tolist(), shadows.max(0).values.tolist()
    return View(plane, {3: shadows[is_3], 7: shadows[~is_3]}, (low[0], high[0], low[1], high[1]))


def _some(x: Tensor, most: int) -> Tensor:
    """Return at most `most` rows, evenly spread, as digits are often sorted by class."""
    return x[torch.linspace(0, len(x) - 1, min(most, len(x))).long()]
