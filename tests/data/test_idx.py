import gzip
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from mnist37.data import load_digits
from mnist37.errors import BadIdx, DataNotFound

from .samples import idx_bytes, write_idx

LABELS = np.array([7, 0, 3, 9, 3, 7, 3], np.uint8)
IMAGES = np.arange(7, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
IMAGE_FILE, LABEL_FILE = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_idx(tmp_path / "mnist", IMAGES, LABELS)


def test_threes_then_sevens_are_kept(folder: Path) -> None:
    digits = load_digits(str(folder))
    assert digits.train_images[:, 0, 0].tolist() == digits.valid_images[:, 9, 9].tolist() == [2, 4, 6, 0, 5]
    assert digits.train_labels.tolist() == [1, 1, 1, 0, 0]


GOOD_IMAGES, GOOD_LABELS = idx_bytes(IMAGES), idx_bytes(LABELS)
packed = partial(gzip.compress, mtime=0)  # without the time, as the bytes name the tests


@pytest.mark.parametrize(
    ("file", "data", "match"),
    [
        (IMAGE_FILE, packed(idx_bytes(IMAGES, magic=0x0D03)), "instead of 0x00000803"),
        (IMAGE_FILE, packed(GOOD_LABELS + b"x"), "instead of 0x00000803"),
        (LABEL_FILE, packed(idx_bytes(LABELS, magic=0)), "instead of 0x00000801"),
        (IMAGE_FILE, packed(GOOD_IMAGES[:-1]), "announces 5488 bytes and holds 5487"),
        (IMAGE_FILE, packed(GOOD_IMAGES + b"x"), "holds more"),
        (IMAGE_FILE, packed(GOOD_IMAGES[:9]), "damaged"),
        (IMAGE_FILE, packed(GOOD_IMAGES)[:-20], "damaged"),
        (IMAGE_FILE, packed(GOOD_IMAGES)[:-6] + b"xxxxxx", "damaged"),
        (IMAGE_FILE, GOOD_IMAGES, "damaged"),
        (IMAGE_FILE, b"", "damaged"),
        (IMAGE_FILE, packed(idx_bytes(IMAGES[:, :27])), "28x27 pixels"),
        (IMAGE_FILE, packed(GOOD_IMAGES[:4] + b"\xff" * 12), "instead of"),
        (LABEL_FILE, packed(idx_bytes(LABELS[:-1])), "6 labels for 7 images"),
        (LABEL_FILE, packed(idx_bytes(LABELS + 100)), "label 109"),
    ],
)
def test_a_bad_file_is_named(file: str, data: bytes, match: str, folder: Path) -> None:
    (folder / file).write_bytes(data)
    with pytest.raises(BadIdx, match=f"{re.escape(file)} .*{match}"):
        load_digits(str(folder))


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / LABEL_FILE).unlink()
    with pytest.raises(DataNotFound, match=f"has no {re.escape(LABEL_FILE)}"):
        load_digits(str(folder))


def test_no_threes_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match="holds no 3s"):
        load_digits(str(write_idx(tmp_path / "mnist", IMAGES, np.full(7, 7, np.uint8))))
