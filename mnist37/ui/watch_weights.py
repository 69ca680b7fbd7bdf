"""A run's first layer at full size, brought up to date while it learns; and the mean digits to compare it with."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.rungs import get_rung
from mnist37.ui.follow import follow, until_over
from mnist37.ui.live import live_pictures
from mnist37.ui.pictures import first_layer_pictures, mean_picture, scale_bar, weights_limit

TICK_SECONDS = 0.5
MEAN_SIZE = 160


def watch_weights(engine: Engine, run_id: str) -> None:
    """Show a run's first layer, also while it changes."""
    follow(engine, run_id, _show, until_over(TICK_SECONDS))


def _show(engine: Engine, run_id: str) -> None:
    info, snapshot = engine.info(run_id), engine.history(run_id).snapshot()
    if snapshot is None:
        st.info(
            "This run kept no weights." if info.status.is_over else "It has not begun yet. Its weights appear here."
        )
        return
    rung = get_rung(info.settings.rung)
    pictures = first_layer_pictures(info.settings, snapshot)
    layer = (
        f"first layer after step {snapshot.step:,}" if rung.gives_probability else "the two means that it compares with"
    )
    st.markdown(f"**{rung.title}**, {layer}")
    live_pictures(pictures, key="first_layer", alt="The weights of the first layer as pictures")
    if rung.gives_probability:
        st.html(scale_bar(weights_limit(info.settings, snapshot)))


def mean_digits(digits: Digits) -> None:
    """The mean 3 and the mean 7 of the training digits."""
    st.markdown("**To compare with**")
    pictures = [mean_picture(_mean(digits, label), digit, MEAN_SIZE) for digit, label in ((3, 1), (7, 0))]
    live_pictures(pictures, key="means", alt="The mean 3 and the mean 7")
    st.caption("A linear model turns orange where 3s have ink and 7s have none, and blue where it is the other way.")


def _mean(digits: Digits, label: int) -> NDArray[np.uint8]:
    mean: NDArray[np.float64] = digits.train_images[digits.train_labels == label].mean(0)
    return mean.round().astype(np.uint8)
