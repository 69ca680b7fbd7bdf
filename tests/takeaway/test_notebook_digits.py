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
from mnist37.data.npz import to_npz
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


def test_whatever_the_app_reads_can_be_saved_for_a_notebook(embedded: Digits, tmp_path: Path) -> None:
    """Dark ink in a CSV without a split: the notebook cannot read that, but what `data --save` makes of it."""
    keep = np.r_[:60, 740:800]
    greys = 255 - embedded.train_images[keep].reshape(120, -1)
    numbers = np.where(embedded.train_labels[keep] == 1, 3, 7)
    table = tmp_path / "train.csv"
    header = ",".join(["label", *(f"pixel{at}" for at in range(784))])
    np.savetxt(table, np.column_stack([numbers, greys]), "%d", ",", header=header, comments="")
    with pytest.raises(ValueError, match=r"cannot read .*train\.csv\. It reads PNG files .* how mnist37 writes"):
        notebook_digits.read_digits(table)
    digits = load_digits(str(table))
    assert digits.source.endswith("split 80/20 here (seed 37), turned to bright on dark")
    (tmp_path / "saved").mkdir()
    saved = tmp_path / "saved" / "digits.npz"
    saved.write_bytes(to_npz(digits))
    assert notebook_digits.fingerprint(notebook_digits.read_digits(saved)) == digits.fingerprint
    assert_the_same(saved)


@pytest.mark.parametrize("name", ["digits.tgz", "digits.zip", "digits.npz", "digits.parquet", "folder"])
def test_what_a_notebook_cannot_read_is_said(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with pytest.raises(AssertionError, match="is not there"):
        notebook_digits.read_digits(path)
    if name == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="This notebook cannot read"):
        notebook_digits.read_digits(path)
