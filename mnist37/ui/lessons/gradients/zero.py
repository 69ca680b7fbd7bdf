"""Lesson 3: a short descent with and without zero_grad, and the chapter's gradient of many numbers at once."""

from typing import Any

import streamlit as st

from mnist37.lessons.gradients import descend, gradients_of_sum, values
from mnist37.ui.lessons.gradients.choice import Choice, curve, x_slider
from mnist37.ui.lessons.gradients.slope import height_range
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.shell.session import keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.colours import RUN_COLOURS

LR, STEPS, BOUND = "gradients_lr", 40, 1e6
RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
HEIGHT, PHONE_HEIGHT = 360, 300
NUMBERS = {"gradients_number_0": 3.0, "gradients_number_1": 4.0, "gradients_number_2": 10.0}


def with_and_without(choice: Choice) -> None:
    """Show two descents from the same x, overlaid."""
    lr = float(keep(LR, 0.1))
    left, right = st.columns([1, 2], gap="large")
    with left:
        x = x_slider(choice)
        st.select_slider("lr, the learning rate", RATES, key=LR, format_func=lambda value: f"{value:g}")
        paths = {zeroed: descend(choice.f, x, lr, STEPS, zero_grad=zeroed) for zeroed in (True, False)}
        heights = {zeroed: values(choice.f, path) for zeroed, path in paths.items()}
        st.markdown(
            f"After {STEPS} steps, f(x) is **{_height_words(heights[True][-1])}** with `zero_grad`, and "
            f"**{_height_words(heights[False][-1])}** without."
        )
        st.caption(
            "Without it, each step goes along the sum of all slopes so far, also of those left behind long ago: it "
            "overshoots, and swings back."
        )
    with right:
        live_figure(
            descents_figure(heights, choice),
            key="gradients_descents",
            height=PHONE_HEIGHT if is_phone() else HEIGHT,
            alt="f(x) after each step, with and without zero_grad",
        )


def _height_words(height: float) -> str:
    return f"{height:.4g}" if abs(height) < BOUND else "out of all bounds"


def descents_figure(heights: dict[bool, list[float]], choice: Choice) -> dict[str, Any]:
    """Draw f(x) after each step of both descents; a curve ends where |f(x)| reaches `BOUND`."""
    looks = {True: ("with zero_grad", RUN_COLOURS[0], "circle"), False: ("without", RUN_COLOURS[3], "x")}
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": looks[zeroed][0],
            "x": list(range(len(path))),
            "y": [height if abs(height) < BOUND else None for height in path],
            "line": {"color": looks[zeroed][1], "width": 2},
            "marker": {"symbol": looks[zeroed][2], "size": 6},
        }
        for zeroed, path in heights.items()
    ]
    layout = {
        "xaxis": {"title": {"text": "steps"}},
        "yaxis": {"title": {"text": "f(x)"}, "range": height_range(curve(choice)[1])},
        "uirevision": choice.name,
    }
    return {"data": traces, "layout": layout}


def many_numbers() -> None:
    """Show the chapter's vector: one backward pass gives each number its own slope."""
    left, right = st.columns([1, 1.4], gap="large")
    with left:
        for place, (key, first) in enumerate(NUMBERS.items()):
            keep(key, first)
            st.slider(f"x[{place}]", -10.0, 10.0, key=key, step=0.5)
    xs = [float(st.session_state[key]) for key in NUMBERS]
    with right:
        st.markdown(_table(xs, gradients_of_sum(xs)))
        st.markdown(
            "One `backward()` fills a whole tensor: each number has its own slope, as if the others stood still. "
            "So it is with the 784 weights of the linear model."
        )


def _table(xs: list[float], grads: list[float]) -> str:
    shown = ", ".join(f"{x:g}" for x in xs)
    rows = "".join(
        f"| x[{n}] | {x:g} | {x**2:g} | **{grad:g}** |\n" for n, (x, grad) in enumerate(zip(xs, grads, strict=True))
    )
    return (
        f"`x = tensor([{shown}])` · `y = (x**2).sum()` = **{sum(x**2 for x in xs):g}**\n\n"
        f"| element | x | x**2 | x.grad |\n| --- | --- | --- | --- |\n{rows}"
    )
