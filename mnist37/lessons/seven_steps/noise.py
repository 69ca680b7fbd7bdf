"""Measure the noise of a mini-batch's gradient: compare many of one size with the gradient of all digits."""

from dataclasses import dataclass

import torch
from torch import Tensor

from mnist37.lessons.shared.rows import Rows
from mnist37.rungs.linear_scratch import calc_grad, initial_params
from mnist37.rungs.losses import mnist_loss

DRAWS = 40
"""Number of mini-batches drawn of each size."""


@dataclass(frozen=True, slots=True)
class Noise:
    """The gradients of mini-batches of one size.

    Args:
        batch_size: digits in each mini-batch.
        share: root mean square distance to the gradient of all digits, as a share of its length.
        alike: mean cosine similarity to it, 1 = the same direction.
        examples: float32 `[1 to 3, 784]`, some of the gradients.
    """

    batch_size: int
    share: float
    alike: float
    examples: Tensor


def gradient(x: Tensor, y: Tensor, seed: int = 0) -> Tensor:
    """Return the gradient of `mnist_loss` at the first weights, float32 `[784]`, for x `[N, 784]` and y `[N, 1]`."""
    weights, bias = initial_params(seed)
    calc_grad(x, y, (weights, bias), mnist_loss)
    assert weights.grad is not None
    return weights.grad.flatten()


def gradient_noise(data: Rows, batch_size: int, seed: int = 0) -> Noise:
    """Draw mini-batches of a size, and compare their gradients with that of all digits."""
    order = torch.Generator().manual_seed(seed)
    x, y = data.train_x, data.train_y
    draws = DRAWS if batch_size < len(x) else 1  # all digits are one mini-batch
    batches = [torch.randperm(len(x), generator=order)[:batch_size] for _ in range(draws)]
    grads = torch.stack([gradient(x[batch], y[batch]) for batch in batches])  # (draws, 784)
    whole = gradient(x, y)  # (784,)
    share = (grads - whole).square().sum(1).mean().sqrt() / whole.norm()
    alike = torch.cosine_similarity(grads, whole, dim=1).mean()
    return Noise(min(batch_size, len(x)), share.item(), alike.item(), grads[:3])
