"""What a notebook reads is what the app reads."""

import gzip
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist37.data import Digits, load_digits
from mnist37.takeaway import notebook_digits


def test_the_embedded_digits(embedded: Digits) -> None:
    assert notebook_digits.fingerprint(notebook_digits.read_embedded()) == embedded.fingerprint


@pytest.fixture
def folder(tiny: Digits, tmp_path: Path) -> Path:
    root = tmp_path / "mnist_sample"
    for split, images, labels in (
        ("train", tiny.train_images, tiny.train_labels),
        ("valid", tiny.valid_images, tiny.valid_labels),
    ):
        for at, (image, is_3) in enumerate(zip(images, labels, strict=True)):
            path = root / split / ("3" if is_3 else "7") / f"{at}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)
        (root / split / "3" / ".DS_Store").write_bytes(b"junk")
    return root


def assert_the_same(path: Path) -> None:
    assert notebook_digits.fingerprint(notebook_digits.read_digits(str(path))) == load_digits(str(path)).fingerprint


def test_a_folder(folder: Path) -> None:
    assert_the_same(folder)
    (folder.parent / "outer").mkdir()
    folder.rename(folder.parent / "outer" / "inner")
    assert_the_same(folder.parent / "outer")


def test_archives(folder: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "digits.tgz", "w:gz") as tar:
        tar.add(folder, "mnist_sample")
    with zipfile.ZipFile(tmp_path / "digits.zip", "w") as zipped:
        for path in sorted(folder.rglob("*"), reverse=True):
            zipped.write(path, path.relative_to(folder))
    for name in ("digits.tgz", "digits.zip"):
        assert_the_same(tmp_path / name)


def test_idx_files(tiny: Digits, tmp_path: Path) -> None:
    for split, images, labels in (
        ("train", tiny.train_images, tiny.train_labels),
        ("t10k", tiny.valid_images, tiny.valid_labels),
    ):
        digits = np.where(labels == 1, 3, 7).astype(np.uint8)
        digits[0] = 5
        image_file = struct.pack(">4I", 0x803, len(images), 28, 28) + images.tobytes()
        label_file = struct.pack(">2I", 0x801, len(labels)) + digits.tobytes()
        (tmp_path / f"{split}-images-idx3-ubyte.gz").write_bytes(gzip.compress(image_file))
        (tmp_path / f"{split}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(label_file))
    assert_the_same(tmp_path)
