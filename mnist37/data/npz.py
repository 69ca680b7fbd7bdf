"""Read NumPy's .npz, as of Keras' MNIST (x_train, y_train, x_test, y_test); no pickle is read: it could run code."""

import io
import math
import zipfile
from functools import partial

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from mnist37.classes import Classes
from mnist37.data.archive import DAMAGE
from mnist37.data.digits import Digits
from mnist37.data.files import LARGEST_TABLE, Files
from mnist37.data.form import Form, Found
from mnist37.data.greys import labelled, labels_from
from mnist37.data.origin import Progress
from mnist37.data.parts import Labelled, Parts
from mnist37.data.picture import Pictures
from mnist37.errors import BadArchive, DataNotFound

REMEDY = "Give a file like Keras' mnist.npz, with the arrays x_train, y_train, x_test and y_test."

IMAGES, LABELS = ("x", "images", "image", "data"), ("y", "labels", "label", "targets", "target")
TRAIN, VALID = ("train", "training"), ("valid", "validation", "val", "test", "testing")
_FORMS = ("{what}_{part}", "{part}_{what}", "{what}{part}", "{part}{what}")

Names = dict[str, str]  # an array's name in lower case, and as in the file


def find(files: Files, classes: Classes) -> Found | None:
    """Find the .npz.

    Raises:
        DataError: there is more than one.
    """
    paths = [path for path in files.paths if path.casefold().endswith(".npz")]
    if len(paths) > 1:
        raise files.more_than_one(paths)
    return Found((paths[0],), partial(_read, files, paths[0], classes)) if paths else None


def to_npz(digits: Digits) -> bytes:
    """Return digits as a file like Keras' mnist.npz: split and bright on dark, as for training."""
    out = io.BytesIO()
    train, valid = (digits.classes.digits_of(labels) for labels in (digits.train_labels, digits.valid_labels))
    np.savez_compressed(out, x_train=digits.train_images, y_train=train, x_test=digits.valid_images, y_test=valid)
    return out.getvalue()


def _read(files: Files, path: str, classes: Classes, pictures: Pictures, progress: Progress) -> Parts:
    progress("Reading the digits", 0.0)
    name, data = files.name(path), files.read(path, LARGEST_TABLE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_parts(archive, name, classes, pictures)
    except (*DAMAGE, RuntimeError) as error:
        raise BadArchive(f"{name} is damaged ({error}).", REMEDY) from error


def _read_parts(archive: zipfile.ZipFile, name: str, classes: Classes, pictures: Pictures) -> Parts:
    there = {member.removesuffix(".npy").casefold(): member for member in archive.namelist()}
    if sum(info.file_size for info in archive.infolist()) > LARGEST_TABLE:
        raise BadArchive(f"{name} unpacks to more than {LARGEST_TABLE >> 20} MiB.", REMEDY)

    def part(words: tuple[str, ...]) -> Labelled | None:
        images, labels = (_array_name(there, what, words) for what in (IMAGES, LABELS))
        if images is None or labels is None:
            return None
        truth = labels_from(_array(archive, labels, name), name)
        greys = _array(archive, images, name)
        if len(greys) != len(truth):
            raise BadArchive(f"{name} has {len(truth)} labels for {len(greys)} images.", REMEDY)
        kept = np.isin(truth, classes.digits)
        return labelled(greys[kept], truth[kept], name, pictures)

    train = part(TRAIN)
    train = part(("",)) if train is None else train
    if train is None:
        raise DataNotFound(f"{name} holds {', '.join(sorted(there)) or 'nothing'}.", REMEDY)
    return Parts(train, part(VALID))


def _array_name(there: Names, whats: tuple[str, ...], parts: tuple[str, ...]) -> str | None:
    wanted = (form.format(what=what, part=part).strip("_") for part in parts for form in _FORMS for what in whats)
    return next((there[name] for name in wanted if name in there), None)


def _array(archive: zipfile.ZipFile, member: str, name: str) -> NDArray[np.generic]:
    """Read an array, if its header announces no more bytes than there are, and no objects."""
    data = archive.read(member)
    file = io.BytesIO(data)
    version = npy.read_magic(file)
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read_header(file)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(data) - file.tell() or not shape:
        what = "holds pickled objects, which could run code" if dtype.hasobject else "does not hold what it announces"
        raise BadArchive(f"{name}: {member} {what}.", REMEDY)
    file.seek(0)
    array: NDArray[np.generic] = npy.read_array(file, allow_pickle=False)
    return array


FORM = Form(
    "a NumPy file like Keras' mnist.npz (x_train, y_train, x_test, y_test)",
    find,
    lambda path: path.casefold().endswith((".npz", ".npy")),
)
