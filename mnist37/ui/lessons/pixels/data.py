"""Lesson 1: the digits as stacks, means and accuracies, each computed once for all visitors."""

from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from mnist37.data import Digits
from mnist37.lessons.pixels import accuracy, disagreements, mean_digit, share_of_largest, stack_digits
from mnist37.rungs import image_tensor
from mnist37.rungs.pixel_similarity import l1_distance, rmse_distance

LARGEST = 40
"""Number of the 784 differences that count as the largest, about 5 %."""


@dataclass(frozen=True, slots=True, eq=False)
class Stacks:
    """The digits as tensors, shared by all visitors: never change one of them.

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
        """The number of digits in the larger stack."""
        return max(len(self.threes), len(self.sevens))

    def means(self, n: int) -> tuple[Tensor, Tensor]:
        """Return the mean 3 and the mean 7 of the first n of each stack, float32 `[28, 28]`."""
        return mean_digit(self.threes, n), mean_digit(self.sevens, n)


@dataclass(frozen=True, slots=True)
class Scores:
    """The results of the two distances on the validation digits.

    Args:
        l1: accuracy in [0, 1].
        rmse: accuracy in [0, 1].
        disagree: indices of the validation digits that they classify differently.
        l1_largest: share of the largest differences in the L1 distance to the mean 3, averaged over the digits.
        rmse_largest: share of their squares in the sum under the root.
    """

    l1: float
    rmse: float
    disagree: tuple[int, ...]
    l1_largest: float
    rmse_largest: float


def stacks(digits: Digits) -> Stacks:
    """Return the digits as stacked tensors."""
    return _stacks(digits.fingerprint, digits)


@st.cache_resource(show_spinner=False, max_entries=2)
def _stacks(fingerprint: str, _digits: Digits) -> Stacks:  # noqa: ARG001 - the cache key
    images, labels = _digits.train_images, _digits.train_labels
    threes, sevens = stack_digits(images, labels, 1), stack_digits(images, labels, 0)
    return Stacks(threes, sevens, image_tensor(_digits.valid_images), torch.tensor(_digits.valid_labels))


def scores(digits: Digits, n: int) -> Scores:
    """Return the results of the distances to the means of the first n digits."""
    return _scores(digits.fingerprint, n, digits)


@st.cache_data(show_spinner=False, max_entries=64)
def _scores(fingerprint: str, n: int, _digits: Digits) -> Scores:  # noqa: ARG001 - the cache key
    all_of = stacks(_digits)
    means = all_of.means(n)
    l1, rmse = (accuracy(all_of.valid, all_of.labels, *means, distance) for distance in (l1_distance, rmse_distance))
    largest = largest_shares(all_of.valid, means[0])
    return Scores(l1, rmse, tuple(disagreements(all_of.valid, *means)), *(part.mean().item() for part in largest))


def largest_shares(images: Tensor, mean: Tensor) -> tuple[Tensor, Tensor]:
    """Return the share of each image's largest differences in L1 and in RMSE's squares: `[..., 28, 28]` to `[...]`."""
    differences = images - mean
    return share_of_largest(differences.abs(), LARGEST), share_of_largest(differences**2, LARGEST)
