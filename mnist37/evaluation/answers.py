"""A model's predictions: for one drawing, and for all validation digits."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.evaluation.scores import Difference, Score


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's prediction for one drawing.

    Args:
        digit: the predicted digit.
        logit: the raw output, above 0 for the first digit of `classes`.
        prob_first: the probability of that digit; None if the model gives none.
        words: the raw output in words, as the model's rung has them.
        classes: the digits that the model tells apart.
    """

    digit: int
    logit: float
    prob_first: float | None
    words: str
    classes: Classes = THREE_OR_SEVEN

    @classmethod
    def of(cls, logit: float, words: str, classes: Classes, *, gives_probability: bool) -> Self:
        """Return the prediction of a logit; its sigmoid is the first digit's probability if the model gives one."""
        prob_first = 1 / (1 + math.exp(-min(max(logit, -700.0), 700.0))) if gives_probability else None
        return cls(classes.answer(logit), logit, prob_first, words, classes)

    @property
    def prob(self) -> float | None:
        """The probability of the predicted digit."""
        if self.prob_first is None:
            return None
        return self.prob_first if self.digit == self.classes.first else 1 - self.prob_first


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """A model's predictions for all validation digits.

    Args:
        step: the last step before the predictions.
        logits: float32 `[n_valid]`, above 0 for the first digit of `classes`.
        labels: uint8 `[n_valid]`, 1 = the first digit, 0 = the other one.
        classes: the digits.
    """

    step: int
    logits: NDArray[np.float32]
    labels: NDArray[np.uint8]
    classes: Classes = THREE_OR_SEVEN

    @property
    def accuracy(self) -> float:
        """The share of correct predictions, in [0, 1]."""
        return self.accuracy_above(0.0)

    @property
    def score(self) -> Score:
        """The number of wrong predictions."""
        return Score(int(self.is_wrong().sum()), len(self.labels))

    def differs_from(self, other: "Answers") -> Difference:
        """Count the digits that only one of the two gets wrong; both must be for the same digits."""
        mine, theirs = self.is_wrong(), other.is_wrong()
        return Difference(int((mine & ~theirs).sum()), int((theirs & ~mine).sum()))

    @property
    def losses(self) -> NDArray[np.float64]:
        """The logistic loss of each digit, float64 `[n_valid]`: large for a confident mistake."""
        towards = np.where(self.labels == 1, 1.0, -1.0) * np.nan_to_num(self.logits.astype(np.float64))
        losses: NDArray[np.float64] = np.logaddexp(0.0, -towards)
        return losses

    def accuracy_above(self, above: float) -> float:
        """Return the share of correct predictions, in [0, 1], if a logit above this one means the first digit."""
        return float(((self.logits > above) == (self.labels == 1)).mean())

    def count(self, digit: int, said: int, above: float = 0.0) -> int:
        """Count the digits of a class that are predicted as one of a class: one cell of the confusion matrix."""
        labels = self.classes.labels
        return int(((self.labels == labels[digit]) & ((self.logits > above) == bool(labels[said]))).sum())

    def is_wrong(self) -> NDArray[np.bool_]:
        """Return which predictions are wrong, bool `[n_valid]`."""
        wrong: NDArray[np.bool_] = (self.logits > 0) != (self.labels == 1)
        return wrong

    def mistakes(self) -> list[int]:
        """Return the indices of the wrong predictions, the most confident first."""
        wrong = np.flatnonzero(self.is_wrong())
        return [int(index) for index in wrong[np.argsort(-self.losses[wrong], kind="stable")]]

    def by_loss(self) -> list[int]:
        """Return the indices of all digits, those with the largest loss first."""
        return [int(index) for index in np.argsort(-self.losses, kind="stable")]


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the sigmoid of raw outputs: float64 in [0, 1]."""
    return 1 / (1 + np.exp(-np.clip(np.nan_to_num(logits.astype(np.float64)), -700, 700)))
