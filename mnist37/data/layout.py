"""The layout of fastai's MNIST_SAMPLE (train/3, train/7, valid/3, valid/7), from files in memory to digits.

This module does not care whether the files lay in a folder or in an archive.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from mnist37.data.digits import Digits
from mnist37.data.origin import Progress
from mnist37.data.png import decode_png
from mnist37.errors import DataNotFound

LABELS = {"3": 1, "7": 0}  # in this order, so that the threes come first
PLACES = tuple((split, digit) for split in ("train", "valid") for digit in LABELS)

Place = tuple[str, str]
"""A class folder: ("train", "3")."""

ReadFile = Callable[[], bytes]

LAYOUT = "Give the digits as PNG files in train/3, train/7, valid/3 and valid/7."


def is_junk(name: str) -> bool:
    """Whether an operating system leaves a file of this name wherever it goes (.DS_Store, ._10.png, Thumbs.db)."""
    return name.startswith(".") or name.casefold() in {"thumbs.db", "desktop.ini", "__macosx"}


def sort_key(name: str) -> bytes:
    """The order of the digits: by the bytes of their names, which no locale changes and every name has."""
    return name.encode("utf-8", "surrogateescape")


def read_layout(files: Mapping[Place, Mapping[str, ReadFile]], source: str, progress: Progress) -> Digits:
    """Decode every file, in the order of their names, threes before sevens.

    Args:
        files: for each class folder, how to get the bytes of each file.
        source: where they come from, in words.
        progress: told after every few hundred files.

    Returns:
        The digits.

    Raises:
        DataNotFound: a class folder is missing or empty.
        BadImage: a file is not a grey PNG of 28x28.
    """
    for split, digit in PLACES:
        if not files.get((split, digit)):
            raise DataNotFound(f"{source} has no digits in {split}/{digit}: it is missing or empty.", LAYOUT)
    images = np.stack(list(_decode_all(files, source, progress)))
    labels = np.concatenate([np.full(len(files[place]), LABELS[place[1]], np.uint8) for place in PLACES])
    n_train = sum(len(files["train", digit]) for digit in LABELS)
    return Digits(images[:n_train], labels[:n_train], images[n_train:], labels[n_train:], source)


def _decode_all(
    files: Mapping[Place, Mapping[str, ReadFile]], source: str, progress: Progress
) -> Iterator[NDArray[np.uint8]]:
    total, done = sum(len(files[place]) for place in PLACES), 0
    for place in PLACES:
        for name in sorted(files[place], key=sort_key):
            if done % 500 == 0:
                progress("Reading the digits", done / total)
            yield decode_png(files[place][name](), f"{source}: {'/'.join(place)}/{name}")
            done += 1
