"""The figures of a descent: the guess among the points, the loss, and the way over the loss surface; plain dicts."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from mnist37.lessons.descent import Descent, Step, f, loss_surface, lowest, still_falls
from mnist37.ui.colours import NEUTRAL, RUN_COLOURS
from mnist37.ui.lessons.numbers import number

Figure = dict[str, Any]
Ends = tuple[float, float]

GUESS, WAY, FLOOR = RUN_COLOURS[1], RUN_COLOURS[3], RUN_COLOURS[0]
SURFACE = [[0, "#1d2340"], [0.35, "#46508c"], [0.7, "#a3abd6"], [1, "#f1f2f8"]]
TRAIL = 4
"""So many earlier guesses stay to be seen, fainter and fainter."""
GRID = 33
MARGIN = 0.12
TIGHT = {"l": 56, "r": 12, "t": 36, "b": 40}


def guess_figure(t: Tensor, speed: Tensor, steps: Sequence[Step], words: str) -> Figure:
    """The points, the last of these steps as a curve, and a few before it as its trail."""
    moments = torch.linspace(float(t.min()), float(t.max()), 60)
    shown = steps[-1 - TRAIL :]
    curves = [_curve(moments, step, len(shown) - 1 - place) for place, step in enumerate(shown)]
    points = {
        "x": t.tolist(),
        "y": speed.tolist(),
        "mode": "markers",
        "marker": {"size": 9, "color": NEUTRAL},
        "hovertemplate": "%{y:.1f} at %{x:.3g}<extra></extra>",
    }
    low, high = float(speed.min()), float(speed.max())
    layout = {
        "title": {"text": "The guess a·t² + b·t + c"},
        "xaxis": {"title": {"text": words, "standoff": 4}},
        "yaxis": {"title": {"text": "speed"}, "range": [low - 0.35 * (high - low), high + 0.35 * (high - low)]},
        "hovermode": "closest",
        "showlegend": False,
        "margin": TIGHT,
        "uirevision": words,
    }
    return {"data": [*curves[:-1], points, curves[-1]], "layout": layout}


def _curve(moments: Tensor, step: Step, age: int) -> Figure:
    """A guess; the older, the fainter."""
    return {
        "x": moments.tolist(),
        "y": f(moments, torch.tensor(step.params)).tolist(),
        "mode": "lines",
        "line": {"color": GUESS, "width": 1.5 if age else 3},
        "opacity": 0.55**age,
        "hoverinfo": "skip",
    }


def loss_figure(steps: Sequence[Step], n_steps: int, floor: float) -> Figure:
    """The loss after each step, on a logarithmic axis, above the loss of the best parabola."""
    losses = [step.loss for step in steps]
    curve = {
        "x": list(range(len(losses))),
        "y": losses,
        "mode": "lines+markers",
        "line": {"color": WAY, "width": 2.5},
        "marker": {"size": 6},
        "hovertemplate": "%{y:,.4g} after step %{x}<extra></extra>",
    }
    best = {
        "x": [0, n_steps],
        "y": [floor, floor],
        "mode": "lines",
        "line": {"color": FLOOR, "width": 1.5, "dash": "dash"},
        "hoverinfo": "skip",
    }
    words = {
        "text": f"the best parabola's: {floor:.3g}",
        "x": n_steps,
        "y": math.log10(floor),  # an axis of logarithms wants one
        "xanchor": "right",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": FLOOR},
    }
    decades = math.log10(1.5 * max(*losses, 10 * losses[0]))
    marked = [10.0**decade for decade in range(1, math.ceil(decades), max(1, round(decades / 6)))]
    yaxis = {
        "type": "log",
        "range": [math.log10(floor / 2), decades],
        "tickvals": marked,
        "ticktext": [number(value) for value in marked],
    }
    layout = {
        "title": {"text": "The loss"},
        "xaxis": {"title": {"text": "step", "standoff": 4}, "range": [-1, n_steps + 1]},
        "yaxis": yaxis,
        "annotations": [words],
        "hovermode": "closest",
        "showlegend": False,
        "margin": TIGHT,
    }
    return {"data": [curve, best], "layout": layout}


def map_figure(t: Tensor, speed: Tensor, descent: Descent, shown: Sequence[Step], *, in_3d: bool) -> Figure:
    """The way over the loss surface of a and c, at the b of the last of these steps: from above, or in space."""
    b = shown[-1].params[1]
    floor = lowest(t, speed, b)
    # A way that leads down is seen whole from the start; one that leads away is followed as it goes.
    seen = descent.steps if still_falls(descent) else shown
    a_ends, c_ends = (_ends([*(step.params[i] for step in seen), low]) for i, low in zip((0, 2), floor, strict=True))
    a, c = torch.linspace(*a_ends, GRID, dtype=torch.float64), torch.linspace(*c_ends, GRID, dtype=torch.float64)
    build = _in_space if in_3d else _from_above
    figure = build(a, c, loss_surface(t, speed, a, b, c), shown, floor)
    common = {
        "title": {"text": "The way over the loss, × its lowest point"},
        "showlegend": False,
        "uirevision": f"{in_3d} {float(t.max())}",
    }
    return {"data": figure["data"], "layout": {**common, **figure["layout"]}}


def _from_above(a: Tensor, c: Tensor, surface: Tensor, shown: Sequence[Step], floor: Ends) -> Figure:
    ground = {
        "type": "contour",
        "x": a.tolist(),
        "y": c.tolist(),
        "z": _short(surface.log10()),
        "colorscale": SURFACE,
        "ncontours": 24,
        "line": {"width": 0.6, "color": "rgba(255,255,255,.35)"},
        "showscale": False,
        "customdata": _short(surface),
        "hovertemplate": "a %{x:.3g}, c %{y:.3g}: loss %{customdata:,.4g}<extra></extra>",
    }
    way = {"x": [step.params[0] for step in shown], "y": [step.params[2] for step in shown], **_way(shown)}
    data = [ground, way, _now(way, 13), {**_floor(10), "x": [floor[0]], "y": [floor[1]]}]
    axes = {
        "xaxis": {"title": {"text": "a", "standoff": 2}, "range": _range(a), "nticks": 6},
        "yaxis": {"title": {"text": "c"}, "range": _range(c), "nticks": 7},
    }
    return {"data": data, "layout": {**axes, "hovermode": "closest", "margin": TIGHT}}


def _in_space(a: Tensor, c: Tensor, surface: Tensor, shown: Sequence[Step], floor: Ends) -> Figure:
    ground = {
        "type": "surface",
        "x": a.tolist(),
        "y": c.tolist(),
        "z": _short(surface),
        "surfacecolor": _short(surface.log10()),
        "colorscale": SURFACE,
        "opacity": 0.92,
        "showscale": False,
        "hovertemplate": "a %{x:.3g}, c %{y:.3g}: loss %{z:,.4g}<extra></extra>",
    }
    way = {
        "type": "scatter3d",
        "x": [step.params[0] for step in shown],
        "y": [step.params[2] for step in shown],
        "z": [step.loss for step in shown],
        **_way(shown),
    }
    axis = {"nticks": 4, "showspikes": False}
    scene = {
        "xaxis": {"title": {"text": "a"}, "range": _range(a), **axis},
        "yaxis": {"title": {"text": "c"}, "range": _range(c), **axis},
        "zaxis": {"title": {"text": "loss"}, **axis},
        "aspectmode": "manual",
        "aspectratio": {"x": 1, "y": 1, "z": 0.7},
        "camera": {"eye": {"x": -1.25, "y": -1.7, "z": 1.0}, "center": {"x": 0, "y": 0, "z": -0.15}},
    }
    layout = {"scene": scene, "margin": {"l": 0, "r": 0, "t": 30, "b": 0}}
    at_floor = {**_floor(5), "type": "scatter3d", "x": [floor[0]], "y": [floor[1]], "z": [float(surface.min())]}
    return {"data": [ground, way, _now(way, 6), at_floor], "layout": layout}


def _way(shown: Sequence[Step]) -> Figure:
    return {
        "mode": "lines+markers",
        "line": {"color": WAY, "width": 3},
        "marker": {"color": WAY, "size": 4},
        "customdata": [step.loss for step in shown],
        "hovertemplate": "a %{x:.4g}, c %{y:.4g}: loss %{customdata:,.4g}<extra></extra>",
    }


def _now(way: Figure, size: int) -> Figure:
    """Where it stands now: the last point of the way, larger."""
    last: Figure = {name: way[name][-1:] for name in ("x", "y", "z", "customdata") if name in way}
    return {**way, **last, "marker": {"color": WAY, "size": size, "line": {"color": "#ffffff", "width": 2}}}


def _floor(size: int) -> Figure:
    return {
        "mode": "markers",
        "marker": {"symbol": "x", "size": size, "color": FLOOR, "line": {"color": "#ffffff", "width": 1}},
        "hovertemplate": "the lowest, with this b: a %{x:.4g}, c %{y:.4g}<extra></extra>",
    }


def _ends(values: Sequence[float]) -> Ends:
    """A stretch that holds all values, with a margin."""
    low, high = min(values), max(values)
    margin = MARGIN * max(high - low, 1e-6)
    return low - margin, high + margin


def _short(surface: Tensor) -> list[list[float]]:
    """Four digits of each number: a surface goes to the browser at every step."""
    return [[float(f"{value:.4g}") for value in row] for row in surface.tolist()]


def _range(values: Tensor) -> list[float]:
    return [float(values[0]), float(values[-1])]
