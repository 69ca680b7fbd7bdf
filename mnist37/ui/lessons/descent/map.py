"""The descent on the loss surface, from above or in 3-D, as a plain Plotly figure (a dict)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from mnist37.lessons.descent import Descent, Step, loss_surface, lowest, still_falls
from mnist37.ui.lessons.descent.figures import FLOOR, TIGHT, WAY
from mnist37.ui.live.nodes import Figure

Ends = tuple[float, float]

SURFACE = [[0, "#1d2340"], [0.35, "#46508c"], [0.7, "#a3abd6"], [1, "#f1f2f8"]]
GRID = 33
MARGIN = 0.12


def map_figure(t: Tensor, speed: Tensor, descent: Descent, shown: Sequence[Step], *, in_3d: bool) -> Figure:
    """Draw the descent on the loss surface of a and c, at the b of the last of these steps."""
    b = shown[-1].params[1]
    floor = lowest(t, speed, b)
    # If the loss falls, the map shows the whole descent from the start; if it rises, the map grows with the steps.
    drawn = descent.steps if still_falls(descent) else shown
    a_ends, c_ends = (_ends([*(step.params[i] for step in drawn), low]) for i, low in zip((0, 2), floor, strict=True))
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
    """Return the current position: the last point of the descent, larger."""
    last: Figure = {name: way[name][-1:] for name in ("x", "y", "z", "customdata") if name in way}
    return {**way, **last, "marker": {"color": WAY, "size": size, "line": {"color": "#ffffff", "width": 2}}}


def _floor(size: int) -> Figure:
    return {
        "mode": "markers",
        "marker": {"symbol": "x", "size": size, "color": FLOOR, "line": {"color": "#ffffff", "width": 1}},
        "hovertemplate": "the lowest, with this b: a %{x:.4g}, c %{y:.4g}<extra></extra>",
    }


def _ends(values: Sequence[float]) -> Ends:
    """Return a range that contains all values, with a margin."""
    low, high = min(values), max(values)
    margin = MARGIN * max(high - low, 1e-6)
    return low - margin, high + margin


def _short(surface: Tensor) -> list[list[float]]:
    """Round each number to four digits, as a surface is sent to the browser at every step."""
    return [[float(f"{value:.4g}") for value in row] for row in surface.tolist()]


def _range(values: Tensor) -> list[float]:
    return [float(values[0]), float(values[-1])]
