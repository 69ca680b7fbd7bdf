"""The accuracy of a model with a confidence interval, and a test whether two models differ."""

import math
from dataclasses import dataclass
from typing import Self

Z_95 = 1.959963984540054
"""The standard normal distribution lies within this many standard deviations of its mean with probability 0.95."""

SIGNIFICANT = 0.05
"""From this p-value up, a difference may be chance."""

OFTEN, HARDLY_EVER = 0.2, 0.001
"""From the first p-value up, chance often gives such a difference; below the second, hardly ever."""


def wilson(count: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Return the score interval of a proportion (Wilson 1927).

    Unlike the usual "plus or minus two standard errors", it is right for few observations, and at 0 and 1.

    Args:
        count: how often something was observed, from 0 to n.
        n: number of observations, above 0.
        z: half the interval's width in standard deviations; the default gives 95 %.

    Returns:
        The lower and the upper bound, each in [0, 1].

    Raises:
        ValueError: the count is not one of n observations.
    """
    if n < 1 or not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no proportion")
    share, spread = count / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return (0.0 if count == 0 else middle - half), (1.0 if count == n else middle + half)


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the exact two-sided p-value of McNemar's test (1947).

    Two models predict the same digits. Digits that both get right or both get wrong show no difference. If the models
    were equally good, each of the other digits would be a fair coin. The p-value is the probability of a result at
    least as uneven.

    Args:
        only_a: digits that only the first model got wrong.
        only_b: digits that only the second model got wrong.

    Returns:
        The probability, in (0, 1]; 1 if there is no such digit.
    """
    n = only_a + only_b
    tail = ways = 1  # `ways` is n over k
    for k in range(min(only_a, only_b)):
        ways = ways * (n - k) // (k + 1)
        tail += ways
    return min(1.0, 2 * tail / (1 << n))


@dataclass(frozen=True, slots=True)
class Score:
    """The number of a sample's digits that a model got wrong.

    Args:
        wrong: number of digits that it got wrong.
        n: number of digits, above 0.
    """

    wrong: int
    n: int

    @classmethod
    def of(cls, accuracy: float, n: int) -> Self:
        """Return the score of a model with this accuracy on `n` digits.

        Args:
            accuracy: in [0, 1].
            n: number of digits, above 0.
        """
        return cls(round((1 - accuracy) * n), n)

    def __str__(self) -> str:
        """Return text such as "3 wrong of 200"."""
        return f"{self.wrong:,} wrong of {self.n:,}"

    @property
    def accuracy(self) -> float:
        """The share of correct predictions, in [0, 1]."""
        return 1 - self.wrong / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy (Wilson): two bounds in [0, 1]."""
        low, high = wilson(self.n - self.wrong, self.n)
        return low, high

    @property
    def interval_words(self) -> str:
        """The interval in percent, such as "95.7 to 99.5 %"; with one more decimal if it is narrow."""
        low, high = (100 * bound for bound in self.interval)
        decimals = 1 if high - low > 1 else 2
        return f"{low:.{decimals}f} to {high:.{decimals}f} %"

    def is_above(self, share: float) -> bool:
        """Return whether the accuracy is measurably above a share: the whole interval is."""
        return self.interval[0] > share


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two models on the same digits: those that only one of them got wrong.

    Args:
        only_a: the number that only the first got wrong.
        only_b: the number that only the second got wrong.
    """

    only_a: int
    only_b: int

    @property
    def p(self) -> float:
        """The p-value of `mcnemar`."""
        return mcnemar(self.only_a, self.only_b)

    @property
    def is_real(self) -> bool:
        """Whether the difference is significant."""
        return self.p < SIGNIFICANT

    @property
    def p_words(self) -> str:
        """The p-value as text, such as "p = 0.73"."""
        return f"p = {self.p:.2f}" if self.p >= 0.01 else f"p = {self.p:.3f}" if self.p >= 0.001 else "p < 0.001"

    @property
    def words(self) -> str:
        """The conclusion from the counts, in a sentence."""
        if not self.only_a + self.only_b:
            return "Both get the very same digits wrong: nothing tells them apart here."
        against = f"With {self.only_a} against {self.only_b} such digits,"
        if not self.is_real:
            often = "often" if self.p >= OFTEN else "now and then"
            return f"{against} chance alone would {often} do that ({self.p_words}): too few digits to tell them apart."
        if self.p >= HARDLY_EVER:
            return f"{against} chance alone would seldom do that ({self.p_words}): the difference is most likely real."
        return f"{against} chance alone would hardly ever do that ({self.p_words}): the difference is real."
