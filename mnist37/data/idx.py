"""Digits from the four IDX files that MNIST is published as (train-images-idx3-ubyte.gz and its siblings).

This module knows the IDX format and keeps only the threes and sevens. Its source is http://yann.lecun.com/exdb/mnist/.
"""

import gzip
import struct
import zlib
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnist37.data.digits import SIDE, Digits
from mnist37.data.layout import LABELS
from mnist37.data.origin import Origin, Progress
from mnist37.errors import BadIdx, DataNotFound

NAMES = (
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"
)  # fmt: skip
REMEDY = "Download the four .gz files of MNIST again."

_IMAGES, _LABELS = 0x00000803, 0x00000801  # unsigned bytes in three dimensions, and in one
_MOST = 1_000_000


def idx_origin(folder: Path) -> Origin | None:
    """Describe a folder of IDX files without reading them.

    Args:
        folder: an existing folder.

    Returns:
        Its origin, or None where none of the four files is in it.

    Raises:
        DataNotFound: some of the four are there and others are missing.
    """
    missing = [name for name in NAMES if not (folder / name).is_file()]
    if len(missing) == len(NAMES):
        return None
    if missing:
        raise DataNotFound(f"{folder} has no {missing[0]}.", "Put all four .gz files of MNIST into this folder.")
    found = [(folder / name).stat() for name in NAMES]
    stamp = " ".join(f"{each.st_size} {each.st_mtime_ns}" for each in found)
    return Origin(f"idx {folder}", stamp, partial(_read_idx, folder))


def _read_idx(folder: Path, progress: Progress) -> Digits:
    progress("Reading the digits", 0.0)
    train = _threes_then_sevens(folder / NAMES[0], folder / NAMES[1])
    progress("Reading the digits", 0.8)
    valid = _threes_then_sevens(folder / NAMES[2], folder / NAMES[3])
    return Digits(*train, *valid, source=str(folder))


def _threes_then_sevens(images_path: Path, path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    images, labels = read_images(images_path), read_labels(path)
    if len(images) != len(labels):
        raise BadIdx(f"{path} has {len(labels)} labels for {len(images)} images.", REMEDY)
    rows = {digit: np.flatnonzero(labels == int(digit)) for digit in LABELS}
    for digit, found in rows.items():
        if not len(found):
            raise DataNotFound(f"{path} holds no {digit}s.", REMEDY)
    kept = [np.full(len(found), LABELS[digit], np.uint8) for digit, found in rows.items()]
    return images[np.concatenate(list(rows.values()))], np.concatenate(kept)


def read_images(path: Path) -> NDArray[np.uint8]:
    """Read one idx3 file.

    Args:
        path: a gzip file.

    Returns:
        uint8 [N, 28, 28], 0 = paper, 255 = ink.

    Raises:
        BadIdx: a wrong magic number, count, size or length, or damage.
    """
    (count, rows, columns), pixels = _read(path, _IMAGES, dimensions=3)
    if (rows, columns) != (SIDE, SIDE):
        raise BadIdx(f"{path} holds images of {columns}x{rows} pixels instead of 28x28.", REMEDY)
    return pixels.reshape(count, SIDE, SIDE)


def read_labels(path: Path) -> NDArray[np.uint8]:
    """Read one idx1 file.

    Args:
        path: a gzip file.

    Returns:
        uint8 [N], 0 to 9.

    Raises:
        BadIdx: a wrong magic number, count or length, or damage.
    """
    _, labels = _read(path, _LABELS, dimensions=1)
    if len(labels) and labels.max() > 9:
        raise BadIdx(f"{path} holds the label {labels.max()}.", REMEDY)
    return labels


def _read(path: Path, magic: int, dimensions: int) -> tuple[tuple[int, ...], NDArray[np.uint8]]:
    header = struct.Struct(f">I{dimensions}I")
    try:
        with gzip.open(path) as file:
            found, *shape = header.unpack(file.read(header.size))
            size = int(np.prod(shape, dtype=object))
            if found != magic or size > _MOST * SIDE * SIDE:
                raise BadIdx(f"{path} starts with {found:#010x} {shape} instead of {magic:#010x}.", REMEDY)
            data = file.read(size + 1)  # one more than announced, to notice a file that goes on
    except (gzip.BadGzipFile, EOFError, zlib.error, struct.error) as error:
        raise BadIdx(f"{path} is damaged ({error}).", REMEDY) from error
    if len(data) != size:
        raise BadIdx(f"{path} announces {size} bytes and holds {'more' if len(data) > size else len(data)}.", REMEDY)
    return tuple(shape), np.frombuffer(data, np.uint8)
