"""What every form of a data set tells the loader, so that a new form is one new file and one line in `forms`.

This module knows no form.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mnist37.data.files import Files
from mnist37.data.origin import Progress
from mnist37.data.parts import Parts
from mnist37.data.picture import Pictures

Read = Callable[[Pictures, Progress], Parts]


@dataclass(frozen=True, slots=True)
class Found:
    """A data set of a form among some files.

    Args:
        uses: the paths of the files that are read.
        read: reads the set; may raise DataError.
    """

    uses: tuple[str, ...]
    read: Read


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which people keep digits.

    Args:
        reads: what it looks like, in words that end the sentence "Give …".
        find: finds a data set of this form; may raise DataError where there is one that is not complete.
        is_near: whether a file of this path looks like a part of such a set, for the advice in a refusal.
    """

    reads: str
    find: Callable[[Files], Found | None]
    is_near: Callable[[str], bool]
