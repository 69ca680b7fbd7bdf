"""The figures of the lesson on ten digits: ten probabilities, two losses, and the temperature's effect; plain dicts."""

from collections.abc import Sequence

import torch

from mnist37.lessons.to_ten import N_CLASSES
from mnist37.ui.live.nodes import Figure
from mnist37.ui.widgets.colours import NEUTRAL, RUN_COLOURS

RIGHT, WRONG, LOSS, OTHER_LOSS, ACCURACY = (
    RUN_COLOURS[0],
    RUN_COLOURS[3],
    RUN_COLOURS[0],
    RUN_COLOURS[2],
    RUN_COLOURS[1],
)
POINTS = 121
MIN_TOP = 5.0
"""Minimum of the upper end of the loss's axis."""
MARGIN = {"l": 52, "r": 14, "t": 36, "b": 42}


def probabilities_figure(probs: Sequence[float], label: int, largest: int) -> Figure:
    """Draw the probability of each of the ten digits; the label's bar, and a wrong answer's, have colours."""
    colours = {largest: WRONG, label: RIGHT}
    bars = {
        "type": "bar",
        "x": list(range(N_CLASSES)),
        "y": list(probs),
        "marker": {"color": [colours.get(digit, NEUTRAL) for digit in range(N_CLASSES)]},
        "text": [f"{prob:.0%}" if prob >= 0.005 else "" for prob in probs],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "a %{x}: %{y:.4f}<extra></extra>",
    }
    layout = {
        "title": {"text": "softmax(logits / T)"},
        "xaxis": {
            "tickmode": "array",
            "tickvals": list(range(N_CLASSES)),
            "ticktext": [f"{digit} ✓" if digit == label else str(digit) for digit in range(N_CLASSES)],
        },
        "yaxis": {"range": [0, 1.12], "tickvals": [0, 0.5, 1], "tickformat": ".0%"},
        "showlegend": False,
        "hovermode": "closest",
        "margin": {**MARGIN, "b": 30},
        "uirevision": "probabilities",
    }
    return {"data": [bars], "layout": layout}


def losses_figure(prob: float, loss: float) -> Figure:
    """Draw cross-entropy and `1 - p` by the label's probability, each with a dot at the chosen digit."""
    top = max(MIN_TOP, 1.1 * loss)
    probs = torch.cat([(-torch.linspace(top, MIN_TOP, POINTS).double()).exp(), torch.linspace(0.01, 1.0, POINTS)])
    curves = [
        _line("cross-entropy: −log p", probs.tolist(), (-probs.log()).tolist(), LOSS),
        _line("mnist_loss: 1 − p", probs.tolist(), (1 - probs).tolist(), OTHER_LOSS),
    ]
    dots = [_dot(prob, loss, LOSS), _dot(prob, 1 - prob, OTHER_LOSS)]
    layout = {
        "xaxis": {"title": {"text": "p, the label's probability", "standoff": 4}, "range": [-0.02, 1.02]},
        "yaxis": {"title": {"text": "loss"}, "range": [-0.03 * top, 1.03 * top]},
        "showlegend": True,
        "legend": {"orientation": "v", "x": 0.98, "y": 0.98, "xanchor": "right", "yanchor": "top"},
        "hovermode": "closest",
        "margin": MARGIN,
        "uirevision": "losses",
    }
    return {"data": [*curves, *dots], "layout": layout}


def temperature_figure(
    temperatures: Sequence[float], losses: Sequence[float], accuracies: Sequence[float], here: int
) -> Figure:
    """Draw loss and accuracy of the validation set by the temperature, with a line at the chosen one.

    Args:
        temperatures: the slider's values.
        losses: the mean cross-entropy at each of them.
        accuracies: in [0, 1], at each of them.
        here: the index of the chosen one.
    """
    names = [f"{one:g}" for one in temperatures]
    curves = [
        {**_line("mean loss", names, losses, LOSS), "mode": "lines+markers"},
        {**_line("accuracy", names, accuracies, ACCURACY), "yaxis": "y2", "mode": "lines+markers"},
    ]
    dots = [_dot(names[here], losses[here], LOSS), {**_dot(names[here], accuracies[here], ACCURACY), "yaxis": "y2"}]
    layout = {
        "xaxis": {"type": "category", "title": {"text": "T", "standoff": 4}, "anchor": "y2"},
        "yaxis": {"domain": [0.42, 1], "rangemode": "tozero", "nticks": 5, "title": {"text": "loss"}},
        "yaxis2": {"domain": [0, 0.32], "range": [0, 1.05], "tickformat": ".0%", "tickvals": [0, 0.5, 1]},
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"},
        "hovermode": "closest",
        "margin": MARGIN,
        "uirevision": "temperature",
    }
    return {"data": [*curves, *dots], "layout": layout}


def _line(name: str, x: Sequence[float] | Sequence[str], y: Sequence[float], colour: str) -> Figure:
    return {
        "name": name,
        "x": list(x),
        "y": list(y),
        "mode": "lines",
        "line": {"color": colour, "width": 2.5},
        "hovertemplate": "%{y:.4f} at %{x}<extra></extra>",
    }


def _dot(x: float | str, y: float, colour: str) -> Figure:
    marker = {"color": colour, "size": 12, "line": {"color": "#ffffff", "width": 2}}
    return {"x": [x], "y": [y], "mode": "markers", "marker": marker, "hoverinfo": "skip", "showlegend": False}
