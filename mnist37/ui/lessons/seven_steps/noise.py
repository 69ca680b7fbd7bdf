"""The noise of a mini-batch's gradient, measured for several sizes, and shown as pictures."""

from functools import lru_cache
from typing import Any

import streamlit as st

from mnist37.lessons.seven_steps.noise import DRAWS, Noise, gradient_noise
from mnist37.ui.lessons.shared.data import lesson_rows
from mnist37.ui.live.nodes import Picture, live_figure, live_pictures
from mnist37.ui.live.notices import says_errors
from mnist37.ui.shell import start
from mnist37.ui.shell.session import keep
from mnist37.ui.widgets.colours import NEUTRAL, RUN_COLOURS, diverging_png, shared_limit

SIZE = "noise_size"
SIZES = (1, 4, 16, 64, 256, 10**9)
"""Batch sizes; the last one stands for all digits."""


@st.fragment
@says_errors
def batch_noise() -> None:
    """Show a slider for the batch size, gradients of that size beside the true one, and the noise of all sizes."""
    n_train = start.digits().n_train
    keep(SIZE, 4)
    left, right = st.columns([1.1, 1], gap="large")
    with left:
        size = st.select_slider(
            "Digits in a mini-batch", SIZES, key=SIZE, format_func=lambda size: "all" if size > n_train else str(size)
        )
        noise = noise_of(size)
        st.markdown(
            f"Off by **{noise.share:.0%}** of the gradient's own length; cosine similarity **{noise.alike:.2f}** "
            f"with the gradient of all {n_train:,} digits."
        )
        _gradients(noise)
    with right:
        live_figure(
            noise_figure(tuple(noise_of(each) for each in SIZES[:-1]), size),
            key="noise",
            height=340,
            alt="Noise of the gradient over the batch size, both logarithmic: four times the digits, half the noise",
        )
        st.caption(f"Measured with {DRAWS} mini-batches of each size, at the first, random weights.")


def noise_of(batch_size: int) -> Noise:
    """Return the measured noise, computed once for all visitors."""
    return _noise(start.digits().fingerprint, batch_size)


@lru_cache(maxsize=len(SIZES) + 2)
def _noise(fingerprint: str, batch_size: int) -> Noise:  # noqa: ARG001 - the cache key
    return gradient_noise(lesson_rows(), batch_size)


def _gradients(noise: Noise) -> None:
    """Show a few gradients of this size, and that of all digits, each on its own scale."""
    whole = noise_of(SIZES[-1]).examples[0]
    shown = [(f"mini-batch {place}", grad) for place, grad in enumerate(noise.examples, 1)]
    pictures = []
    for caption, grad in [*shown, ("all digits", whole)]:
        values = -grad.reshape(28, 28).numpy()
        picture = diverging_png(values, shared_limit(values))
        pictures.append(Picture(picture, caption, f"Minus the gradient of {caption} as a picture", 150))
    live_pictures(pictures, key="noise_gradients", alt="Gradients of mini-batches, and of all digits")
    st.caption("Minus the gradient: the way that a step goes. Orange pixels come to speak for a 3, blue ones for a 7.")


def noise_figure(noises: tuple[Noise, ...], chosen: int) -> dict[str, Any]:
    """Draw noise over batch size, both logarithmic, and a line that falls as one over the root of the size."""
    sizes = [noise.batch_size for noise in noises]
    shares = [100 * noise.share for noise in noises]
    root = [shares[0] / (size / sizes[0]) ** 0.5 for size in sizes]
    marks = [14 if size == chosen else 7 for size in sizes]
    return {
        "data": [
            {
                "x": sizes,
                "y": root,
                "mode": "lines",
                "name": "1 / √ batch size",
                "hoverinfo": "skip",
                "line": {"color": NEUTRAL, "dash": "dot"},
            },
            {
                "x": sizes,
                "y": shares,
                "mode": "lines+markers",
                "name": "measured",
                "line": {"color": RUN_COLOURS[0]},
                "marker": {"size": marks},
                "hovertemplate": "%{x} digits: off by %{y:.0f} %<extra></extra>",
            },
        ],
        "layout": {
            "title": {"text": "Noise, as a share of the gradient"},
            "xaxis": {"type": "log", "title": {"text": "digits in a mini-batch"}, "tickvals": sizes},
            "yaxis": {"type": "log", "ticksuffix": " %", "tickvals": [10, 20, 50, 100, 200, 500]},
            "hovermode": "closest",
        },
    }
