"""Digits from a folder in the layout of fastai's MNIST_SAMPLE.

This module lists and stats files; `layout` says what they mean.
"""

import hashlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mnist37.data.layout import PLACES, Place, is_junk, read_layout, sort_key
from mnist37.data.origin import Origin
from mnist37.data.png import REMEDY
from mnist37.errors import BadImage

LARGEST_FILE = 4 * 2**20


def folder_origin(folder: Path) -> Origin:
    """Describe a folder without reading any file in it.

    Args:
        folder: holds train and valid, or a single folder that holds them.

    Returns:
        Its origin; the stamp covers the names, sizes and times of all files.
    """
    root = _find_root(folder)
    listing = {place: _list_files(root.joinpath(*place)) for place in PLACES}
    files = {place: {entry.name: _reader(entry) for entry in entries} for place, entries in listing.items()}
    return Origin(f"folder {folder}", _stamp(listing), partial(read_layout, files, str(folder)))


def _find_root(folder: Path) -> Path:
    if (folder / "train").is_dir():
        return folder
    inside = [child for child in folder.iterdir() if child.is_dir() and not is_junk(child.name)]
    # With any other content than one set of digits, the folder itself is what an error should speak of.
    return inside[0] if len(inside) == 1 and (inside[0] / "train").is_dir() else folder


def _list_files(folder: Path) -> list["os.DirEntry[str]"]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        kept = [entry for entry in entries if not is_junk(entry.name) and not entry.is_dir()]
    return sorted(kept, key=lambda entry: sort_key(entry.name))


def _stamp(listing: dict[Place, list["os.DirEntry[str]"]]) -> str:
    digest = hashlib.sha256()
    for place, entries in listing.items():
        digest.update(f"{place}\0".encode())
        for entry in entries:
            found = entry.stat()
            digest.update(sort_key(f"{entry.name}\0{found.st_size}\0{found.st_mtime_ns}\0"))
    return digest.hexdigest()


def _reader(entry: "os.DirEntry[str]") -> Callable[[], bytes]:
    def read() -> bytes:
        # A pipe or a device would block or never end, and a huge file is no digit.
        if not entry.is_file() or entry.stat().st_size > LARGEST_FILE:
            raise BadImage(f"{entry.path} is not a PNG image.", REMEDY)
        return Path(entry.path).read_bytes()

    return read
