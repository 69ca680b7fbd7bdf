"""The files of a folder, or a single file, by path: listed without reading any, and read within limits.

This module lists and stats files; the forms interpret them.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from mnist37.data.files import LARGEST_PICTURE, Files, is_junk, sort_key
from mnist37.data.png import REMEDY
from mnist37.errors import BadImage, DataError, DataNotFound

LARGEST_FILE = LARGEST_PICTURE
DEEPEST = 6
"""Maximum levels of folders that are searched: three around a set, its split, its classes, and one for a link."""

MOST_FILES = 200_000


class FolderFiles(Files):
    """The files of a folder, or a single file in it.

    Args:
        folder: an existing folder.
        only: the name of the one file to use; None for all.

    Raises:
        DataNotFound: there are more than 200,000 files.
        OSError: the folder cannot be read.
    """

    def __init__(self, folder: Path, only: str | None = None) -> None:
        self.folder = folder
        paths, empty = ([only], []) if only is not None else _walk(folder)
        super().__init__(str(folder / only if only is not None else folder), paths, empty)

    def stamp(self, paths: Iterable[str]) -> str:
        """Return a hash that changes when one of these files is added, removed or written again."""
        digest = hashlib.sha256()
        for path in paths:
            found = (self.folder / path).stat()
            digest.update(sort_key(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0"))
        return digest.hexdigest()

    def read(self, path: str, limit: int) -> bytes:
        """Return the content of a file; see `Files`."""
        place = self.folder / path
        # Reading a pipe or a device could block or never end. A huge file is no digit.
        if not place.is_file() or place.stat().st_size > limit:
            if limit <= LARGEST_PICTURE:
                raise BadImage(f"{place} is not a PNG image.", REMEDY)
            raise DataError(f"{place} is no file, or larger than {limit >> 20} MiB.", "Give a smaller file.")
        return place.read_bytes()

    def head(self, path: str, size: int) -> bytes:
        """Return a file's first bytes."""
        place = self.folder / path
        if not place.is_file():
            return b""
        with place.open("rb") as file:
            return file.read(size)

    def name(self, path: str) -> str:
        """Return the whole path."""
        return str(self.folder / path)

    def more_than_one(self, sets: Iterable[str]) -> DataError:
        """Return the error for more than one set of digits."""
        return DataNotFound(f"{self.source} holds more than one set of digits: {', '.join(sets)}.", "Give one of them.")


def _walk(folder: Path) -> tuple[list[str], list[str]]:
    paths: list[str] = []
    empty: list[str] = []
    for path, is_folder in _below(folder, "", DEEPEST):
        (empty if is_folder else paths).append(path)
        if len(paths) > MOST_FILES:
            raise DataNotFound(f"{folder} holds more than {MOST_FILES:,} files.", "Give the folder with the digits.")
    return paths, empty


def _below(folder: Path | str, prefix: str, depth: int) -> Iterator[tuple[str, bool]]:
    """Yield the path of each file below a folder and of each empty folder, and whether it is an empty folder."""
    try:
        with os.scandir(folder) as entries:
            kept = [entry for entry in entries if not is_junk(entry.name)]
    except OSError:
        if not prefix:
            raise
        return  # a subfolder without read permission; missing files are reported later
    if prefix and not kept:
        yield prefix.rstrip("/"), True
    for entry in kept:
        if not entry.is_dir():
            yield prefix + entry.name, False
        elif depth > 1:
            yield from _below(entry.path, f"{prefix}{entry.name}/", depth - 1)
