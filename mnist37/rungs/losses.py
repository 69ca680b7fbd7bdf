"""The losses that a rung may learn with, and the accuracy that measures it. All take raw outputs, no probabilities."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy


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


LOSSES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "logistic": logistic,
    "mnist_loss": mnist_loss,
    "cross_entropy": cross_entropy,
}


def loss_of_logits(name: str, logits: Tensor, labels: Tensor) -> Tensor:
    """Return the loss of that name from one logit a digit.

    Args:
        name: of `LOSSES`. Cross-entropy of two outputs is the logistic loss of their difference.
        logits: float32 `[N]`, above 0 for the first digit.
        labels: `[N]`, 1 = the first digit, 0 = the other one.

    Returns:
        float32 scalar.
    """
    loss_func = logistic if name == "cross_entropy" else LOSSES[name]
    return loss_func(logits.unsqueeze(1), labels.float().unsqueeze(1))


def batch_accuracy(preds: Tensor, yb: Tensor) -> Tensor:
    """Share of `[N, 1]` raw outputs on the right side of probability one half. Source: the fastai book, chapter 4."""
    return ((preds.sigmoid() > 0.5) == yb).float().mean()
