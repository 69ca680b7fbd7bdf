"""Read CSV files with a digit in each line: Kaggle's train.csv (label, pixel0 ... pixel783), mnist_train.csv, its test.

They may have a header, and may be packed by gzip. A line of another digit is dropped before its greys are parsed.
"""

import gzip
import io
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from mnist37.classes import Classes
from mnist37.data.digits import SIDE
from mnist37.data.files import LARGEST_TABLE, Files
from mnist37.data.form import Form, Found
from mnist37.data.greys import labelled
from mnist37.data.origin import Progress
from mnist37.data.parts import Labelled, Parts
from mnist37.data.picture import Pictures
from mnist37.data.splits import TRAIN_WORDS, first_valid_word, split_word, split_word_of_file
from mnist37.errors import BadArchive, DataError, DataNotFound

REMEDY = "Give a file like Kaggle's train.csv: a label and the 784 greys of a digit in each line."

ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt.gz")
LABEL_NAMES = ("label", "labels", "class", "target", "digit", "y", "number")
NO_PIXELS = ("", "id", "index", "imageid", "unnamed: 0", "split")
_HEAD = 64 * 2**10  # bytes; more than a header of 784 names and the first line
_PACKED_HEAD = 32 * 2**10  # bytes

_LEAST_COLUMNS = 16  # a table with fewer holds no digits


@dataclass(frozen=True, slots=True)
class Columns:
    """The meaning of a table's columns.

    Args:
        n: the number of columns.
        label: the index of the label; None if there is none.
        pixels: the indices of the greys.
        delimiter: the character between columns.
        has_header: whether the first line has the columns' names.
    """

    n: int
    label: int | None
    pixels: tuple[int, ...]
    delimiter: str
    has_header: bool


def find(files: Files, classes: Classes) -> Found | None:
    """Find tables of labelled digits: one, or one to train on and one to validate with.

    Raises:
        DataError: the tables belong to more than one set.
    """
    tables = {path: _columns(files, path) for path in files.paths if path.casefold().endswith(ENDINGS)}
    chosen = choose_parts(files, [path for path, columns in tables.items() if columns and columns.label is not None])
    if chosen is None:
        return None
    train, valid = chosen
    return Found((*train, *valid), partial(_read, files, chosen, classes))


Chosen = tuple[tuple[str, ...], tuple[str, ...]]
"""The paths of the tables to train on, and of those to validate with; the latter may be none."""


def choose_parts(files: Files, paths: list[str]) -> Chosen | None:
    """Choose the training and the validation tables by their names.

    Args:
        files: the files that contain them.
        paths: the paths of tables of labelled digits.

    Returns:
        The paths of both, the latter may be empty; None if there are no tables.

    Raises:
        DataError: they belong to more than one set.
    """
    if not paths:
        return None
    words = {path: split_word_of_file(path) for path in paths}
    train = tuple(path for path, word in words.items() if word in TRAIN_WORDS)
    if not train and len(paths) == 1:
        return (paths[0],), ()
    valid_word = first_valid_word(word for word in words.values() if word)
    valid = tuple(path for path, word in words.items() if word == valid_word and word not in TRAIN_WORDS)
    if not valid_word:
        valid = ()
    places = {_place(path) for path in (*train, *valid)}
    if not train or len(places) > 1 or any(len(part) > 1 and not _are_shards(part) for part in (train, valid)):
        raise files.more_than_one(sorted(paths))
    return train, valid


def _place(path: str) -> str:
    """Return the folder of a set: that of its tables, or its parent if each part has a folder of its own."""
    folders = path.split("/")[:-1]
    return "/".join(folders[:-1] if folders and split_word(folders[-1]) else folders)


def _are_shards(paths: tuple[str, ...]) -> bool:
    """Return whether the names differ in numbers only, as train-00000-of-00002.parquet and its sibling do."""
    return len({re.sub(r"\d+", "0", path) for path in paths}) == 1


def _columns(files: Files, path: str) -> Columns | None:
    """Return the meaning of the columns, from the first lines; None for a table of something else."""
    head = files.head(path, _PACKED_HEAD if path.casefold().endswith(".gz") else _HEAD)
    if path.casefold().endswith(".gz"):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        except zlib.error:
            return None
    lines = head.decode("utf-8-sig", "replace").splitlines() or [""]
    delimiter = max(",;\t", key=lines[0].count)
    cells = [cell.strip(" \"'").casefold() for cell in lines[0].split(delimiter)]
    if len(cells) < _LEAST_COLUMNS:
        return None
    return _meaning(cells, lines, delimiter)


def _meaning(cells: list[str], lines: list[str], delimiter: str) -> Columns | None:
    if not all(_is_number(cell) for cell in cells):
        label = next((at for at, cell in enumerate(cells) if cell in LABEL_NAMES), None)
        pixels = tuple(at for at, cell in enumerate(cells) if at != label and cell not in NO_PIXELS)
        return Columns(len(cells), label, pixels, delimiter, has_header=True)
    if _is_square(len(cells)):
        return Columns(len(cells), None, tuple(range(len(cells))), delimiter, has_header=False)
    if not _is_square(len(cells) - 1):
        return None
    # The first and the last pixel of a digit are black. So the label is at the end that is not always 0.
    firsts = {line.split(delimiter, 1)[0].strip() for line in lines[:-1] or lines}
    lasts = {line.rsplit(delimiter, 1)[-1].strip() for line in lines[:-1] or lines}
    label = len(cells) - 1 if all(map(_is_zero, firsts)) and not all(map(_is_zero, lasts)) else 0
    return Columns(len(cells), label, tuple(at for at in range(len(cells)) if at != label), delimiter, has_header=False)


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _is_zero(cell: str) -> bool:
    return _is_number(cell) and float(cell) == 0


def _is_square(n: int) -> bool:
    return math.isqrt(n) ** 2 == n


def _read(files: Files, chosen: Chosen, classes: Classes, pictures: Pictures, progress: Progress) -> Parts:
    train, valid = chosen
    progress("Reading the digits", 0.0)
    first = join([_read_table(files, path, classes, pictures) for path in train])
    progress("Reading the digits", 0.8)
    return Parts(first, join([_read_table(files, path, classes, pictures) for path in valid]) if valid else None)


def join(parts: list[Labelled]) -> Labelled:
    """Return the shards of one part joined."""
    return Labelled(np.concatenate([part.images for part in parts]), np.concatenate([part.labels for part in parts]))


def _read_table(files: Files, path: str, classes: Classes, pictures: Pictures) -> Labelled:
    name, columns = files.name(path), _columns(files, path)
    if columns is None or columns.label is None:
        raise DataNotFound(f"{name} is no table of digits.", REMEDY)
    content = files.read(path, LARGEST_TABLE)
    if path.casefold().endswith(".gz"):
        content = _unpacked(content, name)
    labels: list[int] = []

    def wanted() -> Iterator[str]:
        for label, line in _lines(content, columns, name, classes):
            labels.append(label)
            yield line

    try:
        dtype = np.float64 if b"." in content or b"e" in content[-1000:] else np.int64
        rows = np.loadtxt(
            wanted(), dtype, comments=None, delimiter=columns.delimiter, usecols=columns.pixels, quotechar='"', ndmin=2
        )
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(f"{name} is damaged ({error}).", REMEDY) from error
    if not labels:
        return Labelled(np.zeros((0, SIDE, SIDE), np.uint8), np.zeros(0, np.uint8))
    return labelled(rows, np.array(labels, np.uint8), name, pictures)


def _lines(content: bytes, columns: Columns, name: str, classes: Classes) -> Iterator[tuple[int, str]]:
    """Yield the label and the text of each line with a digit of `classes`."""
    assert columns.label is not None
    delimiter, known = columns.delimiter.encode(), dict[bytes, int]()
    for number, line in enumerate(io.BytesIO(content), start=1):
        if (number == 1 and columns.has_header) or not line.strip():
            continue
        cells = line.split(delimiter, columns.label + 1) if columns.label < 2 else line.split(delimiter)
        if len(cells) <= columns.label:
            raise DataError(f"{name} ends early in line {number}.", REMEDY)
        cell = cells[columns.label]
        if cell not in known:
            known[cell] = _label(cell, f"{name}, line {number},")
        if known[cell] in classes.digits:
            if line.count(delimiter) != columns.n - 1:
                raise DataError(
                    f"{name} has {line.count(delimiter) + 1} columns in line {number} instead of {columns.n}.", REMEDY
                )
            yield known[cell], line.decode("utf-8-sig")


def _label(cell: bytes, where: str) -> int:
    text = cell.decode("utf-8-sig", "replace").strip(" \r\n\"'")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (0 <= value <= 9 and value == int(value)):
        raise DataError(f"{where} has the label {text[:40]!r}.", "Label each digit from 0 to 9.")
    return int(value)


def _unpacked(data: bytes, name: str) -> bytes:
    try:
        content = gzip.GzipFile(fileobj=io.BytesIO(data)).read(LARGEST_TABLE + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadArchive(f"{name} is damaged ({error}).", REMEDY) from error
    if len(content) > LARGEST_TABLE:
        raise BadArchive(f"{name} unpacks to more than {LARGEST_TABLE >> 20} MiB.", REMEDY)
    return content


FORM = Form(
    "a CSV like Kaggle's train.csv (label, pixel0 ... pixel783; a second one named test or valid is held out)",
    find,
    lambda path: path.casefold().endswith(ENDINGS),
)
