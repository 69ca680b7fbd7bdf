"""Read the four IDX files in which MNIST is published (train-images-idx3-ubyte and its siblings), packed (.gz) or not.

The format is described at http://yann.lecun.com/exdb/mnist/.
"""

import gzip
import io
import re
import struct
import zlib
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import Classes
from mnist37.data.digits import SIDE
from mnist37.data.files import LARGEST_TABLE, Files
from mnist37.data.form import Form, Found
from mnist37.data.greys import labelled
from mnist37.data.origin import Progress
from mnist37.data.parts import Labelled, Parts
from mnist37.data.picture import Pictures
from mnist37.errors import BadIdx, DataNotFound

NAMES = (
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"
)  # fmt: skip
REMEDY = "Download the four .gz files of MNIST again."
SIZE_REMEDY = "Have all images prepared as drawings are, with --prepare or MNIST37_PREPARE=1."

KINDS = (("train", "images"), ("train", "labels"), ("t10k", "images"), ("t10k", "labels"))
_NAME = re.compile(r"(train|t10k|test)-(images|labels)[-.]idx[13][-.]ubyte(\.gz)?", re.IGNORECASE)
_IMAGES, _LABELS = 0x00000803, 0x00000801  # unsigned bytes in three dimensions, and in one
_MAX_IMAGES = 1_000_000
_GZIP = b"\x1f\x8b"

Kind = tuple[str, str]


def find(files: Files, classes: Classes) -> Found | None:
    """Find the four files, in one folder, or each in a folder of its own name.

    If there is more than one set, as in torchvision's folder, the one in a folder named MNIST is used.

    Raises:
        DataError: there is more than one such set, or some of the four files are missing.
    """
    sets: dict[str, dict[Kind, str]] = {}
    for path in sorted(files.paths, key=lambda path: (path.count("/"), path.casefold().endswith(".gz"))):
        kind = _kind(path)
        if kind is not None:
            *folders, _ = path.split("/")
            own_folder = folders and _kind(folders[-1]) == kind
            sets.setdefault("/".join(folders[:-1] if own_folder else folders), {}).setdefault(kind, path)
    if len(sets) > 1:
        named = [folder for folder in sets if "mnist" in folder.casefold().split("/")]
        if len(named) != 1:
            raise files.more_than_one(sorted(sets))
        sets = {named[0]: sets[named[0]]}
    if not sets:
        return None
    ((folder, found),) = sets.items()
    has_valid = any(part == "t10k" for part, _ in found)
    kinds = KINDS if has_valid else KINDS[:2]
    missing = [_file_name(kind, next(iter(found.values()))) for kind in kinds if kind not in found]
    if missing:
        place = files.name(folder) if folder else files.source
        raise DataNotFound(f"{place} has no {', no '.join(missing)}.", "Put all four files of MNIST into one folder.")
    paths = tuple(found[kind] for kind in kinds)
    return Found(paths, partial(_read_all, files, paths, classes))


def _kind(path: str) -> Kind | None:
    match = _NAME.fullmatch(path.rpartition("/")[2])
    return ("train" if match[1].casefold() == "train" else "t10k", match[2].casefold()) if match else None


def _file_name(kind: Kind, like: str) -> str:
    """Return the name of a file, in the spelling of the name `like`."""
    dot = "." if ".idx" in like.casefold() else "-"
    part, what = kind
    ending = ".gz" if like.casefold().endswith(".gz") else ""
    return f"{part}-{what}{dot}idx{3 if what == 'images' else 1}-ubyte{ending}"


def _read_all(files: Files, paths: tuple[str, ...], classes: Classes, pictures: Pictures, progress: Progress) -> Parts:
    progress("Reading the digits", 0.0)
    train = _read_part(files, paths[0], paths[1], classes, pictures)
    progress("Reading the digits", 0.8)
    return Parts(train, _read_part(files, paths[2], paths[3], classes, pictures) if len(paths) > 2 else None)


def _read_part(files: Files, images_path: str, labels_path: str, classes: Classes, pictures: Pictures) -> Labelled:
    name = files.name(labels_path)
    images = read_images(files.read(images_path, LARGEST_TABLE), files.name(images_path))
    labels = read_labels(files.read(labels_path, LARGEST_TABLE), name)
    if len(images) != len(labels):
        raise BadIdx(f"{name} has {len(labels)} labels for {len(images)} images.", REMEDY)
    if not pictures.prepare and images.shape[1:] != (SIDE, SIDE):
        _, rows, columns = images.shape
        raise BadIdx(
            f"{files.name(images_path)} holds images of {columns}x{rows} pixels instead of 28x28.", SIZE_REMEDY
        )
    kept = np.isin(labels, classes.digits)
    return labelled(images[kept], labels[kept], files.name(images_path), pictures)


def read_images(data: bytes, name: str) -> NDArray[np.uint8]:
    """Read one idx3 file.

    Args:
        data: the file, packed by gzip or not.
        name: the file, for the error.

    Returns:
        uint8 [N, H, W].

    Raises:
        BadIdx: a wrong magic number, count or length, or damage.
    """
    shape, pixels = _read(data, name, _IMAGES, dimensions=3)
    return pixels.reshape(shape)


def read_labels(data: bytes, name: str) -> NDArray[np.uint8]:
    """Read one idx1 file.

    Args:
        data: the file, packed by gzip or not.
        name: the file, for the error.

    Returns:
        uint8 [N], 0 to 9.

    Raises:
        BadIdx: a wrong magic number, count or length, or damage.
    """
    _, labels = _read(data, name, _LABELS, dimensions=1)
    if len(labels) and labels.max() > 9:
        raise BadIdx(f"{name} holds the label {labels.max()}.", REMEDY)
    return labels


def _read(data: bytes, name: str, magic: int, dimensions: int) -> tuple[tuple[int, ...], NDArray[np.uint8]]:
    header = struct.Struct(f">I{dimensions}I")
    is_packed = name.casefold().endswith(".gz") or data.startswith(_GZIP)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) if is_packed else io.BytesIO(data) as file:
            found, *shape = header.unpack(file.read(header.size))
            size = int(np.prod(shape, dtype=object))
            if found != magic or size > _MAX_IMAGES * SIDE * SIDE:
                raise BadIdx(f"{name} starts with {found:#010x} {shape} instead of {magic:#010x}.", REMEDY)
            content = file.read(size + 1)  # one byte more than announced, to detect a file that is too long
    except (gzip.BadGzipFile, EOFError, zlib.error, struct.error) as error:
        raise BadIdx(f"{name} is damaged ({error}).", REMEDY) from error
    if len(content) != size:
        raise BadIdx(
            f"{name} announces {size} bytes and holds {'more' if len(content) > size else len(content)}.", REMEDY
        )
    return tuple(shape), np.frombuffer(content, np.uint8)


FORM = Form(
    "the four IDX files of MNIST (train-images-idx3-ubyte and its siblings), packed (.gz) or not",
    find,
    lambda path: "ubyte" in path.casefold(),
)
