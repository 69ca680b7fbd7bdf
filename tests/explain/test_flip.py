"""The change that flips the answer: that it does, that it is small, and as small as can be where that is known."""

import math
from collections.abc import Callable

import hypothesis
import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given

from mnist37.data import Digits
from mnist37.explain import Flip, flip
from mnist37.rungs import Weights, settings_for
from mnist37.settings import Settings
from mnist37.train import predict

from .conftest import Trained, every_model

LINEAR = settings_for("linear-torch")


def linear(weights: np.ndarray, bias: float) -> Weights:
    return {"weight": torch.tensor(weights, dtype=torch.float32).reshape(1, 784), "bias": torch.tensor([bias])}


def check(settings: Settings, weights: Weights, image: np.ndarray, flipped: Flip) -> None:
    """What is told of a flip is so."""
    before, after = predict(settings, weights, np.stack([image])), predict(settings, weights, flipped.image[None])
    assert (flipped.image.dtype, flipped.difference.dtype) == (np.uint8, np.int16)
    np.testing.assert_array_equal(flipped.difference, flipped.image.astype(int) - image)
    assert (before.labels[0] != after.labels[0]) == flipped.flipped
    assert flipped.flipped == (settings.classes.digit(int(after.labels[0])) == flipped.to)
    assert flipped.largest == np.abs(flipped.image.astype(int) - image).max() <= flipped.steps
    assert flipped.n_changed == (flipped.image != image).sum()


@every_model
def test_the_model_calls_the_result_the_other_digit(model: Trained, embedded: Digits) -> None:
    settings, weights = model
    count = 1 if settings.rung == "resnet18" else 10
    threes, sevens = embedded.valid_images[:count], embedded.valid_images[-count:]
    for image in (*threes, *sevens):
        flipped = flip(settings, weights, image)
        check(settings, weights, image, flipped)
        assert flipped.flipped
        assert 1 <= flipped.largest <= 128


@hypothesis.settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(image=arrays.arrays(np.uint8, (28, 28)))
def test_whatever_the_image_what_is_told_is_so(image: np.ndarray, trained: Callable[..., Trained]) -> None:
    for name in ("linear-scratch", "simple-net", "pixel-similarity"):
        settings, weights = trained(name)
        check(settings, weights, image, flip(settings, weights, image))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("bias", [0.3, 2.0, 7.7])
def test_a_linear_model_flips_after_the_closed_form_s_change(sign: int, bias: float) -> None:
    """Without clipping, the least largest change is |logit| / sum|weights|."""
    rng = np.random.default_rng(37)
    weights = linear(rng.normal(0, 0.05, 784), sign * bias)
    grey = np.full((28, 28), 128, np.uint8)
    flipped = flip(LINEAR, weights, grey)
    check(LINEAR, weights, grey, flipped)
    before = predict(LINEAR, weights, grey[None]).logits[0]
    least = 255 * abs(before) / float(weights["weight"].abs().sum())
    assert flipped.flipped
    assert flipped.largest == flipped.steps == math.ceil(least) < 127


def test_pixels_that_need_not_change_get_their_grey_back() -> None:
    rng = np.random.default_rng(37)
    weights = linear(rng.normal(0, 0.05, 784), 2.0)
    grey = np.full((28, 28), 128, np.uint8)
    flipped = flip(LINEAR, weights, grey)
    slope = np.abs(weights["weight"].numpy().reshape(28, 28))
    assert flipped.n_changed < 784
    changed = flipped.difference != 0
    assert slope[changed].min() > slope[~changed].max()
    one_less = flipped.image.copy()
    one_less[changed & (slope == slope[changed].min())] = 128
    assert predict(LINEAR, weights, np.stack([one_less, grey])).labels.tolist() in ([0, 0], [1, 1])


@every_model
def test_it_says_so_where_the_steps_did_not_suffice(model: Trained, embedded: Digits) -> None:
    settings, weights = model
    for steps in (0, 1):
        flipped = flip(settings, weights, embedded.valid_images[0], most_steps=steps)
        check(settings, weights, embedded.valid_images[0], flipped)
        assert not flipped.flipped
        assert flipped.steps == steps
        assert flipped.largest <= steps


@pytest.mark.parametrize("weight", [0.0, math.nan])
def test_where_no_pixel_has_a_say_nothing_changes(weight: float, embedded: Digits) -> None:
    weights = linear(np.full(784, weight), 1.0)
    flipped = flip(LINEAR, weights, embedded.valid_images[0])
    assert not flipped.flipped
    assert flipped.steps == flipped.largest == flipped.n_changed == 0
    assert flipped.image.dtype == np.uint8
    np.testing.assert_array_equal(flipped.image, embedded.valid_images[0])


def test_a_net_whose_units_are_all_silent_wakes_up(trained: Callable[..., Trained]) -> None:
    settings, weights = trained("simple-net")
    silent = {**weights, "0.bias": torch.full((settings.hidden,), -0.5), "2.bias": torch.tensor([0.1])}
    blank = np.zeros((28, 28), np.uint8)
    flipped = flip(settings, silent, blank)
    check(settings, silent, blank, flipped)
    assert flipped.flipped


def test_it_stops_where_every_pixel_is_paper_or_ink() -> None:
    weights = linear(np.full(784, 0.001), -1000.0)
    flipped = flip(LINEAR, weights, np.full((28, 28), 250, np.uint8))
    assert not flipped.flipped
    assert flipped.steps == flipped.largest == 5
    assert (flipped.image == 255).all()
