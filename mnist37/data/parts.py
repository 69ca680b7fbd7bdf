"""Make digits from labelled images of any form: those to tell apart only, split, and bright on dark.

Only this module drops the other digits. It does not depend on files and forms.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data.digits import SIDE, Digits
from mnist37.data.polarity import turned_to_bright
from mnist37.errors import DataNotFound

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


def digits_of(parts: Parts, source: str, classes: Classes = THREE_OR_SEVEN) -> Digits:
    """Keep the digits to tell apart, split them if the set is not split, and make dark ink bright.

    Args:
        parts: the data set.
        source: its source, in words.
        classes: the digits to keep.

    Returns:
        The digits, by class in the order of `classes`; the end of their source names what was done to them.

    Raises:
        DataNotFound: a class is empty, or has too few images to split.
    """
    notes = list(parts.notes)
    train, n_turned = _by_class(parts.train, source, classes)
    if parts.valid is not None:
        valid, n_more = _by_class(parts.valid, source, classes)
        n_turned += n_more
    else:
        train, valid = _split(train, source, classes)
        notes.append(f"split {1 - VALID_FRACTION:.0%}/{VALID_FRACTION:.0%} here (seed {SEED})".replace("%", ""))
    n_all = sum(map(len, [*train, *valid]))
    if n_turned:
        how_many = "" if n_turned == n_all else f"{n_turned:,} of {n_all:,} "
        notes.append(f"{how_many}turned to bright on dark")
    words = ", ".join([source, *notes])
    return joined(train, valid, words, classes)


def joined(train: list[Images], valid: list[Images], source: str, classes: Classes) -> Digits:
    """Return digits from images that are grouped by class, in the order of `classes`."""

    def labels(by_class: list[Images]) -> NDArray[np.uint8]:
        return np.repeat(np.array(list(classes.labels.values()), np.uint8), [len(images) for images in by_class])

    images = np.concatenate(train), np.concatenate(valid)
    return Digits(images[0], labels(train), images[1], labels(valid), source, classes=classes)


def held_out(images: Images, rng: np.random.Generator) -> tuple[Images, Images]:
    """Split the images of one class into a training set and a random fifth to validate with, each in their order."""
    is_held_out = np.zeros(len(images), np.bool_)
    is_held_out[rng.permutation(len(images))[: max(1, round(len(images) * VALID_FRACTION))]] = True
    return images[~is_held_out], images[is_held_out]


def _by_class(part: Labelled, source: str, classes: Classes) -> tuple[list[Images], int]:
    rows = {digit: np.flatnonzero(part.labels == digit) for digit in classes.digits}
    for digit, found in rows.items():
        if not len(found):
            there = ", ".join(map(str, np.unique(part.labels))) or "none at all"
            wanted = " and ".join(f"{each}s" for each in classes.digits) if classes.is_pair else "all ten digits"
            raise DataNotFound(f"{source} holds no {digit}s.", f"Give a set with {wanted}; its digits are: {there}.")
    images, n_turned = turned_to_bright(part.images[np.concatenate(list(rows.values()))])
    return np.split(images, np.cumsum([len(found) for found in rows.values()])[:-1]), n_turned


def _split(by_class: list[Images], source: str, classes: Classes) -> tuple[list[Images], list[Images]]:
    rng = np.random.default_rng(SEED)
    for digit, images in zip(classes.digits, by_class, strict=True):
        if len(images) < 2:
            raise DataNotFound(
                f"{source} has one {digit} only, and no part to validate with.", "Give at least two of each digit."
            )
    kept, held = zip(*(held_out(images, rng) for images in by_class), strict=True)
    return list(kept), list(held)
