"""A run's first layer at full size, updated while it trains; and the mean digits to compare it with."""

from contextlib import nullcontext
from dataclasses import replace
from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.classes import Classes, a_digit
from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.events import Snapshot
from mnist37.rungs import get_rung, image_tensor
from mnist37.runs import RunInfo
from mnist37.ui.explanations.units import open_unit
from mnist37.ui.live.nodes import Picture, choose_picture, live_pictures
from mnist37.ui.live.pictures import (
    digit_picture,
    first_layer_pictures,
    mean_picture,
    row_width,
    scale_bar,
    weights_limit,
)
from mnist37.ui.runs.choose_run import choose_run, follow, until_over
from mnist37.ui.shell import start
from mnist37.ui.visit import OPENED_UNIT
from mnist37.ui.widgets.projector import heading, scaled

TICK_SECONDS = 0.5
MEAN_SIZE, UNIT_SIZE, DIGIT_SIZE = 160, 224, 56
DIGITS_SIZE, MEAN_OF_TEN_SIZE = 168, 64
"""Of each digit's picture where there are ten, and of each digit's mean beside them, in px."""
MAX_SHOWN = 12
_CAPTION = (
    "“→ {0} 0.61” says: when this unit fires, it speaks for {1}. Its weight in the second layer is 0.61; what it "
    "fires is multiplied by that."
)
_TEN_CAPTION = (
    "“{0}” says: when this unit fires, it speaks for that digit most. Of its ten weights in the second layer, that of "
    "the digit is the largest."
)
_DIGITS_CAPTION = (
    "A picture for each digit: orange pixels speak for that digit, blue ones against it. The digit whose sum is the "
    "largest is the answer."
)


def weights() -> None:
    """Show the chosen run's weights as pictures, and the mean digits."""
    engine = start.engine()
    heading("Weights", "what a model has learned, as pictures")
    run_id = choose_run(engine, "Run", key="weights_run")
    layer, means = st.columns([3, 1], gap="large")
    with layer:
        watch_weights(engine, run_id)
    with means:
        mean_digits(start.digits_of(engine.info(run_id).settings))


def watch_weights(engine: Engine, run_id: str) -> None:
    """Show a run's first layer, and update it while the run trains."""
    follow(engine, run_id, _show, until_over(TICK_SECONDS))


def _show(engine: Engine, run_id: str) -> None:
    info, snapshot = engine.info(run_id), engine.history(run_id).snapshot()
    if snapshot is None:
        st.info(
            "This run kept no weights." if info.status.is_over else "It has not begun yet. Its weights appear here."
        )
        return
    rung, classes = get_rung(info.settings.rung), info.settings.classes
    is_one_a_digit = rung.look.is_one_a_digit(classes)
    pictures = first_layer_pictures(info.settings, snapshot, DIGITS_SIZE if is_one_a_digit else None)
    words = rung.look.words
    layer = f"{words} after step {snapshot.step:,}" if rung.is_trained else f"the {words} that it compares with"
    st.markdown(f"**{rung.title}**, {layer}")
    alt = "The weights of the first layer as pictures"
    can_open, opened = len(pictures) > 2 and not rung.look.are_means, _opened(len(pictures))
    with st.container(width=scaled(row_width(5, DIGITS_SIZE))) if is_one_a_digit else nullcontext():
        if can_open:
            units = [replace(picture, value=str(unit)) for unit, picture in enumerate(pictures)]
            choose_picture(units, open_unit, key="first_layer_units", alt=alt, chosen=str(opened))
        else:
            live_pictures(pictures, key="first_layer", alt=alt)
    if not rung.look.are_means:
        st.html(scale_bar(weights_limit(info.settings, snapshot)))
    if can_open:
        says = "One filter a picture."
        if is_one_a_digit:
            says = _DIGITS_CAPTION
        elif pictures[0].caption:
            says = _TEN_CAPTION.format(pictures[opened].caption)
            if classes.is_pair:
                says = _CAPTION.format(classes.first, a_digit(classes.first))
        st.caption(f"{says} Click a picture to open it.")
        _one(info, snapshot, opened, pictures[opened], start.digits_of(info.settings))


def _one(info: RunInfo, snapshot: Snapshot, unit: int, picture: Picture, digits: Digits) -> None:
    """Show one unit, or one digit's weights, large; where it sees whole digits, also those with its largest sums."""
    rung, classes = get_rung(info.settings.rung), info.settings.classes
    layer = rung.first_layer(snapshot.weights)
    title, fires = f"Unit {unit + 1} of {len(layer)}", "Fires most for these validation digits"
    sums_words = "Below each: its pixels times this unit's weights, added up. What is above 0 goes through the ReLU."
    if rung.look.is_one_a_digit(classes):
        title, fires = f"The weights of {a_digit(unit)}", "The validation digits with the largest sums"
        sums_words = (
            f"Below each: its pixels times these weights, added up. With the bias, it is the logit of {a_digit(unit)}."
        )
    large, more = st.columns([1, 2], gap="medium")
    with large:
        st.markdown(f"**{title}**")
        live_pictures([replace(picture, size_px=UNIT_SIZE)], key="first_layer_unit", alt=title)
    if layer[unit].shape != digits.valid_images.shape[1:]:
        return
    sums = np.tensordot(_ink_of(digits), layer[unit], 2)
    most = np.argsort(-sums, kind="stable")[:MAX_SHOWN]
    captions = [f"{sums[index]:.1f}" for index in most]
    shown = [
        digit_picture(digits.valid_images[index], DIGIT_SIZE, caption, f"A digit that adds up to {caption}")
        for index, caption in zip(most, captions, strict=True)
    ]
    with more:
        st.markdown(f"**{fires}**")
        live_pictures(shown, key="first_layer_fires", alt=fires)
        st.caption(sums_words)


@lru_cache(maxsize=2)
def _ink_of(digits: Digits) -> NDArray[np.float32]:
    """Return the validation digits as the models get them, float32 `[n, 28, 28]` in [0, 1]; cached for each refresh."""
    ink: NDArray[np.float32] = image_tensor(digits.valid_images).numpy()
    return ink


def _opened(count: int) -> int:
    """Return the unit that was opened last, or the first if there is no such unit."""
    unit = OPENED_UNIT.get() or 0
    return unit if unit < count else 0


def mean_digits(digits: Digits) -> None:
    """Show the mean of each digit in the training set."""
    st.markdown("**To compare with**")
    classes, labels = digits.classes, digits.classes.labels
    size = MEAN_SIZE if classes.is_pair else MEAN_OF_TEN_SIZE
    pictures = [mean_picture(_mean(digits, label), digit, size) for digit, label in labels.items()]
    live_pictures(pictures, key="means", alt=f"The {' and the '.join(f'mean {digit}' for digit in labels)}")
    st.caption(_means_words(classes))


def _means_words(classes: Classes) -> str:
    if classes.is_pair:
        first, other = classes.digits
        return (
            f"A linear model turns orange where {first}s have ink and {other}s have none, and blue where it is the "
            "other way."
        )
    return (
        "In a linear model a digit's picture turns orange where this digit has ink and most others have none, and blue "
        "where it is the other way."
    )


def _mean(digits: Digits, label: int) -> NDArray[np.uint8]:
    mean: NDArray[np.float64] = digits.train_images[digits.train_labels == label].mean(0)
    return mean.round().astype(np.uint8)
