"""The figures of the lesson on the loss: accuracy and loss along one line, and the sigmoid with digits on it; dicts."""

import torch

from mnist37.lessons.loss import Line, loss_at, stairs
from mnist37.ui.live.nodes import Figure
from mnist37.ui.widgets.colours import FIRST, NEUTRAL, OTHER, RUN_COLOURS

ACCURACY, LOSS, TANGENT = RUN_COLOURS[1], RUN_COLOURS[0], RUN_COLOURS[2]
POINTS = 121


def line_figure(line: Line, width: float, step: float, loss_slope: float) -> Figure:
    """Draw accuracy as a staircase above, and the loss below, from `-width` to `width`.

    Args:
        line: the model and its direction.
        width: the range to either side of 0.
        step: the current step.
        loss_slope: the slope of the loss at 0, drawn as a tangent.
    """
    begins, heights = stairs(line, width)
    steps = torch.linspace(-width, width, POINTS)
    at_0 = loss_at(line, 0.0).item()
    losses = [loss_at(line, s).item() - at_0 for s in steps.tolist()]
    here, here_right = loss_at(line, step).item() - at_0, heights[sum(begin <= step for begin in begins) - 1]
    staircase = {
        "x": [*begins, width],
        "y": [*heights, heights[-1]],
        "mode": "lines",
        "line": {"color": ACCURACY, "width": 2.5, "shape": "hv"},
        "hovertemplate": f"%{{y}} of {len(line.yb)} right<extra></extra>",
    }
    tangent = {
        "x": [-width, width],
        "y": [-width * loss_slope, width * loss_slope],
        "yaxis": "y2",
        "mode": "lines",
        "line": {"color": TANGENT, "width": 1.5, "dash": "dash"},
        "hoverinfo": "skip",
    }
    curve = {
        "x": steps.tolist(),
        "y": losses,
        "yaxis": "y2",
        "mode": "lines",
        "line": {"color": LOSS, "width": 2.5},
        "hovertemplate": "%{y:+.3e}<extra></extra>",
    }
    dots = [
        {"x": [step], "y": [here_right], "mode": "markers", "marker": _dot(ACCURACY), "hoverinfo": "skip"},
        {"x": [step], "y": [here], "yaxis": "y2", "mode": "markers", "marker": _dot(LOSS), "hoverinfo": "skip"},
    ]
    low, high = min(heights), max(heights)
    accuracy_ticks = {"tickformat": "d", "nticks": min(6, high - low + 2)}
    xaxis = {"title": {"text": "step against the gradient", "standoff": 4}, "anchor": "y2", "range": [-width, width]}
    xaxis["exponentformat"] = "power"
    layout = {
        "title": {"text": f"Digits right, of {len(line.yb)}"},
        "annotations": [_title("mnist_loss, change from 0", 0.46)],
        "xaxis": xaxis,
        "yaxis": {"domain": [0.56, 1], "range": [low - 0.6, high + 0.6], **accuracy_ticks},
        "yaxis2": {"domain": [0, 0.44], "range": _with_margin(losses), "exponentformat": "power", "nticks": 5},
        "shapes": [_upright(0.0, "dot"), _upright(step, "solid")],
        "showlegend": False,
        "margin": {"l": 62, "r": 14, "t": 36, "b": 42},
        "uirevision": f"{width}",
    }  # fmt: skip
    return {"data": [staircase, tangent, curve, *dots], "layout": layout}


def sigmoid_figure(line: Line, step: float, border: float, *, squashed: bool) -> Figure:
    """Draw each raw output against the number that goes into the loss: its sigmoid, or the raw output itself.

    Args:
        line: the model and its direction.
        step: the current step along that direction.
        border: the raw output above which a digit is called a 3.
        squashed: whether the sigmoid is applied.
    """
    preds = line.preds(step).squeeze(1)
    reach = 1.15 * max(4.0, float(preds.abs().max()))
    xs = torch.linspace(-reach, reach, POINTS)
    values = preds.sigmoid() if squashed else preds
    curve = {
        "x": xs.tolist(),
        "y": (xs.sigmoid() if squashed else xs).tolist(),
        "mode": "lines",
        "line": {"color": NEUTRAL, "width": 2},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    is_3 = line.yb.squeeze(1) == 1
    points = [
        {
            "name": f"{digit}s",
            "x": preds[mask].tolist(),
            "y": values[mask].tolist(),
            "mode": "markers",
            "marker": {"color": colour, "size": 8, "opacity": 0.7, "symbol": symbol},
            "hovertemplate": f"a {digit}: raw %{{x:.2f}}, into the loss %{{y:.2f}}<extra></extra>",
        }
        for digit, colour, mask, symbol in ((3, FIRST, is_3, "circle"), (7, OTHER, ~is_3, "diamond"))
    ]
    ends = [-0.08, 1.08] if squashed else [-reach, reach]
    band = {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 1, "line": {"width": 0}}
    layout = {
        "title": {"text": "preds.sigmoid()" if squashed else "preds, as they are"},
        "xaxis": {"title": {"text": "raw output", "standoff": 4}, "range": [-reach, reach]},
        "yaxis": {"title": {"text": "goes into the loss"}, "range": ends},
        "shapes": [{**band, "fillcolor": NEUTRAL, "opacity": 0.12, "layer": "below"}, _upright(border, "dot")],
        "hovermode": "closest",
        "showlegend": True,
        "legend": {"orientation": "v", "x": 0.02, "y": 0.98, "xanchor": "left", "yanchor": "top"},
        "margin": {"l": 62, "r": 14, "t": 36, "b": 42},
        "uirevision": f"sigmoid {squashed}",
    }
    return {"data": [curve, *points], "layout": layout}


def _dot(colour: str) -> Figure:
    return {"color": colour, "size": 12, "line": {"color": "#ffffff", "width": 2}}


def _title(text: str, y: float) -> Figure:
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": y, "xanchor": "left", "yanchor": "bottom"}
    return {**place, "text": text, "showarrow": False, "font": {"size": 16}, "xshift": -54}


def _upright(x: float, dash: str) -> Figure:
    line = {"color": NEUTRAL, "width": 1, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line, "layer": "below"}


def _with_margin(values: list[float]) -> list[float]:
    low, high = min(values), max(values)
    margin = 0.15 * (high - low) or 1e-6
    return [low - margin, high + margin]
