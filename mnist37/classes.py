"""The digits that a model tells apart: two in order, or all ten. Each digit has one label, and each label one digit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mnist37.errors import SettingsError

if TYPE_CHECKING:  # the first page imports this module before numpy is there
    import numpy as np
    from numpy.typing import NDArray

ALL = "all"
"""The text of all ten digits."""

REMEDY = (
    'Give two different digits from 0 to 9, such as "3,7" or "4,9" (the first one is what the model says yes to), or '
    f'"{ALL}" for all ten.'
)


@dataclass(frozen=True, slots=True)
class Classes:
    """Two digits in order, or all ten.

    Args:
        digits: of two, the first one has the label 1, and a model's answer above 0 means it; the other one has the
            label 0. Of ten, 0 to 9, each is its own label, and a model has one answer for each.

    Raises:
        SettingsError: these are not two different digits from 0 to 9, nor all ten in their order.
    """

    digits: tuple[int, ...] = (3, 7)

    def __post_init__(self) -> None:
        is_two = len(self.digits) == len(set(self.digits)) == 2 and set(self.digits) <= set(range(10))
        if not is_two and self.digits != tuple(range(10)):
            raise SettingsError(f"The digits are {', '.join(map(str, self.digits)) or 'none'}.", REMEDY)

    @classmethod
    def from_text(cls, text: Any) -> Classes:
        """Return the digits of a text such as "3,7", "3, 7", "3 7" or "37", or of "all".

        Raises:
            SettingsError: it is no such text.
        """
        if not isinstance(text, str):
            raise SettingsError(f"The digits are {text!r}.", REMEDY)
        return _read(text)

    def __str__(self) -> str:
        """Return the text that `from_text` reads: "3,7" or "all"."""
        return ",".join(map(str, self.digits)) if self.is_pair else ALL

    @property
    def is_pair(self) -> bool:
        """Whether these are two digits, so that one answer above or below 0 tells them apart."""
        return len(self.digits) == 2

    @property
    def n_answers(self) -> int:
        """How many answers a model gives for one image: 1 for two digits, else one a digit."""
        return 1 if self.is_pair else len(self.digits)

    @property
    def first(self) -> int:
        """Of two digits, the one with the label 1."""
        first, _ = self.digits
        return first

    @property
    def other(self) -> int:
        """Of two digits, the one with the label 0."""
        _, other = self.digits
        return other

    @property
    def is_ascending(self) -> bool:
        """Whether the lower digit is the first one."""
        return self.first < self.other

    @property
    def words(self) -> str:
        """The digits in words: "3 or 7", or "0 to 9"."""
        return f"{self.first} or {self.other}" if self.is_pair else f"{self.digits[0]} to {self.digits[-1]}"

    @property
    def one_of_them(self) -> str:
        """One of the digits, with its article: "a 3 or a 7", or "a digit from 0 to 9"."""
        return f"{a_digit(self.first)} or {a_digit(self.other)}" if self.is_pair else f"a digit from {self.words}"

    @property
    def none_of_them(self) -> str:
        """None of the digits: "neither a 3 nor a 7", or "none of the ten digits"."""
        if not self.is_pair:
            return "none of the ten digits"
        return f"neither {a_digit(self.first)} nor {a_digit(self.other)}"

    @property
    def labels(self) -> Mapping[int, int]:
        """The label of each digit, in order."""
        if self.is_pair:
            return MappingProxyType({self.first: 1, self.other: 0})
        return MappingProxyType({digit: label for label, digit in enumerate(self.digits)})

    def digit(self, label: int) -> int:
        """Return the digit of a label."""
        return self.digits[1 - label if self.is_pair else label]

    def answer(self, logit: float) -> int:
        """Return, of two digits, the one that a raw answer means: the first one above 0."""
        return self.first if logit > 0 else self.other

    def said(self, logits: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
        """Return the labels that raw answers mean.

        Args:
            logits: of two digits `[N]`, the first one above 0; of ten `[N, 10]`, the one with the largest.

        Returns:
            uint8 `[N]`.
        """
        import numpy as np

        labels: NDArray[np.uint8] = (logits > 0).astype(np.uint8)
        if not self.is_pair:
            labels = np.argmax(np.nan_to_num(logits), axis=1).astype(np.uint8)
        return labels

    def order(self, logits: NDArray[np.floating[Any]]) -> tuple[int, ...]:
        """Return the digits by what a model says of one image, the predicted one first.

        Args:
            logits: the raw answers, `[]` for two digits, `[10]` for ten.
        """
        import numpy as np

        if self.is_pair:
            return self.digits if logits > 0 else self.digits[::-1]
        return tuple(np.argsort(-np.nan_to_num(logits), kind="stable").tolist())

    def digits_of(self, labels: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the digits of labels, `[N]` to uint8 `[N]`."""
        import numpy as np

        digits: NDArray[np.uint8] = np.take([self.digit(label) for label in range(len(self.digits))], labels)
        return digits.astype(np.uint8)

    def labels_of(self, digits: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the labels of digits, all of these classes: `[N]` to uint8 `[N]`."""
        import numpy as np

        return np.array([self.labels[digit] for digit in digits.tolist()], np.uint8)


PLURALS = ("zeros", "ones", "twos", "threes", "fours", "fives", "sixes", "sevens", "eights", "nines")
"""The name of several of each digit."""


def a_digit(digit: int) -> str:
    """Return a digit with its article: "a 3", "an 8"."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


@lru_cache(maxsize=256)
def _read(text: str) -> Classes:
    """Return the digits of a text, see `Classes.from_text`; a page asks for the same ones a hundred times."""
    if text.strip().casefold() == ALL:
        return ALL_TEN
    if re.fullmatch(r"\s*[0-9]\s*[,;/ ]?\s*[0-9]\s*", text, re.ASCII) is None:
        raise SettingsError(f"The digits are {text!r}.", REMEDY)
    first, other = (int(letter) for letter in text if letter.isdigit())
    return Classes((first, other))


THREE_OR_SEVEN = Classes()
"""The chapter's digits, and those of every run that was kept before there were others."""

ALL_TEN = Classes(tuple(range(10)))
