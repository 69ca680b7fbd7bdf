"""A model's predictions: for one drawing, and for all validation digits."""

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.evaluation.scores import Difference, Score


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's prediction for one drawing.

    Args:
        digit: the predicted digit.
        logits: the raw outputs: of two digits one, above 0 for the first one of `classes`; of ten one for each.
        probs: the probability of each digit of `classes`, in their order; None if the model gives none.
        words: the raw output in words, as the model's rung has them.
        classes: the digits that the model tells apart.
    """

    digit: int
    logits: tuple[float, ...]
    probs: tuple[float, ...] | None
    words: str
    classes: Classes = THREE_OR_SEVEN

    @classmethod
    def of(cls, logits: NDArray[np.float32], words: str, classes: Classes, *, gives_probability: bool) -> Self:
        """Return the prediction of raw outputs, float32 `[]` for two digits, `[10]` for ten."""
        outputs = np.asarray(logits, np.float64)
        probs = probabilities(outputs[None])[0]
        probs = np.array([probs, 1 - probs]) if classes.is_pair else probs
        told = tuple(probs.tolist()) if gives_probability else None
        return cls(classes.order(outputs)[0], tuple(np.atleast_1d(outputs).tolist()), told, words, classes)

    @property
    def logit(self) -> float:
        """Of two digits, the raw output: above 0 for the first one."""
        (logit,) = self.logits
        return logit

    @property
    def prob_first(self) -> float | None:
        """Of two digits, the probability of the first one; None if the model gives none."""
        return None if self.probs is None else self.probs[0]

    @property
    def prob(self) -> float | None:
        """The probability of the predicted digit; None if the model gives none."""
        return self.prob_of(self.digit)

    def prob_of(self, digit: int) -> float | None:
        """Return the probability of a digit; None if the model gives none."""
        return None if self.probs is None else self.probs[self.classes.digits.index(digit)]

    @property
    def order(self) -> tuple[int, ...]:
        """All digits, the predicted one first, then by what the model says of them."""
        return self.classes.order(np.squeeze(np.array(self.logits)))

    @property
    def runner_up(self) -> int:
        """The digit that comes second."""
        return self.order[1]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """A model's predictions for all validation digits.

    Args:
        step: the last step before the predictions.
        logits: float32 `[n_valid]`, above 0 for the first digit of `classes`; of ten digits `[n_valid, 10]`.
        labels: uint8 `[n_valid]`, 1 = the first digit, 0 = the other one; of ten the digit itself.
        classes: the digits.

    Attributes:
        said: the predicted labels, uint8 `[n_valid]`; found once, as each refresh of a page asks for them many times.
    """

    step: int
    logits: NDArray[np.float32]
    labels: NDArray[np.uint8]
    classes: Classes = THREE_OR_SEVEN
    said: NDArray[np.uint8] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", self.classes.said(self.logits))

    @property
    def accuracy(self) -> float:
        """The share of correct predictions, in [0, 1]."""
        return float((~self.is_wrong()).mean())

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
        """The cross-entropy of each digit, float64 `[n_valid]`: large for a confident mistake."""
        if not self.classes.is_pair:
            logits = np.nan_to_num(self.logits.astype(np.float64))
            of_truth = np.take_along_axis(logits, self.labels[:, None].astype(np.int64), axis=1)[:, 0]
            surprise: NDArray[np.float64] = np.logaddexp.reduce(logits, axis=1) - of_truth
            return surprise
        towards = np.where(self.labels == 1, 1.0, -1.0) * np.nan_to_num(self.logits.astype(np.float64))
        losses: NDArray[np.float64] = np.logaddexp(0.0, -towards)
        return losses

    def accuracy_above(self, above: float) -> float:
        """Return the share of correct predictions, in [0, 1]; a logit above this one means the first of two."""
        return float(((self.logits > above) == (self.labels == 1)).mean())

    def count(self, digit: int, said: int, above: float = 0.0) -> int:
        """Count the digits of a class that are predicted as one of a class: one cell of the confusion matrix.

        Args:
            digit: the true digit.
            said: the predicted one.
            above: of two digits, a logit above this one means the first.
        """
        return int(self._is_cell(digit, said, above).sum())

    def cell(self, digit: int, said: int) -> list[int]:
        """Return the indices of one cell of the confusion matrix, those with the largest loss first."""
        inside = np.flatnonzero(self._is_cell(digit, said))
        return [int(index) for index in inside[np.argsort(-self.losses[inside], kind="stable")]]

    def _is_cell(self, digit: int, said: int, above: float = 0.0) -> NDArray[np.bool_]:
        labels = self.classes.labels
        found = (self.logits > above).astype(np.uint8) if self.classes.is_pair else self.said
        inside: NDArray[np.bool_] = (self.labels == labels[digit]) & (found == labels[said])
        return inside

    def confusion(self) -> NDArray[np.int64]:
        """Return the whole confusion matrix, int64 `[digits, digits]`: a row is a true digit, in their order."""
        labels = list(self.classes.labels.values())
        n = len(labels)
        counts = np.bincount(self.labels.astype(np.int64) * n + self.said, minlength=n * n).reshape(n, n)
        return counts[np.ix_(labels, labels)]

    def most_confused(self, n: int = 3) -> list[tuple[int, int, int]]:
        """Return the pairs of digits that are confused most, and how often in either way: the most frequent first.

        Args:
            n: the maximum number of pairs; those that are never confused are left out.
        """
        matrix, digits = self.confusion(), self.classes.digits
        both = matrix + matrix.T
        pairs = [(digits[a], digits[b], int(both[a, b])) for a in range(len(digits)) for b in range(a + 1, len(digits))]
        return [pair for pair in sorted(pairs, key=lambda pair: -pair[2])[:n] if pair[2]]

    def digit_said(self, index: int) -> int:
        """Return the digit that is predicted for one image."""
        return self.classes.digit(int(self.said[index]))

    @property
    def confidence(self) -> NDArray[np.float64]:
        """The probability of each predicted digit, float64 `[n_valid]`, where the outputs may be read as one."""
        probs = probabilities(self.logits)
        return np.maximum(probs, 1 - probs) if self.classes.is_pair else probs.max(axis=1)

    def is_wrong(self) -> NDArray[np.bool_]:
        """Return which predictions are wrong, bool `[n_valid]`."""
        wrong: NDArray[np.bool_] = self.said != self.labels
        return wrong

    def mistakes(self) -> list[int]:
        """Return the indices of the wrong predictions, the most confident first."""
        wrong = np.flatnonzero(self.is_wrong())
        return [int(index) for index in wrong[np.argsort(-self.losses[wrong], kind="stable")]]

    def by_loss(self) -> list[int]:
        """Return the indices of all digits, those with the largest loss first."""
        return [int(index) for index in np.argsort(-self.losses, kind="stable")]


def probabilities(logits: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return raw outputs as probabilities, float64 in [0, 1].

    Args:
        logits: `[N]`, whose sigmoid it is, or `[N, 10]`, whose softmax it is.
    """
    if logits.ndim == 2:
        exact = np.nan_to_num(logits.astype(np.float64))
        powers = np.exp(exact - exact.max(axis=1, keepdims=True))
        softmax: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return softmax
    return 1 / (1 + np.exp(-np.clip(np.nan_to_num(logits.astype(np.float64)), -700, 700)))
