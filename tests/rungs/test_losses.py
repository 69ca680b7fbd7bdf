"""The losses and the distances against numpy, written down from their formulas."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from mnist37.data import Digits
from mnist37.rungs import image_tensor, settings_for
from mnist37.rungs.losses import LOSSES, batch_accuracy, logistic, mnist_loss
from mnist37.rungs.pixel_similarity import PixelSimilarity, l1_distance, rmse_distance
from mnist37.train import predict

from ..train.told import teach

outputs = st_numpy.arrays(np.float32, st.integers(1, 20), elements=st.floats(-80, 80, width=32))


def column(values: np.ndarray) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float32).unsqueeze(1)


@given(outputs, st.integers(0, 2**20 - 1))
def test_losses_of_one_output(preds: np.ndarray, bits: int) -> None:
    targets = np.array([bits >> at & 1 for at in range(len(preds))])
    signed = np.where(targets == 1, preds, -preds).astype(np.float64)
    wrongness, surprise = 1 / (1 + np.exp(signed)), np.logaddexp(0, -signed)
    assert mnist_loss(column(preds), column(targets)).item() == pytest.approx(wrongness.mean(), abs=1e-6)
    assert logistic(column(preds), column(targets)).item() == pytest.approx(surprise.mean(), rel=1e-5, abs=1e-6)


@given(outputs)
def test_cross_entropy_of_two_outputs_is_the_logistic_loss_of_their_difference(preds: np.ndarray) -> None:
    targets = np.arange(len(preds)) % 2
    two = torch.stack([torch.zeros(len(preds)), torch.tensor(preds)], 1)
    expected = logistic(column(preds), column(targets)).item()
    assert LOSSES["cross_entropy"](two, torch.tensor(targets)).item() == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_the_chapter_s_example() -> None:
    """The book's three predictions 0.9, 0.4, 0.2 for 1, 0, 1 lose 0.4333 on average; here they pass the sigmoid."""
    logits = torch.logit(torch.tensor([[0.9], [0.4], [0.2]]))
    targets = torch.tensor([[1.0], [0.0], [1.0]])
    assert mnist_loss(logits, targets).item() == pytest.approx(0.43333, abs=1e-5)
    assert batch_accuracy(logits, targets).item() == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", ["mnist_loss", "logistic"])
def test_a_loss_falls_as_the_answer_gets_better(name: str) -> None:
    losses = [LOSSES[name](torch.tensor([[x]]), torch.ones(1, 1)).item() for x in (-5.0, -1.0, 0.0, 1.0, 5.0)]
    assert losses == sorted(losses, reverse=True)


@given(st_numpy.arrays(np.uint8, (2, 3, 28, 28)))
def test_distances(images: np.ndarray) -> None:
    a, b = images.astype(np.float64) / 255
    pair = [image_tensor(part) for part in images]
    np.testing.assert_allclose(l1_distance(*pair), np.abs(a - b).mean((1, 2)), atol=1e-6)
    np.testing.assert_allclose(rmse_distance(*pair), np.sqrt(((a - b) ** 2).mean((1, 2))), atol=1e-6)


@pytest.mark.parametrize("loss", PixelSimilarity.losses)
def test_pixel_similarity(loss: str, embedded: Digits) -> None:
    settings = settings_for("pixel-similarity", loss=loss)
    told = teach(settings, embedded)
    images, labels = embedded.train_images.astype(np.float64) / 255, embedded.train_labels
    means = [images[labels == label].mean(0) for label in (1, 0)]
    for name, mean in zip(("mean3", "mean7"), means, strict=True):
        np.testing.assert_allclose(told.outcome.weights[name], mean, atol=1e-6)
    apart = [embedded.valid_images / 255.0 - mean for mean in means]
    far3, far7 = (np.abs(x).mean((1, 2)) if loss == "l1" else np.sqrt((x**2).mean((1, 2))) for x in apart)
    answer = predict(settings, told.outcome.weights, embedded.valid_images)
    np.testing.assert_allclose(answer.logits, far7 - far3, atol=1e-6)
    assert told.epochs[0].accuracy == pytest.approx(((far3 < far7) == embedded.valid_labels).mean())
