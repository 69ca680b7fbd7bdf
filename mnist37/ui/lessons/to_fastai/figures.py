"""Lesson 7's figures as plain Plotly dicts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mnist37.events import Epoch
from mnist37.ui.runs.curves import thin
from mnist37.ui.widgets.colours import RUN_COLOURS

WIDTHS = (11, 7.5, 4.5, 1.5)
"""Line widths of curves that lie on top of each other: each is thinner than the one below it."""


def losses_figure(losses: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Draw the loss of each mini-batch, one curve a program."""
    data = []
    for (name, values), colour, width in zip(losses.items(), RUN_COLOURS, WIDTHS, strict=False):
        kept = thin(np.array(values, np.float32))
        data.append(
            {
                "x": (kept + 1).tolist(),
                "y": [values[place] for place in kept],
                "name": name,
                "mode": "lines",
                "line": {"color": colour, "width": width},
                "hovertemplate": "%{y:.7f}",
            }
        )
    layout = {"xaxis": {"title": {"text": "step"}}, "yaxis": {"title": {"text": "loss"}, "rangemode": "tozero"}}
    return {"data": data, "layout": layout}


def recorder_figure(epochs: Sequence[Epoch]) -> dict[str, Any]:
    """Draw validation loss and accuracy over epochs, on an axis each."""
    x = [epoch.epoch for epoch in epochs]
    look = {"x": x, "mode": "lines+markers"}
    return {
        "data": [
            {**look, "y": [e.valid_loss for e in epochs], "name": "valid_loss", "line": {"color": RUN_COLOURS[0]}},
            {
                **look,
                "y": [100 * e.accuracy for e in epochs],
                "name": "batch_accuracy",
                "yaxis": "y2",
                "line": {"color": RUN_COLOURS[1], "dash": "dash"},
            },
        ],
        "layout": {
            "xaxis": {"title": {"text": "epoch"}},
            "yaxis": {"title": {"text": "loss"}, "rangemode": "tozero"},
            "yaxis2": {"overlaying": "y", "side": "right", "ticksuffix": " %", "showgrid": False, "tickmode": "auto"},
            "margin": {"r": 64},
        },
    }
