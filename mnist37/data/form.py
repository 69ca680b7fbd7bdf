"""The interface of a form of a data set: a new form is one new file and one line in `forms`."""

from collections.abc import Callable
from dataclasses import dataclass

from mnist37.classes import Classes
from mnist37.data.files import Files
from mnist37.data.origin import Progress
from mnist37.data.parts import Parts
from mnist37.data.picture import Pictures

Read = Callable[[Pictures, Progress], Parts]


@dataclass(frozen=True, slots=True)
class Found:
    """A data set of one form that was found among some files.

    Args:
        uses: the paths of the files that `read` reads.
        read: reads the data set; may raise DataError.
    """

    uses: tuple[str, ...]
    read: Read


@dataclass(frozen=True, slots=True)
class Form:
    """A form of data set.

    Args:
        reads: its description, in words that end the sentence "Give …".
        find: finds a data set of this form with these digits; may raise DataError if one is incomplete. What it finds
            may hold other digits too, or skip them to save time.
        is_near: whether a file of this path looks like a part of such a set, for the advice in an error.
    """

    reads: str
    find: Callable[[Files, Classes], Found | None]
    is_near: Callable[[str], bool]
