"""Lesson 1: the digits at hand as stacks, means and accuracies, each computed once for all visitors."""

from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from mnist37.data import Digits
from mnist37.lessons.pixels import accuracy, disagreements, mean_digit, share_of_largest, stack_digits
from mnist37.rungs import image_tensor
from mnist37.rungs.pixel_similarity import l1_distance, rmse_distance

LARGEST = 40
"""So many of the 784 differences, about 5 %, are called the largest."""


@dataclass(frozen=True, slots=True, eq=False)
class Stacks:
    """Shared by all visitors: never change one of these tensors.

    Args:
        threes: float32 `[n3, 28, 28]` in [0, 1], the train threes.
        sevens: float32 `[n7, 28, 28]`.
        valid: float32 `[M, 28, 28]`, the validation digits.
        labels: uint8 `[M]`, 1 = three.
    """

    threes: Tensor
    sevens: Tensor
    valid: Tensor
    labels: Tensor

    @property
    def most(self) -> int:
        """How many digits the larger stack has."""
        return max(len(self.threes), len(self.sevens))

    def means(self, n: int) -> tuple[Tensor, Tensor]:
        """The mean 3 and the mean 7 of the first n of each stack, float32 `[28, 28]`."""
        return mean_digit(self.threes, n), mean_digit(self.sevens, n)


@dataclass(frozen=True, slots=True)
class Scores:
    """How the two distances do on the validation digits.

    Args:
        l1: accuracy in [0, 1].
        rmse: accuracy in [0, 1].
        disagree: the validation digits that they call by different names.
        l1_largest: what the largest differences to the mean 3 make up of the L1 distance, the mean over the digits.
        rmse_largest: what their squares make up of the sum under the root.
    """

    l1: float
    rmse: float
    disagree: tuple[int, ...]
    l1_largest: float
    rmse_largest: float


def stacks(digits: Digits) -> Stacks:
    """The digits as stacked tensors."""
    return _stacks(digits.fingerprint, digits)


@st.cache_resource(show_spinner=False, max_entries=2)
def _stacks(fingerprint: str, _digits: Digits) -> Stacks:  # noqa: ARG001 - what the cache goes by
    images, labels = _digits.train_images, _digits.train_labels
    threes, sevens = stack_digits(images, labels, 1), stack_digits(images, labels, 0)
    return Stacks(threes, sevens, image_tensor(_digits.valid_images), torch.tensor(_digits.valid_labels))


def scores(digits: Digits, n: int) -> Scores:
    """How the distances to the means of the first n do."""
    return _scores(digits.fingerprint, n, digits)


@st.cache_data(show_spinner=False, max_entries=64)
def _scores(fingerprint: str, n: int, _digits: Digits) -> Scores:  # noqa: ARG001 - what the cache goes by
    all_of = stacks(_digits)
    means = all_of.means(n)
    l1, rmse = (accuracy(all_of.valid, all_of.labels, *means, distance) for distance in (l1_distance, rmse_distance))
    largest = largest_shares(all_of.valid, means[0])
    return Scores(l1, rmse, tuple(disagreements(all_of.valid, *means)), *(part.mean().item() for part in largest))


def largest_shares(images: Tensor, mean: Tensor) -> tuple[Tensor, Tensor]:
    """What the largest differences of each image, `[..., 28, 28]`, make up of L1 and of RMSE's squares: `[...]`."""
    differences = images - mean
    return share_of_largest(differences.abs(), LARGEST), share_of_largest(differences**2, LARGEST)
