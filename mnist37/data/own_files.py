"""Read a visitor's own digits from a .zip or single files, safely even if a file is malicious.

The folder of a picture names its digit: 0 to 9, or a word such as `seven`. Nothing is extracted to disk. A file that is
no picture of a digit is refused, while the others are used. Keeping the digits is in `own`.
"""

import io
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnist37.data.archive import DAMAGE, LARGEST_MEMBER, LARGEST_TOTAL, safe_parts, zip_members
from mnist37.data.drawing import to_mnist
from mnist37.data.file_kinds import other_kind, readable_kind
from mnist37.data.files import is_junk
from mnist37.data.harmless import harmless
from mnist37.data.ink import ink_from_bytes
from mnist37.data.layout import DIGITS
from mnist37.data.picture_file import count_pixels
from mnist37.data.png import decode_png
from mnist37.data.several import find_digits
from mnist37.data.zip_directory import zip_directory
from mnist37.errors import BadArchive, BadImage

MOST_FILES = 4_000
LONGEST_LIST = 2**20  # bytes of a zip's list of members: 260 for each
MOST_PIXELS = 200_000_000  # of all pictures that must be prepared: some seconds of work
LONGEST_NAME = 100

REMEDY = "Give a .zip of at most 4,000 files, with pictures in folders named 0 to 9."

NO_DIGIT = "it lies in no folder named 0 to 9"
NO_ROOM = "there is no room for more"
NO_PICTURE = "it is no picture that can be read"
SEVERAL = "it holds {} digits"
NO_INK = "nothing is drawn on it"
TOO_LARGE = "it is too large, or all pictures are together"


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was refused.

    Args:
        name: its path as plain words; it comes from an untrusted source.
        why: one of the reasons in this module.
    """

    name: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class OwnFiles:
    """The digits found in a visitor's files.

    Args:
        images: uint8 [N, 28, 28], 0 = paper, 255 = ink.
        digits: uint8 [N], 0 to 9.
        refused: the other files, without an operating system's own files.
    """

    images: NDArray[np.uint8]
    digits: NDArray[np.uint8]
    refused: tuple[Refused, ...]


def read_own_zip(data: bytes, room: int) -> OwnFiles:
    """Read the digits in a .zip; see `read_own_files`.

    Args:
        data: the file, from an untrusted source.
        room: the maximum number of digits to read.

    Raises:
        BadArchive: it is no .zip, damaged, too large, or holds a path that climbs out or a link.
    """
    try:
        directory = zip_directory(data)
        if directory is None or len(data) > LARGEST_TOTAL:
            raise BadArchive(_no_zip(data), REMEDY)
        if directory[0] > MOST_FILES or directory[1] > LONGEST_LIST:
            raise BadArchive(f"The .zip holds more than {MOST_FILES:,} files.", REMEDY)
        return read_own_files(zip_members("The .zip", io.BytesIO(data)), room)
    except BadArchive as error:
        raise BadArchive(harmless(error.message), REMEDY) from None
    except (*DAMAGE, struct.error, RuntimeError, OSError) as error:
        raise BadArchive(f"The .zip is damaged ({harmless(str(error))}).", REMEDY) from error


def _no_zip(data: bytes) -> str:
    if data.startswith(b"PK"):
        return "The file is no .zip, or is damaged."
    picture = readable_kind(data)
    return f"The file is no .zip: it is {f'a picture ({picture})' if picture else other_kind(data)}."


def read_own_files(files: Iterable[tuple[str, bytes]], room: int) -> OwnFiles:
    """Read pictures whose folder names their digit, such as `7/a.png`, `train/3/b.png` or `Fours/c.jpg`; see `DIGITS`.

    A grey PNG of 28x28 on a dark ground is used unchanged; any other picture is prepared as a drawing is.

    Args:
        files: paths and contents.
        room: the maximum number of digits to read.

    Returns:
        The digits in the order of the files, and the refused files.

    Raises:
        BadArchive: a path climbs out.
    """
    images: list[NDArray[np.uint8]] = []
    digits: list[int] = []
    refused: list[Refused] = []
    reader = _Reader(MOST_PIXELS)
    for name, folder, data in _with_folders(files):
        try:
            digit = DIGITS.get(folder.casefold())
            if digit is None:
                raise _Refusal(NO_DIGIT)
            if len(images) >= room:
                raise _Refusal(NO_ROOM)
            images.append(reader.image(data))
        except _Refusal as refusal:
            refused.append(Refused(harmless(name[-LONGEST_NAME:]), str(refusal)))
        else:
            digits.append(digit)
    stack = np.stack(images) if images else np.zeros((0, 28, 28), np.uint8)
    return OwnFiles(stack, np.array(digits, np.uint8), tuple(refused))


class _Refusal(Exception):
    """The reason why a file is refused."""


def _with_folders(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, str, bytes]]:
    """Yield the path, the name of the folder and the content of each file, without an operating system's own files."""
    for count, (name, data) in enumerate(files, start=1):
        if count > MOST_FILES:
            raise BadArchive(f"These are more than {MOST_FILES:,} files.", REMEDY)
        parts = safe_parts("The .zip", name)
        if not name.endswith("/") and not any(is_junk(part) for part in parts):
            yield name, parts[-2] if len(parts) > 1 else "", data


class _Reader:
    """Reads pictures within a limit on their total pixels; damaged ones count too."""

    def __init__(self, most_pixels: int) -> None:
        self.pixels_left = most_pixels

    def image(self, data: bytes) -> NDArray[np.uint8]:
        """Read a digit, uint8 [28, 28]; raise _Refusal if that is not possible."""
        if len(data) > LARGEST_MEMBER:
            raise _Refusal(TOO_LARGE)
        try:
            image = _mnist_png(data)
            if image is None:
                image = self._prepared(data)
        except BadImage:
            raise _Refusal(NO_PICTURE) from None
        if not image.any():
            raise _Refusal(NO_INK)
        return image

    def _prepared(self, data: bytes) -> NDArray[np.uint8]:
        n_pixels = count_pixels(data)
        if n_pixels > self.pixels_left:
            raise _Refusal(TOO_LARGE)
        self.pixels_left -= n_pixels
        ink = ink_from_bytes(data)
        count = len(find_digits(ink))
        if count > 1:
            raise _Refusal(SEVERAL.format(count))
        return to_mnist(ink).image


def _mnist_png(data: bytes) -> NDArray[np.uint8] | None:
    try:
        image = decode_png(data, "it")
    except BadImage:
        return None
    return image if np.median(image) < 128 else None
