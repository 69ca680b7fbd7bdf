"""A run's confidence on the validation digits: a histogram as a plain Plotly figure (a dict)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import a_digit
from mnist37.evaluation import Answers, probabilities
from mnist37.rungs import Rung
from mnist37.ui.answers.confusion import plain_confusion
from mnist37.ui.widgets.colours import FIRST, NEUTRAL, OTHER, RIGHT, WRONG

BINS = 40


def answers_histogram(predictions: Answers, rung: Rung, threshold: float) -> dict[str, Any]:
    """Draw the counts of each of two digits over the run's predictions, with a line at the threshold.

    Args:
        predictions: the predictions for the validation digits.
        rung: of the run; the axis is the probability of the first digit if it gives one, else its raw answer.
        threshold: in the unit of the axis.
    """
    is_prob = rung.gives_probability
    values = probabilities(predictions.logits) if is_prob else predictions.logits.astype(np.float64)
    reach = 1.0 if is_prob else float(np.abs(values).max(initial=1e-6))
    edges = np.linspace(0.0 if is_prob else -reach, reach, BINS + 1)
    classes = predictions.classes
    traces = [
        _bars(values[predictions.labels == label], edges, f"{classes.digit(label)}s", colour, is_hatched=not label)
        for label, colour in ((0, OTHER), (1, FIRST))
    ]
    title = f"probability of {a_digit(classes.first)}" if is_prob else rung.answer_title.format(classes.first)
    return _histogram(traces, edges, title, threshold)


def confidence_histogram(predictions: Answers, threshold: float) -> dict[str, Any]:
    """Draw the counts of right and of wrong predictions of ten digits over their probability.

    Args:
        predictions: the predictions for the validation digits.
        threshold: a probability, where a line is drawn.
    """
    sure, wrong = predictions.confidence, predictions.is_wrong()
    edges = np.linspace(1 / len(predictions.classes.digits), 1.0, BINS + 1)
    traces = [
        _bars(sure[~wrong], edges, "right", RIGHT, is_hatched=False),
        _bars(sure[wrong], edges, "wrong", WRONG, is_hatched=True),
    ]
    return _histogram(traces, edges, "probability of the digit that it says", threshold)


def _histogram(
    traces: Sequence[dict[str, Any]], edges: NDArray[np.float64], title: str, threshold: float
) -> dict[str, Any]:
    border = {
        "type": "line",
        "x0": threshold,
        "x1": threshold,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"dash": "dot", "color": NEUTRAL},
    }
    layout = {
        "barmode": "overlay",
        "xaxis": {"title": {"text": title}, "range": [float(edges[0]), float(edges[-1])]},
        "yaxis": {"title": {"text": "digits"}, "type": "log", "rangemode": "tozero"},
        "shapes": [border],
        "legend": {"orientation": "h", "y": 1.12},
        "margin": {"l": 56, "r": 12, "t": 24, "b": 44},
        "uirevision": "histogram",
    }
    return {"data": list(traces), "layout": layout}


def _bars(
    values: NDArray[np.float64], edges: NDArray[np.float64], name: str, colour: str, *, is_hatched: bool
) -> dict[str, Any]:
    counts, _ = np.histogram(values, edges)
    pattern = {"shape": "/" if is_hatched else "", "solidity": 0.4}  # to tell them apart without colours, too
    return {
        "type": "bar",
        "name": name,
        "x": ((edges[:-1] + edges[1:]) / 2).tolist(),
        "y": [int(count) or None for count in counts],  # a logarithmic axis has no 0
        "width": float(edges[1] - edges[0]),
        "marker": {"color": colour, "opacity": 0.75, "pattern": pattern},
        "hovertemplate": f"%{{y}} {name} at %{{x:.3f}}<extra></extra>",
    }


def confusion_table(predictions: Answers, above: float = 0.0, *, large: bool = False) -> str:
    """Return HTML of the confusion matrix: a row for each label, a column for each prediction.

    Args:
        predictions: a run's predictions for the validation digits.
        above: of two digits, a logit above this one is called the first.
        large: of two digits, whether to draw it large.
    """
    if not predictions.classes.is_pair:
        return plain_confusion(predictions)

    def cell(digit: int, called: int) -> str:
        colour = FIRST if called == first else OTHER
        count = predictions.count(digit, called, above)
        share = count / max(1, predictions.count(digit, first) + predictions.count(digit, other))
        tint = f"background:color-mix(in srgb, {colour} {round(10 + 60 * share)}%, transparent)"
        return f'<td style="padding:{padding};text-align:right;{tint}">{count:,}</td>'

    def row(digit: int) -> str:
        cells = cell(digit, first) + cell(digit, other)
        return f'<tr><th scope="row" style="padding-right:.6rem">{a_digit(digit)}</th>{cells}</tr>'

    first, other = predictions.classes.digits
    padding, size = (".5rem 1.6rem", "1.05rem") if large else (".1rem .8rem", ".85rem")
    head = f'<tr><td></td><th scope="col">→ {first}</th><th scope="col">→ {other}</th></tr>'
    style = f"font-variant-numeric:tabular-nums;font-size:{size};border-collapse:collapse;margin-top:.25rem"
    return f'<table aria-label="Confusion matrix" style="{style}">{head}{row(first)}{row(other)}</table>'
