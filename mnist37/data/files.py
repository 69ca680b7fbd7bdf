"""Files by their path, wherever they lie: what a folder and an archive have in common for the forms that are read.

This module opens nothing; see `folder` and `archive`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from mnist37.errors import DataError

LARGEST_PICTURE = 4 * 2**20
"""Bytes of a picture of one digit. A folder or an archive with larger ones holds something else."""

LARGEST_TABLE = 256 * 2**20
"""Bytes of a file that holds many digits. MNIST's 60,000 as CSV take 110 MB."""


class Files(ABC):
    """The files of one folder or archive; what an operating system leaves behind is not among them.

    Args:
        source: the folder or the archive, in words.
        paths: of each file, with slashes between folders.
        empty_folders: the folders in which no file lies, for what a refusal shows.
    """

    def __init__(self, source: str, paths: Iterable[str], empty_folders: Iterable[str] = ()) -> None:
        self.source = source
        self.paths = tuple(sorted(paths, key=sort_key))
        self.empty_folders = tuple(empty_folders)

    @abstractmethod
    def read(self, path: str, limit: int) -> bytes:
        """Return what a file holds.

        Raises:
            DataError: it is larger than `limit` bytes, or no plain file, or damaged.
        """

    @abstractmethod
    def head(self, path: str, size: int) -> bytes:
        """Return the first `size` bytes of a file, fewer where it is shorter."""

    @abstractmethod
    def name(self, path: str) -> str:
        """Return what an error calls a file."""

    @abstractmethod
    def more_than_one(self, sets: Iterable[str]) -> DataError:
        """Return the error for more than one set of digits."""


def is_junk(name: str) -> bool:
    """Whether an operating system leaves a file of this name wherever it goes (.DS_Store, ._10.png, Thumbs.db)."""
    return name.startswith(".") or name.casefold() in {"thumbs.db", "desktop.ini", "__macosx"}


def sort_key(name: str) -> bytes:
    """The order of the digits: by the bytes of their names, which no locale changes and every name has."""
    return name.encode("utf-8", "surrogateescape")
