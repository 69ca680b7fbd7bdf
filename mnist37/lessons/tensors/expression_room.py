"""Limit the room of an expression: the size of every result is counted before it is computed."""

import math
from collections.abc import Sequence

from mnist37.errors import ExpressionError

LARGEST = 1_000_000
"""Maximum numbers in one tensor (as float64: 8 MB)."""
IN_ALL = 5_000_000
"""Maximum numbers that all steps of one expression may make or read."""
STEPS = 20_000_000
"""Maximum multiplications of all `@` in one expression."""
MOST_AXES = 6
INT64 = 2**63


class Room:
    """The room that one expression has left."""

    def __init__(self) -> None:
        self._left = IN_ALL
        self._steps_left = STEPS

    def take(self, shape: Sequence[int]) -> None:
        """Reserve room for a result of that shape.

        Raises:
            ExpressionError: the result, or all results together, would be too large.
        """
        size = size_of(shape)
        if size > LARGEST:
            raise ExpressionError(
                f"A tensor of shape {list(shape)} is too large: {LARGEST:,} numbers are the most here.",
                "Take a smaller one, or a slice of it.",
            )
        if len(shape) > MOST_AXES:
            raise ExpressionError(f"{len(shape)} axes are too many: {MOST_AXES} are the most here.", "Take fewer.")
        self._left -= size
        if self._left < 0:
            raise ExpressionError(
                f"All steps together make more than {IN_ALL:,} numbers.", "Take smaller tensors, or fewer steps."
            )

    def take_steps(self, steps: int) -> None:
        """Count the multiplications of an `@`.

        Raises:
            ExpressionError: they are too many, alone or with those before.
        """
        self._steps_left -= steps
        if self._steps_left < 0:
            raise ExpressionError(
                f"@ may take {STEPS:,} multiplications here, and this takes more.", "Take fewer rows."
            )


def size_of(shape: Sequence[int]) -> int:
    """Return the size of a tensor of that shape; an axis of 0 counts as 1, because a sum over it keeps the others."""
    return math.prod(max(1, abs(size)) for size in shape)


def checked_number(value: object) -> bool | int | float:
    """Return a Python number if torch could store it.

    Raises:
        ExpressionError: an integer that does not fit into 64 bits, or not a number.
    """
    if isinstance(value, int) and not -INT64 <= value < INT64:
        raise ExpressionError("An integer has 64 bits here, and this one needs more.", "Write it as a float: 1e30.")
    if not isinstance(value, bool | int | float):
        raise ExpressionError("This gives no real number.", "Take other numbers.")
    return value


def power(base: float, exponent: float) -> bool | int | float:
    """Return `base ** exponent` of two Python numbers, with a limit on the result.

    Raises:
        ExpressionError: the result would be too large.
    """
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and abs(base) > 1 and exponent * math.log2(abs(base)) > 64:
        raise ExpressionError(f"{base} ** {exponent} needs more than 64 bits.", "Take a smaller exponent.")
    return checked_number(base**exponent)
