"""The interface of a source of digits: a new source is one new file."""

from collections.abc import Callable
from dataclasses import dataclass

from mnist37.data.digits import Digits

Progress = Callable[[str, float], None]
"""Called with a message and the fraction done, 0 to 1."""


@dataclass(frozen=True)
class Origin:
    """A place that digits can be read from.

    Attributes:
        key: the name of the place, for the cache; it does not depend on the content.
        stamp: changes when the content changes; cheap, because every load needs it.
        read: reads the digits and reports progress.
    """

    key: str
    stamp: str
    read: Callable[[Progress], Digits]
