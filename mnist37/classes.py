"""The two digits that a model tells apart, in order. Any digit has one label in it, and any label one digit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mnist37.errors import SettingsError

if TYPE_CHECKING:  # the first page imports this module before numpy is there
    import numpy as np
    from numpy.typing import NDArray

REMEDY = 'Give two different digits from 0 to 9, such as "3,7" or "4,9"; the first one is what the model says yes to.'


@dataclass(frozen=True, slots=True)
class Classes:
    """Two digits, in order.

    Args:
        digits: the first one has the label 1: a model's answer above 0 means it. The other one has the label 0.

    Raises:
        SettingsError: these are not two different digits from 0 to 9.
    """

    digits: tuple[int, int] = (3, 7)

    def __post_init__(self) -> None:
        if len(set(self.digits)) != 2 or not set(self.digits) <= set(range(10)):
            raise SettingsError(f"The digits are {', '.join(map(str, self.digits)) or 'none'}.", REMEDY)

    @classmethod
    def from_text(cls, text: Any) -> Classes:
        """Return the digits of a text such as "3,7", "3, 7", "3 7" or "37".

        Raises:
            SettingsError: it is no such text.
        """
        if not isinstance(text, str) or re.fullmatch(r"\s*[0-9]\s*[,;/ ]?\s*[0-9]\s*", text, re.ASCII) is None:
            raise SettingsError(f"The digits are {text!r}.", REMEDY)
        first, other = (int(letter) for letter in text if letter.isdigit())
        return cls((first, other))

    def __str__(self) -> str:
        """Return the text that `from_text` reads: "3,7"."""
        return ",".join(map(str, self.digits))

    @property
    def first(self) -> int:
        """The digit with the label 1."""
        return self.digits[0]

    @property
    def other(self) -> int:
        """The digit with the label 0."""
        return self.digits[1]

    @property
    def is_ascending(self) -> bool:
        """Whether the lower digit is the first one."""
        return self.first < self.other

    @property
    def words(self) -> str:
        """Both digits in words: "3 or 7"."""
        return f"{self.first} or {self.other}"

    @property
    def labels(self) -> Mapping[int, int]:
        """The label of each digit, in order."""
        return MappingProxyType({self.first: 1, self.other: 0})

    def digit(self, label: object) -> int:
        """Return the digit of a label; anything true is the label 1."""
        return self.first if label else self.other

    def answer(self, logit: float) -> int:
        """Return the digit that a raw answer means: the first one above 0."""
        return self.digit(logit > 0)

    def digits_of(self, labels: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the digits of labels, `[N]` to uint8 `[N]`."""
        import numpy as np

        return np.where(labels == 1, self.first, self.other).astype(np.uint8)


PLURALS = ("zeros", "ones", "twos", "threes", "fours", "fives", "sixes", "sevens", "eights", "nines")
"""The name of several of each digit."""


def a_digit(digit: int) -> str:
    """Return a digit with its article: "a 3", "an 8"."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


THREE_OR_SEVEN = Classes()
"""The chapter's digits, and those of every run that was kept before there were others."""
