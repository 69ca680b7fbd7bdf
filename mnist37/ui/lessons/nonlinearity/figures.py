"""The figures of the lesson on the ReLU: a curve as a sum of units, the ReLU, a decision boundary; plain dicts."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from mnist37.lessons.nonlinearity.curve_fit import Fit
from mnist37.ui.live.nodes import Figure
from mnist37.ui.widgets.colours import FIRST, NEUTRAL, OTHER, PAPER, RUN_COLOURS

Shadows = Mapping[int, Tensor]

SUM, UNIT = RUN_COLOURS[1], RUN_COLOURS[2]
NET, LINEAR = RUN_COLOURS[1], RUN_COLOURS[0]
MARGIN = {"l": 48, "r": 12, "t": 36, "b": 40}


def fit_figure(x: Tensor, y: Tensor, fit: Fit) -> Figure:
    """Draw the points, every unit's share, their sum, and below them the kink of each unit."""
    kinks = [kink for kink in fit.kinks if -1 < kink < 1]
    # All curves are straight between kinks, so no other places are needed.
    places = torch.tensor([-1.0, *kinks, 1.0])[:, None]
    units = [_unit(places[:, 0].tolist(), share, len(fit.votes)) for share in fit.shares(places).T.tolist()]
    low, high = float(y.min()), float(y.max())
    floor, room = low - 0.5 * (high - low), high + 0.35 * (high - low)
    points = {
        "x": x[:, 0].tolist(),
        "y": y[:, 0].tolist(),
        "mode": "markers",
        "marker": {"size": 8, "color": NEUTRAL},
        "hovertemplate": "%{y:.2f} at %{x:.2f}<extra></extra>",
    }
    total = {
        "x": places[:, 0].tolist(),
        "y": fit.curve(places).tolist(),
        "mode": "lines",
        "line": {"color": SUM, "width": 3.5},
        "hoverinfo": "skip",
    }
    marks = {
        "x": kinks,
        "y": [floor + 0.04 * (room - floor)] * len(kinks),
        "mode": "markers",
        "marker": {"symbol": "triangle-up", "size": 10, "color": UNIT},
        "hovertemplate": "a kink at %{x:.2f}<extra></extra>",
    }
    layout = {
        "title": {"text": "The curve is the sum of its units"},
        "xaxis": {"range": [-1.05, 1.05], "title": {"text": "x", "standoff": 2}},
        "yaxis": {"range": [floor, room]},
        "hovermode": "closest",
        "showlegend": False,
        "margin": MARGIN,
        "uirevision": "fit",
    }
    return {"data": [*units, points, total, marks], "layout": layout}


def _unit(places: Sequence[float], share: Sequence[float], count: int) -> Figure:
    return {
        "x": list(places),
        "y": list(share),
        "mode": "lines",
        "line": {"color": UNIT, "width": 1.5},
        "opacity": max(0.15, min(0.8, 4 / count)),
        "hoverinfo": "skip",
    }


def relu_figure(*, relu: bool) -> Figure:
    """Draw a unit's output over its input, with or without the ReLU."""
    places = torch.tensor([-2.0, 0.0, 2.0])
    curve = {
        "x": places.tolist(),
        "y": (places.relu() if relu else places).tolist(),
        "mode": "lines",
        "line": {"color": UNIT, "width": 3},
        "hoverinfo": "skip",
    }
    layout = {
        "title": {"text": "ReLU: max(0, x)" if relu else "no ReLU: x"},
        "xaxis": {"range": [-2, 2], "nticks": 5},
        "yaxis": {"range": [-2.1, 2.1], "nticks": 5},
        "showlegend": False,
        "margin": {"l": 34, "r": 12, "t": 36, "b": 26},
    }
    return {"data": [curve], "layout": layout}


def border_figure(probs: Tensor, linear: Tensor, ends: Sequence[float], shadows: Shadows, first: int) -> Figure:
    """Draw the plane, coloured by the net's prediction at each place, and the digits' positions on it.

    Args:
        probs: the net's probability of a 3, `[n, n]`, a row for each place along the second direction.
        linear: the linear model's raw outputs, `[n, n]`.
        ends: the range of the plane: the lowest and highest place along the first direction, then along the second.
        shadows: the positions of the 3s and of the 7s, `[digits, 2]` each.
        first: the index of the first direction, from 0.
    """
    a, b = axes(ends, len(probs))
    grid = {"x": _short(a), "y": _short(b)}
    ground = {
        "type": "heatmap",
        **grid,
        "z": [_short(row) for row in probs],
        "zmin": 0,
        "zmax": 1,
        "zsmooth": "best",
        "colorscale": [[0, OTHER], [0.5, PAPER], [1, FIRST]],
        "opacity": 0.55,
        "showscale": False,
        "hovertemplate": "here: %{z:.1%} a 3<extra></extra>",
    }
    net = _border(grid, probs - 0.5, {"color": NET, "width": 3.5}, "the net's border")
    straight = _border(grid, linear, {"color": LINEAR, "width": 2.5, "dash": "dash"}, "the linear model's")
    points = [_digits(places, digit) for digit, places in shadows.items()]
    layout = {
        "title": {"text": "Where the border lies"},
        "xaxis": {"range": [float(a[0]), float(a[-1])], "title": {"text": f"direction {first + 1}", "standoff": 2}},
        "yaxis": {"range": [float(b[0]), float(b[-1])], "title": {"text": f"direction {first + 2}"}},
        "hovermode": "closest",
        "showlegend": True,
        "margin": {"l": 52, "r": 12, "t": 64, "b": 40},
        "uirevision": f"border {first} {float(a[-1])}",
    }
    return {"data": [ground, *points, net, straight], "layout": layout}


def axes(ends: Sequence[float], n: int) -> tuple[Tensor, Tensor]:
    """Return `n` places along each of the two directions; `ends` as in `border_figure`."""
    return torch.linspace(ends[0], ends[1], n), torch.linspace(ends[2], ends[3], n)


def _border(grid: Figure, values: Tensor, line: Figure, name: str) -> Figure:
    return {
        "type": "contour",
        **grid,
        "z": [_short(row) for row in values],
        "autocontour": False,
        "contours": {"start": 0, "end": 0, "size": 1, "coloring": "none"},
        "line": line,
        "name": name,
        "showlegend": True,
        "showscale": False,
        "hoverinfo": "skip",
    }


def _digits(places: Tensor, digit: int) -> Figure:
    colour, symbol = (FIRST, "circle") if digit == 3 else (OTHER, "diamond")
    return {
        "name": f"{digit}s",
        "x": _short(places[:, 0]),
        "y": _short(places[:, 1]),
        "mode": "markers",
        "marker": {"color": colour, "symbol": symbol, "size": 6, "line": {"color": "#ffffff", "width": 0.5}},
        "hovertemplate": f"a {digit}<extra></extra>",
    }


def _short(values: Tensor) -> list[float]:
    return [round(value, 3) for value in values.tolist()]
