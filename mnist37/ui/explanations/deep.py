"""Explanation of a model that is no simple sum: the effect of each patch of ink, and the maps of its first layers."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.classes import a_digit
from mnist37.explain import FeatureMaps, Occlusion
from mnist37.rungs import get_rung
from mnist37.ui.explanations.pair import TwoDigits
from mnist37.ui.explanations.pixels import one_picture
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.live.pictures import digit_picture, scale_bar
from mnist37.ui.widgets.colours import grey_png, shared_limit
from mnist37.ui.widgets.numbers import signed_decimal

SIZE, MAP_SIZE = 168, 34


def ink_worth(covered: Occlusion, image: NDArray[np.uint8], model: TwoDigits, key: str) -> None:
    """Show the effect of covering each patch of ink.

    Args:
        covered: the effect.
        image: uint8 `[28, 28]`, ink is bright.
        model: the model that was asked.
        key: a name for the place on the page, unique in the app.
    """
    worth, classes = covered.heat_28, model.classes
    pictures = [
        digit_picture(image, SIZE, "image", "The image in greys"),
        Picture(one_picture(worth), "what its ink is worth", "How much the logit falls without it", SIZE),
    ]
    live_pictures(pictures, key=f"{key}_heat", alt="Where the answer comes from")
    st.html(scale_bar(shared_limit(worth)))
    prob = f" · {model.prob_words(covered.prob_first)}" if get_rung(model.settings.rung).gives_probability else ""
    st.markdown(
        f"{model.logit_words.capitalize()}: **{signed_decimal(covered.logit)}**{prob} "
        f":small[:gray[· covering one patch moves the logit by up to {np.abs(covered.heat).max():.2f}]]"
    )
    st.caption(
        f"Orange ink speaks for {a_digit(classes.first)}, blue ink for {a_digit(classes.other)}: a patch of 4 × 4 "
        "pixels is covered with paper, here and there and everywhere, and the model is asked each time. A pixel's "
        "colour is how much the logit falls on average."
    )


def layers(found: FeatureMaps, key: str) -> None:
    """Offer the maps of the first layers."""
    with st.expander("What its first layers found"):
        for name, maps in (("After the first convolution", found.first_maps), ("After layer 1", found.stage_1_maps)):
            channels, height, width = maps.shape
            st.markdown(f"**{name}** :small[:gray[· {channels} maps of {height} × {width}, brighter = found more]]")
            live_pictures(_maps(maps), key=f"{key}_{name}", alt=f"{name}: what each filter found")


def _maps(maps: NDArray[np.float32]) -> list[Picture]:
    """Return each map in greys on its own scale, as their ranges differ a hundredfold."""
    peaks = maps.max((1, 2), keepdims=True)
    greys = (maps / np.where(peaks > 0, peaks, 1) * 255).round().astype(np.uint8)
    return [
        Picture(grey_png(grey), "", f"Filter {number}: at most {peak:.2f}", MAP_SIZE)
        for number, (grey, peak) in enumerate(zip(greys, peaks.ravel().tolist(), strict=True), start=1)
    ]
