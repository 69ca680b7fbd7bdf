"""Make digits from labelled images of any form: 3s and 7s only, split, and bright on dark.

Only this module drops the other eight digits. It does not depend on files and forms.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnist37.data.digits import SIDE, Digits
from mnist37.data.polarity import turned_to_bright
from mnist37.errors import DataNotFound

LABELS = {"3": 1, "7": 0}
"""The label of each digit that the models learn; in this order, so that the threes come first."""

WANTED = tuple(int(digit) for digit in LABELS)
"""The digits to read; readers may skip all others to save time."""

SEED = 37  # of a split that is made here; the split is the same on every machine
VALID_FRACTION = 0.2

Images = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Images and their labels.

    Args:
        images: uint8 [N, 28, 28].
        labels: uint8 [N], 0 to 9.
    """

    images: Images
    labels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A data set as it was read.

    Args:
        train: the training set.
        valid: the validation set; None if the data set has none.
        notes: what the user should know about how it was read, in a few words each.
    """

    train: Labelled
    valid: Labelled | None
    notes: tuple[str, ...] = ()


def labelled_list(pairs: Iterable[tuple[Images, int]]) -> Labelled:
    """Collect images, uint8 [28, 28] each, and their labels."""
    images, labels = [], []
    for image, label in pairs:
        images.append(image)
        labels.append(label)
    return Labelled(np.stack(images) if images else np.zeros((0, SIDE, SIDE), np.uint8), np.array(labels, np.uint8))


def digits_of(parts: Parts, source: str) -> Digits:
    """Keep the 3s and 7s, split them if the set is not split, and make dark ink bright.

    Args:
        parts: the data set.
        source: its source, in words.

    Returns:
        The digits, threes before sevens; the end of their source names what was done to them.

    Raises:
        DataNotFound: a class is empty, or has too few images to split.
    """
    notes = list(parts.notes)
    train, n_turned = _by_class(parts.train, source)
    if parts.valid is not None:
        valid, n_more = _by_class(parts.valid, source)
        n_turned += n_more
    else:
        train, valid = _split(train, source)
        notes.append(f"split {1 - VALID_FRACTION:.0%}/{VALID_FRACTION:.0%} here (seed {SEED})".replace("%", ""))
    n_all = sum(map(len, [*train, *valid]))
    if n_turned:
        how_many = "" if n_turned == n_all else f"{n_turned:,} of {n_all:,} "
        notes.append(f"{how_many}turned to bright on dark")
    words = ", ".join([source, *notes])
    return Digits(np.concatenate(train), labels_of(train), np.concatenate(valid), labels_of(valid), words)


def labels_of(images_by_class: Iterable[Images]) -> NDArray[np.uint8]:
    """Return the labels of images that are grouped by class, in the order of `LABELS`: uint8 [N]."""
    labels = np.array(list(LABELS.values()), np.uint8)
    return np.repeat(labels, [len(images) for images in images_by_class])


def held_out(images: Images, rng: np.random.Generator) -> tuple[Images, Images]:
    """Split the images of one class into a training set and a random fifth to validate with, each in their order."""
    is_held_out = np.zeros(len(images), np.bool_)
    is_held_out[rng.permutation(len(images))[: max(1, round(len(images) * VALID_FRACTION))]] = True
    return images[~is_held_out], images[is_held_out]


def _by_class(part: Labelled, source: str) -> tuple[list[Images], int]:
    rows = {digit: np.flatnonzero(part.labels == digit) for digit in WANTED}
    for digit, found in rows.items():
        if not len(found):
            there = ", ".join(map(str, np.unique(part.labels))) or "none at all"
            raise DataNotFound(f"{source} holds no {digit}s.", f"Give a set with 3s and 7s; its digits are: {there}.")
    images, n_turned = turned_to_bright(part.images[np.concatenate(list(rows.values()))])
    cut = len(rows[WANTED[0]])
    return [images[:cut], images[cut:]], n_turned


def _split(by_class: list[Images], source: str) -> tuple[list[Images], list[Images]]:
    rng = np.random.default_rng(SEED)
    for digit, images in zip(WANTED, by_class, strict=True):
        if len(images) < 2:
            raise DataNotFound(
                f"{source} has one {digit} only, and no part to validate with.", "Give at least two of each digit."
            )
    kept, held = zip(*(held_out(images, rng) for images in by_class), strict=True)
    return list(kept), list(held)
