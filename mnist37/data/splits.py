"""Names of the parts of a data set: which folder or file is the training set, and which is the validation set."""

import re
from collections.abc import Iterable

TRAIN = "train"
VALID = "valid"

TRAIN_WORDS = ("train", "training")
VALID_WORDS = ("valid", "validation", "val", "dev", "test", "testing", "t10k")
"""The first one found is used: a test part is ignored if there is a validation part."""

_ADDED = ("", "set", "data", "images", "digits")
_NAMES = {word + added: word for word in (*TRAIN_WORDS, *VALID_WORDS) for added in _ADDED}


def split_word(name: str) -> str | None:
    """Return the word of `TRAIN_WORDS` or `VALID_WORDS` that a folder's name means; None for any other name."""
    return _NAMES.get(re.sub(r"[ _.-]", "", name.casefold()))


def split_word_of_file(path: str) -> str | None:
    """Return the word in a file's name, else that of its folder: `mnist_train.csv`, `test/0000.parquet`."""
    *folders, file = path.split("/")
    for word in re.findall(r"[a-z]+[0-9]*[a-z]*", file.casefold().split(".")[0]):
        found = split_word(word)
        if found is not None:
            return found
    return split_word(folders[-1]) if folders else None


def first_valid_word(words: Iterable[str]) -> str | None:
    """Return the first word of `VALID_WORDS` that is among these; None if there is none."""
    there = set(words)
    return next((word for word in VALID_WORDS if word in there), None)
