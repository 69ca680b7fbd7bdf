"""What a model answers: to one drawing, and to all validation digits."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mnist37.evaluation.scores import Difference, Score


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model says of one drawing.

    Args:
        digit: 3 or 7.
        logit: its raw answer, above 0 for a three.
        prob_3: the probability of a three; None where the model gives none.
        words: the raw answer in words, as the model's rung has them.
    """

    digit: int
    logit: float
    prob_3: float | None
    words: str

    @classmethod
    def of(cls, logit: float, words: str, *, gives_probability: bool) -> Self:
        """Return the answer that a logit is; its sigmoid is the probability of a three where the model gives one."""
        prob_3 = 1 / (1 + math.exp(-min(max(logit, -700.0), 700.0))) if gives_probability else None
        return cls(3 if logit > 0 else 7, logit, prob_3, words)

    @property
    def prob(self) -> float | None:
        """The probability of the digit that it says."""
        if self.prob_3 is None:
            return None
        return self.prob_3 if self.digit == 3 else 1 - self.prob_3


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a model says of all validation digits.

    Args:
        step: the step that it was asked after.
        logits: float32 `[n_valid]`, above 0 for a three.
        labels: uint8 `[n_valid]`, 1 = three, 0 = seven.
    """

    step: int
    logits: NDArray[np.float32]
    labels: NDArray[np.uint8]

    @property
    def accuracy(self) -> float:
        """The share that it gets right, in [0, 1]."""
        return self.accuracy_above(0.0)

    @property
    def score(self) -> Score:
        """How many it gets wrong."""
        return Score(int(self.is_wrong().sum()), len(self.labels))

    def differs_from(self, other: "Answers") -> Difference:
        """The digits that only one of the two gets wrong; both must be about the same digits."""
        mine, theirs = self.is_wrong(), other.is_wrong()
        return Difference(int((mine & ~theirs).sum()), int((theirs & ~mine).sum()))

    @property
    def losses(self) -> NDArray[np.float64]:
        """The logistic loss of each digit, float64 `[n_valid]`: how sure the model is of what is wrong."""
        towards = np.where(self.labels == 1, 1.0, -1.0) * np.nan_to_num(self.logits.astype(np.float64))
        losses: NDArray[np.float64] = np.logaddexp(0.0, -towards)
        return losses

    def accuracy_above(self, above: float) -> float:
        """The share that is right, in [0, 1], where a logit above this one is called a three."""
        return float(((self.logits > above) == (self.labels == 1)).mean())

    def count(self, digit: int, said: int, above: float = 0.0) -> int:
        """How many of the 3s (or 7s) it calls a 3 (or a 7): one cell of the confusion matrix."""
        return int(((self.labels == (digit == 3)) & ((self.logits > above) == (said == 3))).sum())

    def is_wrong(self) -> NDArray[np.bool_]:
        """Which digits it gets wrong, bool `[n_valid]`."""
        wrong: NDArray[np.bool_] = (self.logits > 0) != (self.labels == 1)
        return wrong

    def mistakes(self) -> list[int]:
        """Which digits it gets wrong, the surest mistakes first."""
        wrong = np.flatnonzero(self.is_wrong())
        return [int(index) for index in wrong[np.argsort(-self.losses[wrong], kind="stable")]]

    def by_loss(self) -> list[int]:
        """All digits, those with the greatest loss first."""
        return [int(index) for index in np.argsort(-self.losses, kind="stable")]


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """The sigmoid of raw answers: float64 in [0, 1]."""
    return 1 / (1 + np.exp(-np.clip(np.nan_to_num(logits.astype(np.float64)), -700, 700)))
