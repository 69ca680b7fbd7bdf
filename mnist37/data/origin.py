"""What every source of digits tells the loader, so that a new source is one new file.

This module knows no format.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mnist37.data.digits import Digits

Progress = Callable[[str, float], None]
"""Called with what is going on, in words, and how far it is: 0 to 1."""


@dataclass(frozen=True)
class Origin:
    """A place that digits can be read from.

    Attributes:
        key: names the place, for the cache; the same place has the same key whatever lies there.
        stamp: changes when what lies there changes; cheap, since it is asked at every load.
        read: reads the digits, reporting progress.
    """

    key: str
    stamp: str
    read: Callable[[Progress], Digits]
