"""Pixels as numbers: digits as stacked tensors, their means, and which mean a digit is nearer to."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.rungs.pixel_similarity import is_3_by, l1_distance, rmse_distance

Distance = Callable[[Tensor, Tensor], Tensor]


def stack_digits(images: NDArray[np.uint8], labels: NDArray[np.uint8], label: int) -> Tensor:
    """Stack digits as the chapter's `stacked_threes`: uint8 `[N, 28, 28]` -> float32 `[n, 28, 28]` in [0, 1]."""
    tensors = [torch.tensor(image) for image in images[labels == label]]  # a list of tensors of rank 2
    return torch.stack(tensors).float() / 255  # one tensor of rank 3


def mean_digit(stacked: Tensor, n: int) -> Tensor:
    """Return the ideal digit: the mean over the first n of a stack, pixel by pixel, `[N, 28, 28]` -> `[28, 28]`."""
    return stacked[:n].mean(0)


def share_of_largest(parts: Tensor, k: int) -> Tensor:
    """Return the share of the k largest of an image's parts in their sum, `[..., 28, 28]` -> `[...]` in [0, 1]."""
    parts = parts.flatten(-2)  # [..., 784]
    return parts.topk(k).values.sum(-1) / parts.sum(-1)


def accuracy(images: Tensor, labels: Tensor, mean3: Tensor, mean7: Tensor, distance: Distance) -> float:
    """Return the share of images, `[N, 28, 28]`, that are nearer to their own mean; labels `[N]`, 1 = three."""
    says_3 = is_3_by(images, mean3, mean7, distance) > 0
    return (says_3 == (labels == 1)).float().mean().item()


def disagreements(images: Tensor, mean3: Tensor, mean7: Tensor) -> list[int]:
    """Return the indices of the images, `[N, 28, 28]`, for which L1 and RMSE predict different digits, ascending."""
    by_l1, by_rmse = (is_3_by(images, mean3, mean7, distance) > 0 for distance in (l1_distance, rmse_distance))
    places: list[int] = (by_l1 != by_rmse).nonzero().flatten().tolist()
    return places
