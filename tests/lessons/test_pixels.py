"""Stacks, means, shares and accuracies, held against numpy and against the rung that uses the same functions."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mnist37.data import Digits
from mnist37.events import Epoch, Event
from mnist37.lessons.pixels import accuracy, disagreements, mean_digit, share_of_largest, stack_digits
from mnist37.rungs import image_tensor, settings_for
from mnist37.rungs.pixel_similarity import DISTANCES
from mnist37.train import train

PARTS = arrays(np.float32, (3, 28, 28), elements=st.floats(0, 1, width=32), fill=st.floats(0.125, 1, width=32))


def test_a_stack_holds_one_kind_and_its_mean_is_numpys(embedded: Digits) -> None:
    threes = embedded.train_images[embedded.train_labels == 1]
    stacked = stack_digits(embedded.train_images, embedded.train_labels, 1)
    assert stacked.shape == (400, 28, 28)
    assert stacked.dtype == torch.float32
    np.testing.assert_allclose(stacked.numpy(), threes / 255, atol=1e-6)
    for n in (1, 7, 400, 9999):
        np.testing.assert_allclose(mean_digit(stacked, n).numpy(), (threes[:n] / 255).mean(0), atol=1e-6)


@pytest.mark.parametrize("name", ["l1", "rmse"])
def test_the_accuracy_is_that_of_the_rung(name: str, embedded: Digits) -> None:
    told: list[Event] = []
    train(settings_for("pixel-similarity", loss=name), embedded, told.append)
    expected = next(event.accuracy for event in told if isinstance(event, Epoch))
    images, labels = image_tensor(embedded.valid_images), torch.tensor(embedded.valid_labels)
    means = [stack_digits(embedded.train_images, embedded.train_labels, label).mean(0) for label in (1, 0)]
    assert accuracy(images, labels, *means, DISTANCES[name]) == pytest.approx(expected)


def test_they_disagree_where_only_one_is_nearer(embedded: Digits) -> None:
    images = image_tensor(embedded.valid_images)
    mean3, mean7 = (stack_digits(embedded.train_images, embedded.train_labels, label).mean(0) for label in (1, 0))
    x, to = images.numpy().astype(np.float64), [mean.numpy() for mean in (mean3, mean7)]
    l1 = [np.abs(x - mean).mean((1, 2)) for mean in to]
    rmse = [np.sqrt(np.square(x - mean).mean((1, 2))) for mean in to]
    expected = np.flatnonzero((l1[0] < l1[1]) != (rmse[0] < rmse[1]))
    assert disagreements(images, mean3, mean7) == expected.tolist()
    assert len(expected)


@given(PARTS, st.integers(1, 784))
def test_squaring_gives_the_largest_more_of_the_whole(parts: np.ndarray, k: int) -> None:
    of_parts, of_squares = (share_of_largest(torch.tensor(values), k) for values in (parts, parts**2))
    largest = np.sort(parts.reshape(3, -1))[:, ::-1][:, :k]
    np.testing.assert_allclose(of_parts, largest.sum(1) / parts.sum((1, 2)), rtol=1e-4)
    assert (of_squares >= of_parts - 1e-5).all()
