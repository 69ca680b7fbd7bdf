"""Curves and pictures as plain values: thinned without losing a spike, on one scale, exact to the pixel."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from mnist37.events import Snapshot
from mnist37.rungs import settings_for
from mnist37.ui.live.pictures import first_layer_pictures, scale_bar
from mnist37.ui.runs.curves import MAX_POINTS, thin
from mnist37.ui.widgets.colours import FIRST, OTHER, PAPER, diverging_pngs, grey_png, shared_limit
from mnist37.ui.widgets.numbers import duration, percent


@given(hnp.arrays(np.float32, st.integers(0, 5000), elements=st.floats(width=32)))
def test_thinning_keeps_the_ends_and_the_extremes(values: np.ndarray) -> None:
    kept = thin(values)
    assert len(kept) <= MAX_POINTS
    assert (np.diff(kept) > 0).all()
    if len(values):
        assert kept[0] == 0
        assert kept[-1] == len(values) - 1
        shown = values[kept]
        finite = values[np.isfinite(values)]
        if finite.size == values.size:
            assert shown.max() == values.max()
            assert shown.min() == values.min()


def test_thinning_is_bounded_for_long_runs() -> None:
    assert len(thin(np.zeros(100_000, np.float32))) <= MAX_POINTS


@given(hnp.arrays(np.uint8, (28, 28)))
def test_a_digit_is_shown_pixel_by_pixel(image: np.ndarray) -> None:
    assert (np.asarray(Image.open(io.BytesIO(grey_png(image)))) == image).all()


def test_signs_have_their_colours() -> None:
    values = np.array([[-0.5, 0.0, 0.5]], np.float32)
    shown = np.asarray(Image.open(io.BytesIO(diverging_pngs(values[None], 1.0)[0])).convert("RGB")).astype(int)
    for pixel, colour in zip(shown[0], (OTHER, PAPER, FIRST), strict=True):
        assert np.abs(pixel - np.frombuffer(bytes.fromhex(colour[1:]), np.uint8)).max() <= 3


def test_zero_weights_are_paper_and_nan_does_no_harm() -> None:
    assert shared_limit(np.array([np.nan, -2.0, 1.0], np.float32)) == 2.0
    for values in (np.zeros((2, 2), np.float32), np.full((2, 2), np.nan, np.float32)):
        shown = np.asarray(Image.open(io.BytesIO(diverging_pngs(values[None], shared_limit(values))[0])).convert("RGB"))
        assert (np.abs(shown.astype(int) - np.frombuffer(bytes.fromhex(PAPER[1:]), np.uint8)) <= 3).all()


def test_the_scale_is_told_in_numbers() -> None:
    assert "−0.31" in scale_bar(0.31)
    assert "+0.31" in scale_bar(0.31)


def test_units_say_whom_they_speak_for() -> None:
    weights = {
        "0.weight": np.ones((2, 784), np.float32),
        "0.bias": np.zeros(2, np.float32),
        "2.weight": np.array([[0.5, -1.25]], np.float32),
        "2.bias": np.zeros(1, np.float32),
    }
    pictures = first_layer_pictures(settings_for("simple-net", hidden=2), Snapshot(0, weights))
    assert [picture.caption for picture in pictures] == ["→ 3 0.50", "→ 7 1.25"]
    assert "unit 2 of 2" in pictures[1].alt


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (59, "59 s"), (600, "10 min"), (7200, "2.0 h")]
)
def test_durations_read_well(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_percentages_have_two_decimals() -> None:
    assert percent(0.98279) == "98.28 %"
