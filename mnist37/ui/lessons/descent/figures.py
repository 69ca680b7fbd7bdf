"""The figures of a descent: the guess among the points, and the loss after each step; plain dicts."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from mnist37.lessons.descent import Step, f
from mnist37.ui.live.nodes import Figure
from mnist37.ui.widgets.colours import NEUTRAL, RUN_COLOURS
from mnist37.ui.widgets.numbers import number

GUESS, WAY, FLOOR = RUN_COLOURS[1], RUN_COLOURS[3], RUN_COLOURS[0]
TRAIL = 4
"""Maximum number of earlier guesses that are drawn, fainter with age."""
TIGHT = {"l": 56, "r": 12, "t": 36, "b": 40}


def guess_figure(t: Tensor, speed: Tensor, steps: Sequence[Step], words: str) -> Figure:
    """Return a figure of the points, the last of these steps as a curve, and a few earlier ones as its trail."""
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
    """Return a guess as a curve; the older, the fainter."""
    return {
        "x": moments.tolist(),
        "y": f(moments, torch.tensor(step.params)).tolist(),
        "mode": "lines",
        "line": {"color": GUESS, "width": 1.5 if age else 3},
        "opacity": 0.55**age,
        "hoverinfo": "skip",
    }


def loss_figure(steps: Sequence[Step], n_steps: int, floor: float) -> Figure:
    """Return a figure of the loss after each step, on a logarithmic axis, above the loss of the best parabola."""
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
        "y": math.log10(floor),  # a logarithmic axis takes the logarithm here
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
