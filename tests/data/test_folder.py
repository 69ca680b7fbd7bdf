import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist37.data import load_digits
from mnist37.errors import BadImage, DataNotFound

from .samples import PLACES, layout_files, png_bytes, write_folder

FILES = layout_files()


def test_threes_come_first_and_names_are_in_order(tmp_path: Path) -> None:
    files = {
        f"{place}/{name}.png": png_bytes(np.full((28, 28), grey, np.uint8))
        for place, greys in zip(PLACES, ((1, 2), (3, 4), (5, 6), (7, 8)), strict=True)
        for name, grey in zip(("10", "9"), greys, strict=True)
    }
    digits = load_digits(str(write_folder(tmp_path / "set", files)))
    assert digits.train_images[:, 0, 0].tolist() == [1, 2, 3, 4]
    assert digits.valid_images[:, 27, 27].tolist() == [5, 6, 7, 8]
    assert digits.train_labels.tolist() == digits.valid_labels.tolist() == [1, 1, 0, 0]


def test_the_single_folder_inside_is_found(tmp_path: Path) -> None:
    write_folder(tmp_path / "outer" / "mnist_sample", FILES)
    (tmp_path / "outer" / "labels.csv").write_text("name,label")
    (tmp_path / "outer" / "__MACOSX" / "train").mkdir(parents=True)
    assert load_digits(str(tmp_path / "outer")).n_train == 6


def test_what_systems_leave_behind_is_ignored(tmp_path: Path) -> None:
    expected = load_digits(str(write_folder(tmp_path / "a", FILES)))
    junk = {"train/3/.DS_Store": b"x", "train/7/._1.png": b"x", "valid/3/Thumbs.db": b"x", "labels.csv": b"x",
            "train/3/more/1.png": b"x"}  # fmt: skip
    assert load_digits(str(write_folder(tmp_path / "b", FILES | junk))).fingerprint == expected.fingerprint


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_names_need_not_be_text(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", FILES)
    try:
        (folder / "train/3" / os.fsdecode(b"\xff\n.png")).write_bytes(FILES["train/3/9.png"])
    except OSError:
        pytest.skip("this file system wants text")
    assert load_digits(str(folder)).n_train == 7
    assert load_digits(str(folder)).n_train == 7  # from the cache


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("keep_folder", [True, False])
def test_a_class_without_digits_is_named(place: str, keep_folder: bool, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", {name: data for name, data in FILES.items() if not name.startswith(place)})
    if keep_folder:
        (folder / place).mkdir()
    with pytest.raises(DataNotFound, match=rf"has no digits in {place}.*PNG files in train/3"):
        load_digits(str(folder))


def test_a_bad_image_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", {**FILES, "valid/7/bad.png": png_bytes(Image.new("RGB", (28, 28), "red"))})
    with pytest.raises(BadImage, match=r"valid/7/bad\.png is in colour"):
        load_digits(str(folder))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", FILES)
    os.mkfifo(folder / "train/3/pipe.png")
    with pytest.raises(BadImage, match=r"pipe\.png is not a PNG"):
        load_digits(str(folder))


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", FILES)
    with (folder / "train/3/huge.png").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(BadImage, match=r"huge\.png is not a PNG"):
        load_digits(str(folder))
