"""A limit that whoever starts the server sets by an environment variable."""

import os
from dataclasses import dataclass

from mnist37.errors import EngineError


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit, and the environment variable that sets it.

    Args:
        variable: its name.
        default: where the variable is not set.
        highest: the most that it can be set to; the least is 1 for a whole number, and above 0 for another one.
        is_whole: whether it is a whole number.
    """

    variable: str
    default: float
    highest: float
    is_whole: bool = True

    @property
    def who_can_raise_it(self) -> str:
        """A sentence for a visitor who has reached the limit."""
        return f"Whoever started the server can allow more: {self.variable}."

    @property
    def value(self) -> float:
        """The limit: what the variable says, or the default where it is not set.

        Raises:
            EngineError: the variable is no number in the limit's range.
        """
        told = os.environ.get(self.variable)
        if not told:
            return self.default
        try:
            value = float(told) if told.isascii() else 0.0
        except ValueError:
            value = 0.0
        if not 0 < value <= self.highest or (self.is_whole and not told.isdecimal()):
            numbers = f"a whole number from 1 to {self.highest:g}" if self.is_whole else f"above 0, to {self.highest:g}"
            raise EngineError(f"{self.variable} is {told!r}.", f"Set it to {numbers}, or unset it.")
        return value
