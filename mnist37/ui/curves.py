"""A run's curves as plain Plotly figures (dicts): thinned to what a screen can show, with exact values on hover."""

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist37.runs import History, RunInfo

MOST_POINTS = 400
"""A curve holds so many points at most: what goes to the browser stays bounded, however long the run."""

TRAIN = "#8a93a6"
VALID = "#0f8a6b"

Figure = dict[str, Any]
Floats = NDArray[np.float64]


def thin(values: NDArray[np.float32], most: int = MOST_POINTS) -> NDArray[np.int64]:
    """Which points of a long curve to draw: the lowest and the highest of each stretch, so that no spike is lost.

    Args:
        values: float32 `[n]`.
        most: how many points at most.

    Returns:
        int64 `[m]`, ascending indices, m <= most; the first and the last point are among them.
    """
    n = len(values)
    if n <= most:
        return np.arange(n)
    edges = np.linspace(1, n - 1, (most - 2) // 2 + 1).astype(np.int64)
    finite = np.nan_to_num(values, nan=np.inf)
    stretches = [(low, finite[low:high]) for low, high in itertools.pairwise(edges.tolist())]
    picked = [low + extreme for low, part in stretches for extreme in (int(part.argmin()), int(part.argmax()))]
    return np.unique(np.array([0, *picked, n - 1], dtype=np.int64))


def loss_figure(info: RunInfo, history: History) -> Figure:
    """Loss over epochs: each mini-batch (train) against each epoch's valid loss."""
    losses, epochs = history.losses(), history.epochs()
    shown = thin(losses)
    steps = shown + 1
    train = {
        "name": "train, each batch",
        "x": _rounded(steps / _steps_per_epoch(info), 4),
        "y": _rounded(losses[shown], 5),
        "customdata": steps.tolist(),
        "mode": "lines",
        "line": {"color": TRAIN, "width": 1.2},
        "hovertemplate": "%{y:.4f} at step %{customdata}",
    }
    valid = {
        "name": "valid, each epoch",
        "x": [epoch.epoch for epoch in epochs],
        "y": [epoch.valid_loss for epoch in epochs],
        "mode": "lines+markers",
        "line": {"color": VALID, "width": 2.5},
        "marker": {"size": 6},
        "hovertemplate": "%{y:.4f}",
    }
    return _figure(info, [train, valid], title="Loss", yaxis={"rangemode": "tozero"})


def accuracy_figure(info: RunInfo, history: History) -> Figure:
    """Accuracy on the valid digits over epochs, in percent."""
    epochs = history.epochs()
    curve = {
        "name": "valid accuracy",
        "x": [epoch.epoch for epoch in epochs],
        "y": [100 * epoch.accuracy for epoch in epochs],
        "customdata": [round((1 - epoch.accuracy) * info.n_valid) for epoch in epochs],
        "mode": "lines+markers",
        "line": {"color": VALID, "width": 2.5},
        "marker": {"size": 6},
        "hovertemplate": "%{y:.2f} % – %{customdata} errors",
    }
    lowest = min((epoch.accuracy for epoch in epochs), default=0.9)
    yaxis = {"range": [max(0.0, 100 * lowest - 2), 100.3], "ticksuffix": " %"}
    return _figure(info, [curve], title="Accuracy", yaxis=yaxis)


def _figure(info: RunInfo, data: list[Figure], title: str, yaxis: Figure) -> Figure:
    xaxis = {
        "title": {"text": "epoch", "font": {"size": 13}, "standoff": 4},
        "range": [0, info.settings.epochs * 1.01],
        "hoverformat": ".2f",
    }
    layout = {"title": {"text": title}, "xaxis": xaxis, "yaxis": yaxis, "uirevision": info.id, "showlegend": True}
    return {"data": data, "layout": layout}


def _steps_per_epoch(info: RunInfo) -> int:
    return info.settings.steps_per_epoch(info.n_train)


def _rounded(values: NDArray[Any], digits: int) -> list[float]:
    """Short numbers make short messages."""
    return np.asarray(values, dtype=np.float64).round(digits).tolist()  # type: ignore[no-any-return]
