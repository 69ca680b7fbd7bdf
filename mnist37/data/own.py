"""A visitor's own digits: labelled drawings, a PNG file each, to train on besides the others.

A set is in the folders `own/<id>/0` to `own/<id>/9` under `mnist37.home`. Anyone who has its id may use it; ids cannot
be guessed. Threads and processes may read, add and remove at the same time. `Digits.with_own` adds those of its
digits to the training set, never to the validation set.
"""

import io
import re
import secrets
import threading
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist37.classes import Classes
from mnist37.data.digits import SIDE
from mnist37.data.folder import LARGEST_FILE
from mnist37.data.own_files import OwnFiles, Refused, read_own_files, read_own_zip
from mnist37.data.png import decode_png
from mnist37.errors import BadImage, OwnSetError
from mnist37.home import home, write_whole

MOST_OWN = 1_000

_ID = re.compile(r"[0-9a-f]{32}")
_NAME = re.compile(r"[0-9]/([0-9]{4,9})-[0-9a-f]{8}\.png")  # a number in the order of adding; names are never reused
_adding = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class OwnDigits:
    """The content of a set at one moment.

    Args:
        names: the name of each digit, such as "3/0001-9f86d081.png"; a name is never used for another one.
        images: uint8 [N, 28, 28], 0 = paper, 255 = ink.
        digits: uint8 [N], 0 to 9, ascending; equal ones in the order of adding.
        notices: a sentence for each damaged file; such files are not deleted.
    """

    names: tuple[str, ...]
    images: NDArray[np.uint8]
    digits: NDArray[np.uint8]
    notices: tuple[str, ...]

    def of(self, classes: Classes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return the images and labels of these digits: the first one's, then the next one's, in the order of adding.

        Returns:
            uint8 [M, 28, 28], and uint8 [M], as the labels of `Digits`; M is 0 if the set holds none of them.
        """
        order = np.concatenate([np.flatnonzero(self.digits == digit) for digit in classes.digits])
        return self.images[order], classes.labels_of(self.digits[order])


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import.

    Args:
        taken: the names of the digits that were added.
        refused: the files that were refused, and why.
    """

    taken: tuple[str, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class OwnSet:
    """The digits of one visitor.

    Args:
        id: 32 hex digits.

    Raises:
        OwnSetError: the id is not valid.
    """

    id: str

    def __post_init__(self) -> None:
        if not self.is_id(self.id):
            raise OwnSetError("There is no such set of digits.", "Begin a new one.")

    @staticmethod
    def is_id(text: str) -> bool:
        """Return whether a text may be the id of a set."""
        return _ID.fullmatch(text) is not None

    @classmethod
    def new(cls) -> "OwnSet":
        """Return an empty set with a new secret id; nothing is written before a digit is added."""
        return cls(secrets.token_hex(16))

    @property
    def folder(self) -> Path:
        """The folder of the set; it need not exist."""
        return home() / "own" / self.id

    def names(self) -> list[str]:
        """Return the names of its files, damaged ones too: by digit, and in the order of adding.

        Raises:
            OwnSetError: the folder cannot be read.
        """
        found: list[str] = []
        for digit in range(10):
            try:
                here = [f"{digit}/{path.name}" for path in (self.folder / str(digit)).iterdir()]
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _unusable(self.folder, error) from error
            found += sorted((name for name in here if _NAME.fullmatch(name)), key=lambda name: (_number(name), name))
        return found

    def read(self) -> OwnDigits:
        """Read all digits in the set.

        Raises:
            OwnSetError: the folder cannot be read.
        """
        images: dict[str, NDArray[np.uint8]] = {}
        notices: list[str] = []
        for name in self.names():
            try:
                images[name] = self._image(name)
            except FileNotFoundError:
                continue  # it was removed meanwhile
            except (BadImage, OSError):
                notices.append(f"Your digit {name} is damaged and was left out.")
        stack = np.stack(list(images.values())) if images else np.zeros((0, SIDE, SIDE), np.uint8)
        digits = np.array([int(name[0]) for name in images], np.uint8)
        return OwnDigits(tuple(images), stack, digits, tuple(notices))

    def _image(self, name: str) -> NDArray[np.uint8]:
        path = self.folder / name
        if path.stat().st_size > LARGEST_FILE:
            raise BadImage(f"{name} is too large for a digit.", "Remove it.")
        return decode_png(path.read_bytes(), name)

    def add(self, image: NDArray[np.uint8], digit: int) -> str:
        """Keep a drawing.

        Args:
            image: uint8 [28, 28], 0 = paper, 255 = ink; see `to_mnist`.
            digit: 0 to 9.

        Returns:
            Its name.

        Raises:
            BadImage: another shape or dtype, or a blank drawing.
            OwnSetError: this is no digit, or the set is full or cannot be written.
        """
        if image.dtype != np.uint8 or image.shape != (SIDE, SIDE) or not image.any():
            what = "is blank" if not image.any() else f"is {image.dtype} {list(image.shape)} instead of uint8 [28, 28]"
            raise BadImage(f"The drawing {what}.", "Draw a digit.")
        if digit not in range(10):
            raise OwnSetError(f"A drawing cannot be kept as {digit!r}.", "Give a digit from 0 to 9.")
        names = self._add_all(image[None], np.array([digit], np.uint8))
        if not names:
            raise OwnSetError(f"The set holds {MOST_OWN:,} digits and is full.", "Remove some of them first.")
        return names[0]

    def remove(self, name: str) -> None:
        """Delete a digit; do nothing if it is already deleted.

        Raises:
            OwnSetError: the name is not valid, or the digit cannot be deleted.
        """
        if not _NAME.fullmatch(name):
            raise OwnSetError("There is no such digit in the set.", "Choose one of those that are shown.")
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise _unusable(self.folder, error) from error

    def to_zip(self) -> bytes:
        """Return the set as a .zip with the digits in `0/*.png` to `9/*.png`; equal sets give equal bytes.

        Raises:
            OwnSetError: the folder cannot be read.
        """
        digits, packed = self.read(), io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, image in zip(digits.names, digits.images, strict=True):
                archive.writestr(zipfile.ZipInfo(name), _png(image))
        return packed.getvalue()

    def import_zip(self, data: bytes) -> Imported:
        """Add the digits in an untrusted .zip; see `read_own_zip`.

        Raises:
            BadArchive: it cannot be read or is unsafe; then nothing is added.
            OwnSetError: the set cannot be written; some of them may have been added.
        """
        return self._take(read_own_zip(data, self._room()))

    def import_files(self, files: Iterable[tuple[str, bytes]]) -> Imported:
        """Add the digits in single files, by path; see `read_own_files`.

        Raises:
            BadArchive: a path climbs out, or there are too many files; then nothing is added.
            OwnSetError: the set cannot be written; some of them may have been added.
        """
        return self._take(read_own_files(files, self._room()))

    def _room(self) -> int:
        return max(0, MOST_OWN - len(self.names()))

    def _take(self, found: OwnFiles) -> Imported:
        return Imported(tuple(self._add_all(found.images, found.digits)), found.refused)

    def _add_all(self, images: NDArray[np.uint8], digits: NDArray[np.uint8]) -> list[str]:
        """Add as many digits as the set has room for; return their names."""
        with _adding:
            last, room = max(map(_number, self.names()), default=0), self._room()
            names = [
                f"{digit}/{number:04}-{secrets.token_hex(4)}.png"
                for number, digit in enumerate(digits[:room], start=last + 1)
            ]
            try:
                for name, image in zip(names, images, strict=False):
                    (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                    write_whole(self.folder / name, _png(image))
            except OSError as error:
                raise _unusable(self.folder, error) from error
        return names


def _number(name: str) -> int:
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else 0


def _png(image: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


def _unusable(folder: Path, error: OSError) -> OwnSetError:
    return OwnSetError(
        f"Your digits cannot be kept in {folder.parent} ({error.strerror or error}).",
        "Make room on the disk, or set MNIST37_HOME to a folder that you may write to.",
    )
