"""From two digits to ten: softmax, cross-entropy, labels as indices or one-hot, argmax, and temperature."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.data import all_digits
from mnist37.lessons.shared.listen import Listener
from mnist37.rungs.batches import DataLoader, as_floats
from mnist37.rungs.linear_scratch import INIT_STD, init_params, linear1, train_epoch

N_CLASSES = 10
LR, BATCH_SIZE, EPOCHS, SEED = 1.0, 256, 10, 0
"""The learning rate and the mini-batches of the chapter's linear model; in ten epochs it learns enough to be shown."""


@dataclass(frozen=True, slots=True, eq=False)
class TenModel:
    """What a linear model with ten outputs computes for the validation digits; it must not be changed.

    Args:
        images: uint8 `[n, 28, 28]`.
        labels: int64 `[n]`, 0 to 9.
        logits: float64 `[n, 10]`.
    """

    images: NDArray[np.uint8]
    labels: Tensor
    logits: Tensor


def softmax(logits: Tensor) -> Tensor:
    """Turn each row of logits `[n, classes]` into probabilities, which add up to 1."""
    exps = logits.exp()
    return exps / exps.sum(1, keepdim=True)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return minus the log of the right class's probability, averaged; labels are indices, int64 `[n]`."""
    probs = softmax(logits)
    return -probs[torch.arange(len(labels)), labels].log().mean()


def one_hot(labels: Tensor, n_classes: int = N_CLASSES) -> Tensor:
    """Turn indices `[n]` into rows `[n, classes]` of zeros, with a 1 at the index."""
    return (labels.unsqueeze(1) == torch.arange(n_classes)).float()


def cross_entropy_one_hot(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the same loss; labels are one-hot, `[n, classes]`."""
    return -(targets * softmax(logits).log()).sum(1).mean()


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the share of rows whose largest logit is that of the right class."""
    return (logits.argmax(1) == labels).double().mean()


def with_temperature(logits: Tensor, temperature: float) -> Tensor:
    """Return the logits that softmax gets: above 1, a temperature brings the probabilities closer to each other."""
    return logits / temperature


def learn() -> TenModel:
    """Train one weight a pixel and a bias for each of the ten digits, with the loop of `linear-scratch` as it is."""
    train, valid = all_digits()
    x, y = torch.tensor(train.images).view(-1, 28 * 28), torch.tensor(train.labels).long()
    generator = torch.Generator().manual_seed(SEED)
    weights = init_params((28 * 28, N_CLASSES), generator, INIT_STD)
    bias = init_params((N_CLASSES,), generator, INIT_STD)
    dl = DataLoader(x, y, BATCH_SIZE, shuffle_seed=SEED)
    for _ in range(EPOCHS):
        train_epoch(dl, (weights, bias), cross_entropy, Listener(LR, BATCH_SIZE))
    valid_x = as_floats(torch.tensor(valid.images).view(-1, 28 * 28))
    logits = linear1(valid_x, weights.detach(), bias.detach())
    return TenModel(valid.images, torch.tensor(valid.labels).long(), logits.double())


def n_above_0(logits: Tensor) -> Tensor:
    """Return how many of each row's logits are above 0, int64 `[n]`."""
    return (logits > 0).sum(1)


LESSON: tuple[Callable[..., object], ...] = (
    softmax,
    cross_entropy,
    one_hot,
    cross_entropy_one_hot,
    accuracy,
    with_temperature,
    learn,
    train_epoch,
)
"""The code that the page shows, in reading order."""
