"""The common interface of a folder and an archive: files by their path.

`folder` and `archive` implement it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from mnist37.errors import DataError

LARGEST_PICTURE = 4 * 2**20
"""Maximum bytes of a picture of one digit."""

LARGEST_TABLE = 256 * 2**20
"""Maximum bytes of a file that holds many digits. MNIST's 60,000 as CSV take 110 MB."""


class Files(ABC):
    """The files of one folder or archive, without an operating system's own files (see `is_junk`).

    Args:
        source: the folder or the archive, in words.
        paths: the path of each file, with slashes between folders.
        empty_folders: the folders without files, which an error lists.
    """

    def __init__(self, source: str, paths: Iterable[str], empty_folders: Iterable[str] = ()) -> None:
        self.source = source
        self.paths = tuple(sorted(paths, key=sort_key))
        self.empty_folders = tuple(empty_folders)

    @abstractmethod
    def read(self, path: str, limit: int) -> bytes:
        """Return the content of a file.

        Raises:
            DataError: it is larger than `limit` bytes, not a plain file, or damaged.
        """

    @abstractmethod
    def head(self, path: str, size: int) -> bytes:
        """Return the first `size` bytes of a file, fewer where it is shorter."""

    @abstractmethod
    def name(self, path: str) -> str:
        """Return the name of a file for errors."""

    @abstractmethod
    def more_than_one(self, sets: Iterable[str]) -> DataError:
        """Return the error for more than one set of digits."""


def is_junk(name: str) -> bool:
    """Return whether an operating system makes files of this name by itself (.DS_Store, ._10.png, Thumbs.db)."""
    return name.startswith(".") or name.casefold() in {"thumbs.db", "desktop.ini", "__macosx"}


def sort_key(name: str) -> bytes:
    """Return the sort key of a digit: the bytes of its name, which do not depend on the locale."""
    return name.encode("utf-8", "surrogateescape")
