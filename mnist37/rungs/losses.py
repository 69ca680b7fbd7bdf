"""The losses that a rung may learn with, and the accuracy that measures it. All take raw outputs, no probabilities.

For two digits there is one output, for ten there are ten: each loss has a function for either.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from mnist37.classes import Classes

LossFunction = Callable[[Tensor, Tensor], Tensor]


def mnist_loss(preds: Tensor, targets: Tensor) -> Tensor:
    """Return the chapter's loss: how far each probability is from the truth, averaged.

    Args:
        preds: raw outputs, float32 `[N, 1]`.
        targets: float32 `[N, 1]`, 1 = the first digit, 0 = the other one.

    Returns:
        float32 scalar in [0, 1]. Source: the fastai book, chapter 4, "The MNIST Loss Function" and "Sigmoid".
    """
    probs = preds.sigmoid()
    return torch.where(targets == 1, 1 - probs, probs).mean()


def logistic(preds: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy: minus the log of the probability that was given to the truth, averaged.

    Its slope does not fade where the model is sure and wrong, as that of `mnist_loss` does. Shapes as there.
    """
    return binary_cross_entropy_with_logits(preds, targets)


def mnist_loss_of_ten(preds: Tensor, targets: Tensor) -> Tensor:
    """Return the chapter's loss for several classes: 1 minus the probability of the truth, averaged.

    Args:
        preds: raw outputs, float32 `[N, classes]`.
        targets: int64 `[N]`, the index of the true class.

    Returns:
        float32 scalar in [0, 1].
    """
    probs = preds.softmax(dim=1)
    return (1 - probs[range(len(targets)), targets]).mean()


LOSSES: Mapping[str, LossFunction] = {"logistic": logistic, "mnist_loss": mnist_loss, "cross_entropy": cross_entropy}
LOSSES_OF_TEN: Mapping[str, LossFunction] = {
    "logistic": cross_entropy,  # the logistic loss is the cross-entropy of two classes
    "mnist_loss": mnist_loss_of_ten,
    "cross_entropy": cross_entropy,
}


def loss_function(name: str, classes: Classes) -> LossFunction:
    """Return the function of a loss, by what it is called in the settings."""
    return (LOSSES if classes.is_pair else LOSSES_OF_TEN)[name]


def loss_of_logits(name: str, logits: Tensor, labels: Tensor) -> Tensor:
    """Return the loss of that name from the logits of each image.

    Args:
        name: of `LOSSES`. Cross-entropy of two outputs is the logistic loss of their difference.
        logits: float32 `[N]`, above 0 for the first digit, or `[N, 10]`.
        labels: `[N]`, 1 = the first digit, 0 = the other one; or the digits themselves.

    Returns:
        float32 scalar.
    """
    if logits.ndim == 2:
        return LOSSES_OF_TEN[name](logits, labels.long())
    loss_func = logistic if name == "cross_entropy" else LOSSES[name]
    return loss_func(logits.unsqueeze(1), labels.float().unsqueeze(1))


def as_logits(preds: Tensor) -> Tensor:
    """Return raw outputs as logits.

    `[N, 1]` to `[N]`; `[N, 2]`, the first digit's behind the other's, to their difference `[N]`; `[N, 10]` as it is.
    """
    if preds.shape[1] > 2:
        return preds
    return preds[:, 1] - preds[:, 0] if preds.shape[1] == 2 else preds[:, 0]


def are_right(logits: Tensor, labels: Tensor) -> Tensor:
    """Return which answers are right, bool `[N]`; logits and labels as in `loss_of_logits`."""
    return logits.argmax(1) == labels if logits.ndim == 2 else (logits > 0) == (labels == 1)


def batch_accuracy(preds: Tensor, yb: Tensor) -> Tensor:
    """Share of `[N, 1]` raw outputs on the right side of probability one half. Source: the fastai book, chapter 4."""
    return ((preds.sigmoid() > 0.5) == yb).float().mean()


def accuracy_of_ten(preds: Tensor, yb: Tensor) -> Tensor:
    """Share of `[N, classes]` raw outputs of which the largest is that of the true class, int64 `[N]`."""
    return (preds.argmax(dim=1) == yb).float().mean()


def metric(classes: Classes) -> LossFunction:
    """Return the accuracy that fits the outputs of a model of these digits."""
    return batch_accuracy if classes.is_pair else accuracy_of_ten
