"""Lesson 2: what a torch tensor can do and a NumPy array cannot."""

import numpy as np
import streamlit as st

from mnist37.lessons.tensors.lesson import device, refusal, slope_by_numpy, slope_by_torch
from mnist37.ui.shell.session import keep

X = "tensors_x"
JAGGED = [[1, 2], [3]]


def beyond_numpy() -> None:
    """Compare both: the gradient of one number, the devices to run on, and jagged lists."""
    keep(X, 3.0)
    left, right = st.columns([1, 1.4], gap="large")
    with left:
        x = st.slider("x", -4.0, 4.0, key=X, step=0.5)
        st.markdown(
            "NumPy has the same tables and the same broadcasting. What it lacks is what learning needs: the "
            "**gradient** of a result, and the **GPU**."
        )
    with right:
        st.markdown(_compared(x))
        st.caption(
            f"The last row: torch says '{refusal(JAGGED)}'. A tensor is a regular table of one type of number; that is "
            "why its sums are fast, and why a GPU can do them."
        )


def _compared(x: float) -> str:
    (by_torch, gradient), (by_numpy, nothing) = slope_by_torch(x), slope_by_numpy(x)
    slope = "an array has no `.grad`" if nothing is None else str(nothing)
    rows = [
        "| compared | NumPy array | torch tensor |",
        "| --- | --- | --- |",
        f"| `x ** 2` at {x:g} | {by_numpy:g} | {by_torch:g} |",
        f"| its gradient | {slope} | **{gradient:g}** |",
        f"| runs on | CPU | {device()} here; `cuda` or Apple's `mps` where there is a GPU |",
        f"| `{JAGGED}` | {_numpy_jagged()} | refused |",
    ]
    return "\n".join(rows)


def _numpy_jagged() -> str:
    """Describe what NumPy makes of a jagged list if `dtype=object` is given."""
    array = np.array(JAGGED, dtype=object)
    return f"shape {list(array.shape)} of {type(array[0]).__name__}s, if asked for `{array.dtype}`"
