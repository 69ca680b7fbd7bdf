"""Several runs' curves in one figure, a plain dict: each with its own colour and marker."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mnist37.evaluation import Score
from mnist37.events import Epoch
from mnist37.rungs import LADDER
from mnist37.runs import RunInfo
from mnist37.ui.live.nodes import Figure
from mnist37.ui.runs.curves import thin
from mnist37.ui.widgets.colours import RUN_COLOURS
from mnist37.ui.widgets.words import score_words

MAX_DRAWN = len(RUN_COLOURS)
"""Maximum number of curves: there are no more colours that can be told apart."""

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "x", "triangle-down")

LEGEND_BELOW = {"orientation": "h", "x": 0, "xanchor": "left", "yref": "container", "y": 0, "yanchor": "bottom"}
"""Above the figure, a legend of several lines would cover the title."""


@dataclass(frozen=True, slots=True)
class OverlaidCurve:
    """The parts of a run that are drawn.

    Args:
        info: the run.
        label: its name in the legend, as plain text.
        epochs: the completed epochs.
    """

    info: RunInfo
    label: str
    epochs: Sequence[Epoch]

    @property
    def is_baseline(self) -> bool:
        """Whether nothing was trained, so that there is a level and no curve."""
        rung = LADDER.get(self.info.settings.rung)
        return rung is not None and not rung.is_trained


def accuracies(curves: Sequence[OverlaidCurve]) -> Figure:
    """Draw accuracy on the validation digits over epochs, in percent; an untrained model is a dashed level."""
    data = [_trace(curve, place, 100, lambda e: e.accuracy) for place, curve in enumerate(curves)]
    for trace, curve in zip(data, curves, strict=True):
        trace["customdata"] = [score_words(_score(y / 100, curve.info)) for y in trace["y"]]
        if curve.is_baseline:
            trace.update(_as_level(trace, _last_epoch(curves)))
    yaxis = {"range": [_lowest(curves), 100.3], "ticksuffix": " %"}
    return _figure(curves, data, "Accuracy on the validation digits", yaxis)


def valid_losses(curves: Sequence[OverlaidCurve]) -> Figure:
    """Draw loss on the validation digits over epochs; models without a loss are left out."""
    trained = [(place, curve) for place, curve in enumerate(curves) if not curve.is_baseline]
    data = [_trace(curve, place, 1, lambda e: e.valid_loss) for place, curve in trained]
    for trace in data:
        trace["customdata"] = [f"{y:.4f}" for y in trace["y"]]
    return _figure(curves, data, "Loss on the validation digits", {"rangemode": "tozero"})


def _trace(curve: OverlaidCurve, place: int, scale: float, value: Callable[[Epoch], float]) -> Figure:
    values = np.array([scale * value(epoch) for epoch in curve.epochs], dtype=np.float64)
    shown = thin(values.astype(np.float32)).tolist()
    colour = RUN_COLOURS[place % len(RUN_COLOURS)]
    return {
        "name": html.escape(curve.label),
        "x": [curve.epochs[index].epoch for index in shown],
        "y": [float(values[index]) for index in shown],
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2.2},
        "marker": {"size": 7, "symbol": SYMBOLS[place % len(SYMBOLS)], "color": colour},
        "hovertemplate": "%{customdata}",
    }


def _as_level(trace: Figure, last_epoch: int) -> Figure:
    ends = [0, max(1, last_epoch)] if trace["y"] else []
    return {
        "x": ends,
        "y": trace["y"][-1:] * len(ends),
        "customdata": trace["customdata"][-1:] * len(ends),
        "mode": "lines",
        "line": {**trace["line"], "dash": "dash"},
    }


def _score(accuracy: float, info: RunInfo) -> Score:
    return Score(round((1 - accuracy) * info.n_valid), info.n_valid)


def _last_epoch(curves: Sequence[OverlaidCurve]) -> int:
    return max((curve.epochs[-1].epoch for curve in curves if curve.epochs), default=1)


def _lowest(curves: Sequence[OverlaidCurve]) -> float:
    """Return the lower end of the axis: well below all final accuracies, but early epochs may lie outside."""
    ends = [100 * curve.epochs[-1].accuracy for curve in curves if curve.epochs]
    whole = [100 * epoch.accuracy for curve in curves for epoch in curve.epochs]
    return max(0.0, min(whole, default=90.0) - 1, min(ends, default=90.0) - 8)


def _figure(curves: Sequence[OverlaidCurve], data: list[Figure], title: str, yaxis: Figure) -> Figure:
    xaxis = {
        "title": {"text": "epoch", "font": {"size": 13}, "standoff": 4},
        "range": [0, max(1, _last_epoch(curves)) * 1.02],
    }
    drawn = " ".join([title, *(curve.info.id for curve in curves)])
    layout = {
        "title": {"text": title},
        "margin": {"t": 46},
        "xaxis": xaxis,
        "yaxis": yaxis,
        "showlegend": True,
        "legend": LEGEND_BELOW,
        "uirevision": drawn,
    }
    return {"data": data, "layout": layout}
