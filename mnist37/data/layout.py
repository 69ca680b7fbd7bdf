"""Read pictures in a folder for each class: split (such as train/3, train/7, valid/3, valid/7), or not (3, 7).

The split is that of fastai's MNIST_SAMPLE; test, val, training, Train and the like mean the same.
The folders may be on a disk or in an archive.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import PLURALS, Classes
from mnist37.data.files import Files, sort_key
from mnist37.data.form import Form, Found
from mnist37.data.origin import Progress
from mnist37.data.parts import Parts, labelled_list
from mnist37.data.picture import Pictures
from mnist37.data.splits import TRAIN, TRAIN_WORDS, first_valid_word, split_word
from mnist37.errors import DataNotFound

MOST_AROUND = 3
"""Maximum levels of folders around a set."""

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DIGITS = {str(digit): digit for digit in range(10)} | {word: digit for digit, word in enumerate(WORDS)}
DIGITS |= {plural: digit for digit, plural in enumerate(PLURALS)}
"""The names that the folder of a class may have, in any case."""

PICTURE_ENDINGS = (
    ".png", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jp2"
)  # fmt: skip

Group = dict[tuple[str, int], list[str]]
"""The paths of each class, by the name of its split's folder (empty for none) and the digit."""

Class = tuple[int, list[str]]


def find(files: Files, classes: Classes) -> Found | None:
    """Find the folders of these digits: split ones before others, then those nearest to the top.

    Raises:
        DataError: there is more than one such set, or a class is missing.
    """
    groups = _groups(files, classes.digits)
    if not groups:
        there = sorted({digit for group in _groups(files, range(10)).values() for _, digit in group})
        if not there:
            return None
        raise DataNotFound(
            f"{files.source} has folders of {', '.join(map(str, there))} only.", _remedy(classes, "train")
        )
    first = min(map(_rank, groups))
    (key, *others) = [key for key in groups if _rank(key) == first]
    if others:
        raise files.more_than_one(sorted(root for _, root in [key, *others]))
    is_unsplit, root = key
    group = groups[key]
    train, valid, notes = ("", None, ()) if is_unsplit else _splits(files, root, {split for split, _ in group})
    kept = _by_class(files, group, train, classes)
    held = _by_class(files, group, valid, classes) if valid is not None else None
    found = _Set(files, kept, held, notes)
    return Found(found.uses, found.read)


def _groups(files: Files, wanted: Collection[int]) -> dict[tuple[bool, str], Group]:
    """Return the classes of each set, by whether it is not split and by the path of the folder around it."""
    groups: dict[tuple[bool, str], Group] = defaultdict(lambda: defaultdict(list))
    for path in files.paths:
        parts = path.split("/")
        digit = DIGITS.get(parts[-2].casefold()) if len(parts) > 1 else None
        if digit is None or digit not in wanted:
            continue
        is_split = len(parts) > 2 and split_word(parts[-3]) is not None
        around = parts[: -3 if is_split else -2]
        if len(around) <= MOST_AROUND:
            groups[not is_split, "/".join(around)][parts[-3] if is_split else "", digit].append(path)
    return groups


def _rank(key: tuple[bool, str]) -> tuple[bool, int]:
    """Return the sort key of a set: split ones first, then those with fewer folders around them."""
    is_unsplit, root = key
    return is_unsplit, root.count("/") + bool(root)


def _splits(files: Files, root: str, names: set[str]) -> tuple[str, str | None, tuple[str, ...]]:
    """Return the folder to train on, the one to validate with, and notes about others."""
    train = sorted(name for name in names if split_word(name) in TRAIN_WORDS)
    word = first_valid_word(found for name in names if (found := split_word(name)) is not None)
    valid = sorted(name for name in names if split_word(name) == word)
    for same in (train, valid):
        if len(same) > 1:
            raise files.more_than_one(f"{root}/{name}".lstrip("/") for name in same)
    aside = sorted(names - {*train, *valid})
    notes = (f"{' and '.join(aside)} left aside",) if aside else ()
    return train[0] if train else TRAIN, valid[0] if valid else None, notes


def _by_class(files: Files, group: Group, split: str, classes: Classes) -> list[Class]:
    by_class = []
    for digit in classes.digits:
        paths = group.get((split, digit))
        if not paths:
            place = f"{split}/{digit}".lstrip("/")
            message = f"{files.source} has no digits in {place}: it is missing or empty."
            if not classes.is_pair:
                there = ", ".join(str(found) for found in classes.digits if group.get((split, found)))
                message = f"{files.source} has folders of {there or 'no digit'} only{f' in {split}' if split else ''}."
            raise DataNotFound(message, _remedy(classes, split))
        by_class.append((digit, sorted(paths, key=lambda path: sort_key(path.rpartition("/")[2]))))
    return by_class


def _remedy(classes: Classes, split: str) -> str:
    if not classes.is_pair:
        return f"Give the digits as PNG files in {'train/0 to train/9 and valid/0 to valid/9' if split else '0 to 9'}."
    first, other = classes.digits
    if not split:
        return f"Give the digits as PNG files in folders named {first} and {other}."
    return f"Give the digits as PNG files in train/{first}, train/{other}, valid/{first} and valid/{other}."


@dataclass(frozen=True, slots=True)
class _Set:
    """A data set that was found, with the paths of each class."""

    files: Files
    train: list[Class]
    valid: list[Class] | None
    notes: tuple[str, ...]

    @property
    def uses(self) -> tuple[str, ...]:
        return tuple(path for _, paths in [*self.train, *(self.valid or [])] for path in paths)

    def read(self, pictures: Pictures, progress: Progress) -> Parts:
        """Decode every file, by class, in the order of their names."""
        total, count = len(self.uses), itertools.count()

        def decoded(classes: list[Class]) -> Iterator[tuple[NDArray[np.uint8], int]]:
            for digit, path in ((digit, path) for digit, paths in classes for path in paths):
                if (done := next(count)) % 500 == 0:
                    progress("Reading the digits", done / total)
                image = pictures.decode(self.files.read(path, pictures.limit), self.files.name(path))
                if image is not None:
                    yield image, digit

        train = labelled_list(decoded(self.train))
        return Parts(train, labelled_list(decoded(self.valid)) if self.valid is not None else None, self.notes)


FORM = Form(
    "pictures in a folder for each class: train/3, train/7, valid/3 and valid/7 (also test, val, training, Train ...), "
    "or 3 and 7 alone",
    find,
    lambda path: path.casefold().endswith(PICTURE_ENDINGS),
)
