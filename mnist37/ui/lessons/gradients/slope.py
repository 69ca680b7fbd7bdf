"""Lesson 3: drag x, and see the tangent, x.grad, and the slope that a small nudge gives."""

import math
from typing import Any

import streamlit as st
import torch

from mnist37.lessons.gradients import gradient, nudged_slope, values
from mnist37.ui.lessons.gradients.choice import Choice, curve, x_slider
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.shell.session import keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.colours import NEUTRAL, RUN_COLOURS

H = "gradients_h"
NUDGES = (2.0, 1.0, 0.5, 0.1, 0.01, 0.001, 0.0001, 0.00001, 0.000001)
TANGENT = {"color": RUN_COLOURS[1], "width": 2.5}
NUDGED = {"color": RUN_COLOURS[2], "width": 2.5, "dash": "dash"}
HEIGHT, PHONE_HEIGHT = 430, 320


def slope(choice: Choice) -> None:
    """Show the figure with the slider for x, and the slope in numbers."""
    left, right = st.columns([1.35, 1], gap="large")
    h = float(keep(H, 1.0))
    with left:
        x = x_slider(choice)
        live_figure(
            slope_figure(choice, x, h),
            key="gradients_slope",
            height=PHONE_HEIGHT if is_phone() else HEIGHT,
            alt=f"{choice.name} with its tangent at x = {x:g}",
        )
    with right:
        st.select_slider("h, the nudge", NUDGES, key=H, format_func=lambda value: f"{value:g}")
        _numbers(choice, x, h)


def _numbers(choice: Choice, x: float, h: float) -> None:
    grad, nudged = gradient(choice.f, x), nudged_slope(choice.f, x, h)
    here, there = values(choice.f, [x, x + h])
    st.markdown(
        f"| number | at x = {x:g} |\n| --- | --- |\n"
        f"| f(x) | {here:.6g} |\n"
        f"| f(x + h) | {there:.6g} |\n"
        f"| (f(x + h) − f(x)) / h | {nudged:.6g} |\n"
        f"| **x.grad**, by autograd | **{grad:.6g}** |\n"
        f"| the nudge is off by | {nudged - grad:+.2g} |"
    )
    st.markdown(_meaning(grad))
    st.caption(choice.remark)
    if h < 1e-4:
        digits = round(-math.log10(torch.finfo(torch.float32).eps))
        st.caption(
            f"A float32 has some {digits} digits: with so small a nudge, f(x) and f(x + h) share most of them, and "
            "little is left of their difference. Autograd does not measure; it knows the rule for each operation."
        )


def _meaning(grad: float) -> str:
    if abs(grad) < 1e-6:
        return "The gradient is 0: a little to the left or right changes nothing."
    way = "smaller" if grad > 0 else "larger"
    return f"Turn x up a little, and f changes by about **{grad:.3g} times** that. To get f down, make x {way}."


def slope_figure(choice: Choice, x: float, h: float) -> dict[str, Any]:
    """Draw the curve, the point, the tangent by autograd and the line through the nudged point."""
    xs, ys = curve(choice)
    here, there = values(choice.f, [x, x + h])
    data = [
        {"name": "f(x)", "x": xs, "y": ys, "line": {"color": NEUTRAL, "width": 3}},
        {"name": "nudge", "line": NUDGED, **_line(choice, x, nudged_slope(choice.f, x, h))},
        {"name": "tangent", "line": TANGENT, **_line(choice, x, gradient(choice.f, x))},
        {
            "x": [x, x + h],
            "y": [here, there],
            "mode": "markers",
            "showlegend": False,
            "marker": {"size": [13, 9], "color": [TANGENT["color"], NUDGED["color"]]},
        },
    ]
    layout = {
        "xaxis": {"title": {"text": "x"}, "range": [choice.low, choice.high]},
        "yaxis": {"title": {"text": "f(x)"}, "range": height_range(ys)},
        "hovermode": "closest",
        "uirevision": choice.name,
    }
    return {"data": [{"type": "scatter", "mode": "lines", **trace} for trace in data], "layout": layout}


def height_range(ys: list[float]) -> list[float]:
    """Return a range from just below a curve to just above it."""
    space = 0.12 * (max(ys) - min(ys))
    return [min(ys) - space, max(ys) + space]


def _line(choice: Choice, x: float, slope: float) -> dict[str, Any]:
    """Return a straight line through (x, f(x)), from one edge of the figure to the other."""
    ends = [choice.low, choice.high]
    here = values(choice.f, [x])[0]
    return {"x": ends, "y": [here + slope * (end - x) for end in ends], "hoverinfo": "skip"}
