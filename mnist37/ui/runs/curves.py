"""A run's curves as plain Plotly figures (dicts): thinned to what a screen can show, with exact values on hover."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mnist37.evaluation import Score
from mnist37.runs import History, RunInfo
from mnist37.ui.live.nodes import Figure
from mnist37.ui.widgets.colours import RUN_COLOURS

MAX_POINTS = 400
"""Maximum number of points of a curve: it limits what is sent to the browser, however long the run is."""

MAX_MARKS = 8
"""Maximum number of marked changes of controls, the last ones; more could not be read."""

HAIR = 0.04
"""Minimum distance between two marks, as a share of the figure's width."""

RAW, TRAIN, VALID, MARK = "#b9c0cc", "#6b7487", "#0f8a6b", "#8a6d1f"
OTHERS = RUN_COLOURS[1:]
"""Colours of the runs that a run is compared with."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """A run whose curves are drawn.

    Args:
        info: the run.
        history: its curves.
        label: its difference from the others, in a few words.
    """

    info: RunInfo
    history: History
    label: str = ""

    @property
    def prefix(self) -> str:
        """The label before a curve's own name, escaped: a visitor may have chosen it, and Plotly reads HTML."""
        return f"{html.escape(self.label)}: " if self.label else ""

    def epochs_at(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Convert steps to epochs, int64 `[n]` to float64 `[n]`: step 0 is 0, the end of epoch k is k."""
        ends = self.history.epoch_ends(self.info.settings, self.info.n_train)
        return np.interp(steps, ends, np.arange(len(ends)))


def thin(values: NDArray[np.float32], most: int = MAX_POINTS) -> NDArray[np.int64]:
    """Choose the points of a long curve to draw: the lowest and the highest of each stretch, so that no spike is lost.

    Args:
        values: float32 `[n]`.
        most: the maximum number of points.

    Returns:
        int64 `[m]`, ascending indices, m <= most; the first and the last point are among them.
    """
    n = len(values)
    if n <= most:
        return np.arange(n)
    width = -(-(n - 2) // ((most - 2) // 2))
    within = np.nan_to_num(values[1:-1], nan=np.inf)
    stretches = np.pad(within, (0, -len(within) % width), mode="edge").reshape(-1, width)
    begins = 1 + width * np.arange(len(stretches))
    picked = np.concatenate([begins + stretches.argmin(1), begins + stretches.argmax(1)])
    return np.unique(np.concatenate([[0], picked.clip(max=n - 2), [n - 1]]))


def loss_figure(curve: Curve, others: Sequence[Curve] = (), *, log: bool = False, at: int | None = None) -> Figure:
    """Draw loss over epochs: each mini-batch, raw and smoothed (without delay), and each epoch's validation loss.

    Args:
        curve: the selected run.
        others: runs to compare it with; only their smoothed and valid curves are drawn.
        log: whether the axis of the losses is logarithmic.
        at: the step to mark, which the visitor looks back at.
    """
    data = [_raw(curve), _smoothed(curve, TRAIN), _valid(curve, VALID)]
    if others:  # one line a run in the legend, or it takes all the room
        data = [{**trace, "showlegend": False} for trace in data[:2]] + data[2:]
    for other, colour in zip(others, OTHERS, strict=False):
        data += [
            {**_smoothed(other, colour), "line": {"color": colour, "width": 1.5}, "showlegend": False},
            {**_valid(other, colour), "line": _dotted(colour)},
        ]
    yaxis: Figure = {"type": "log", "exponentformat": "power"} if log else {"range": [0, _highest(data)]}
    layout = {"title": {"text": "Loss"}, "yaxis": yaxis, "uirevision": f"{curve.info.id} {log}"}
    return _figure([curve, *others], data, layout, at)


def accuracy_figure(
    curve: Curve, others: Sequence[Curve] = (), *, baseline: Score | None = None, at: int | None = None
) -> Figure:
    """Draw validation accuracy over epochs, in percent; for the first run also the accuracy on its training digits.

    Args:
        curve: the selected run.
        others: runs to compare it with.
        baseline: the score of pixel similarity on the same digits.
        at: the step to mark, which the visitor looks back at.
    """
    data = [_accuracy(curve, VALID)]
    data += [_accuracy(other, colour) for other, colour in zip(others, OTHERS, strict=False)]
    shown = [epoch.accuracy for one in (curve, *others) for epoch in one.history.epochs()]
    on_train = _train_accuracy(curve)
    if on_train["y"]:
        data.append(on_train)
        shown += [share / 100 for share in on_train["y"]]
    if baseline is not None:
        data.append(_baseline(baseline, _last_epoch([curve, *others])))
        shown.append(baseline.accuracy)
    yaxis = {"range": [max(0.0, 100 * min(shown, default=0.9) - 2), 100.3], "ticksuffix": " %"}
    return _figure([curve, *others], data, {"title": {"text": "Accuracy"}, "yaxis": yaxis}, at)


def _highest(data: Sequence[Figure]) -> float:
    """Return the upper end of a linear axis; a single extreme value may lie outside, as it would flatten the rest."""
    values = np.concatenate([trace["y"] for trace in data])
    values = values[np.isfinite(values)]
    return float(1.08 * min(values.max(), 3 * np.percentile(values, 98))) if len(values) else 1.0


def fan_figure(curve: Curve, highest: float) -> Figure:
    """Draw a run's loss small, titled by its learning rate; `highest` is the highest first loss of all runs shown."""
    data = [_raw(curve), _smoothed(curve, TRAIN)]
    title = {"text": f"lr {curve.info.settings.lr:g}"}
    yaxis = {"range": [0, 1.5 * (highest or 1.0)]}
    return _figure([curve], data, {"title": title, "yaxis": yaxis, "showlegend": False})


@dataclass(frozen=True, slots=True, eq=False)
class Thinned:
    """The points of a loss curve that are drawn: int64, float32, float32 `[m]`."""

    steps: NDArray[np.int64]
    losses: NDArray[np.float32]
    smoothed: NDArray[np.float32]


@lru_cache(maxsize=16)
def thinned(history: History, step: int) -> Thinned:
    """Return the curve up to a step, computed once for all visitors."""
    losses = history.losses()[:step]
    shown = thin(losses)
    return Thinned(shown + 1, losses[shown], history.smoothed_losses()[shown])


def _raw(curve: Curve) -> Figure:
    drawn = thinned(curve.history, curve.history.step)
    return _line(curve, drawn, drawn.losses, {"name": f"{curve.prefix}each batch", "line": {"color": RAW, "width": 1}})


def _smoothed(curve: Curve, colour: str) -> Figure:
    drawn = thinned(curve.history, curve.history.step)
    look = {"name": f"{curve.prefix}smoothed", "line": {"color": colour, "width": 2}}
    return _line(curve, drawn, drawn.smoothed, look)


def _line(curve: Curve, drawn: Thinned, values: NDArray[np.float32], look: Figure) -> Figure:
    return {
        "x": curve.epochs_at(drawn.steps).astype(np.float32),
        "y": values,
        "customdata": drawn.steps.astype(np.int32),
        "mode": "lines",
        "hovertemplate": "%{y:.4f} at step %{customdata}",
        **look,
    }


def _valid(curve: Curve, colour: str) -> Figure:
    epochs = curve.history.epochs()
    return {
        "name": html.escape(curve.label) or "valid",
        "x": [epoch.epoch for epoch in epochs],
        "y": [epoch.valid_loss for epoch in epochs],
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2.5},
        "marker": {"size": 6},
        "hovertemplate": "%{y:.4f}",
    }


def _accuracy(curve: Curve, colour: str) -> Figure:
    epochs = curve.history.epochs()
    return {
        "name": html.escape(curve.label) or "valid",
        "x": [epoch.epoch for epoch in epochs],
        "y": [100 * epoch.accuracy for epoch in epochs],
        "customdata": [_wrong(epoch.accuracy, curve.info.n_valid) for epoch in epochs],
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2.5},
        "marker": {"size": 6},
        "hovertemplate": "%{y:.2f} % – %{customdata}",
    }


def _train_accuracy(curve: Curve) -> Figure:
    """Return the training accuracy; where it is far above the validation accuracy, the model overfits."""
    accuracies = [
        (epoch.epoch, epoch.train_accuracy) for epoch in curve.history.epochs() if epoch.train_accuracy is not None
    ]
    return {
        "name": f"{curve.prefix}train",
        "x": [epoch for epoch, _ in accuracies],
        "y": [100 * accuracy for _, accuracy in accuracies],
        "mode": "lines",
        "line": {"color": TRAIN, "width": 1.5, "dash": "dot"},
        "hovertemplate": "%{y:.2f} % of the training digits",
    }


def _wrong(accuracy: float, n_valid: int) -> str:
    return str(Score.of(accuracy, n_valid))


def _baseline(score: Score, last_epoch: int) -> Figure:
    return {
        "name": f"pixel similarity: {score}",
        "x": [0, last_epoch],
        "y": [100 * score.accuracy] * 2,
        "mode": "lines",
        "line": {"color": TRAIN, "width": 1.5, "dash": "dash"},
        "hovertemplate": "%{y:.2f} %",
    }


def _dotted(colour: str) -> Figure:
    return {"color": colour, "width": 2, "dash": "dot"}


def _figure(curves: Sequence[Curve], data: list[Figure], layout: Figure, at: int | None = None) -> Figure:
    """Return a figure with the first curve's epochs, and lines for changed controls and for the step `at`."""
    curve = curves[0]
    xaxis = {
        "title": {"text": "epoch", "font": {"size": 13}, "standoff": 4},
        "range": [0, _last_epoch(curves) * 1.01],
        "hoverformat": ".2f",
    }
    marks = [*_knob_marks(curve), *([] if at is None else [_mark(curve, at, f"step {at:,}", "solid")])]
    shapes, words = [shape for shape, _ in marks], [text for _, text in marks]
    common = {"xaxis": xaxis, "uirevision": curve.info.id, "showlegend": True, "shapes": shapes, "annotations": words}
    return {"data": data, "layout": {**common, **layout}}


def _last_epoch(curves: Sequence[Curve]) -> int:
    return max(curve.info.settings.epochs for curve in curves)


def _knob_marks(curve: Curve) -> list[tuple[Figure, Figure]]:
    """Return a line across the curve for each change of a control during training, with the new value.

    Changes closer than `HAIR` share one mark with the last value of each control.
    """
    rates = [(change.step - 1, "lr", f"{change.lr:g}") for change in curve.history.lr_changes()[1:]]
    sizes = [(change.step - 1, "batch", f"{change.batch_size}") for change in curve.history.batch_size_changes()[1:]]
    apart = HAIR * curve.history.epoch_ends(curve.info.settings, curve.info.n_train)[-1]
    marks: list[tuple[int, dict[str, str]]] = []
    for step, knob, value in sorted(rates + sizes):
        if not marks or step - marks[-1][0] > apart:
            marks.append((step, {}))
        marks[-1][1][knob] = value
    return [_mark(curve, step, ", ".join(map(" ".join, knobs.items())), "dot") for step, knobs in marks[-MAX_MARKS:]]


def _mark(curve: Curve, step: int, text: str, dash: str) -> tuple[Figure, Figure]:
    x = float(curve.epochs_at(np.array([step]))[0])
    line = {"width": 1.5, "dash": dash, "color": MARK}
    shape = {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}
    place = {"x": x, "y": 1, "yref": "paper", "yanchor": "top", "xanchor": "left", "showarrow": False}
    return shape, {**place, "text": text, "font": {"size": 12}}
