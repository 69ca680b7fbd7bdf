"""What a digit loses on its way through a picture, by kind and model. `pytest -s` prints the table.

`MNIST37_SLOW=1` takes the full set, all three models and more pictures: docs/decisions/ink.md has what that printed.
"""

import os
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mnist37.data import Digits, ink_from_bytes, to_mnist
from mnist37.rungs import Weights, settings_for
from mnist37.settings import Settings
from mnist37.train import predict, train

from .pictures import KINDS, bold, field
from .samples import png_bytes

Models = Mapping[str, tuple[Settings, Weights]]
SLOW = bool(os.environ.get("MNIST37_SLOW"))
N_DIGITS = 100 if SLOW else 30
MOST_LOST = 2 / 30
MOST_LOST_FEW = 6 / 30
"""The share that simple-net gets wrong in a picture only; a net that learned from 800 digits knows fewer shapes."""
CASES = Path(__file__).parents[3] / "shared" / "cases"


@pytest.fixture(scope="module")
def digits(request: pytest.FixtureRequest, embedded: Digits) -> Digits:
    """The full set where there is one."""
    try:
        found: Digits = request.getfixturevalue("full")
    except pytest.skip.Exception:
        return embedded
    return found


@pytest.fixture(scope="module")
def models(digits: Digits) -> Models:
    names = ("linear-scratch", "simple-net", "resnet18") if SLOW else ("simple-net",)
    settings = {name: settings_for(name, epochs=1) if name == "resnet18" else settings_for(name) for name in names}
    return {name: (each, train(each, digits, lambda _event: None).weights) for name, each in settings.items()}


def pictures(kind: str, digits: Digits) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """What the models see of as many digits, and which these are; dark and bright ink by turns."""
    chosen = np.linspace(0, digits.n_valid - 1, N_DIGITS).round().astype(int)
    rng = np.random.default_rng(zlib.crc32(kind.encode()))
    files = [KINDS[kind](digits.valid_images[index], rng, n % 2 == 0) for n, index in enumerate(chosen)]
    return np.stack([to_mnist(ink_from_bytes(file)).image for file in files]), chosen


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.timeout(1200)
def test_a_picture_is_read_as_its_digit_is(kind: str, digits: Digits, models: Models) -> None:
    images, chosen = pictures(kind, digits)
    labels = digits.valid_labels[chosen]
    row = f"\n| {kind}"
    direct = digits.valid_images[chosen]
    for name, (settings, weights) in models.items():
        asked, seen = (predict(settings, weights, each).labels == labels for each in (direct, images))
        row += f" | {(~asked).sum()} | {(~seen).sum()}"
        if name == "simple-net":
            most = MOST_LOST if digits.n_train > 10_000 else MOST_LOST_FEW
            assert (asked & ~seen).sum() <= most * N_DIGITS
    print(row, "|", end="")  # noqa: T201


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("side", [28, 56, 280])
def test_mnists_own_pictures_come_through(side: int, dark: bool, embedded: Digits) -> None:
    """Bold strokes, too: hardly a grey changes at 28 pixels."""
    rng, digits = np.random.default_rng(0), embedded.valid_images[::4]
    files = [field(side, digit, rng, dark) for digit in digits]
    images = np.stack([to_mnist(ink_from_bytes(file)).image for file in files])
    assert np.abs(images.astype(int) - digits).mean() < (1.5 if side == 28 else 8)  # enlarging makes edges softer


@pytest.mark.parametrize("dark", [False, True])
def test_bold_strokes_are_not_hollow(dark: bool, embedded: Digits) -> None:
    rng = np.random.default_rng(0)
    boldest = np.argsort(-embedded.valid_images.sum(axis=(1, 2), dtype=np.int64))[:20]
    for digit in embedded.valid_images[boldest]:
        for margin in (0.0, 0.1, 0.5):
            ink = ink_from_bytes(bold(margin, digit, rng, dark))
            expected = ink_from_bytes(bold(1.0, digit, rng, dark))
            assert ink.sum(dtype=np.int64) == pytest.approx(expected.sum(dtype=np.int64), rel=0.02)


def test_specks_do_not_widen_the_box(embedded: Digits) -> None:
    picture = np.pad(embedded.valid_images[0].repeat(4, 0).repeat(4, 1), 30)
    clean = to_mnist(ink_from_bytes(png_bytes(picture))).box
    picture[3:5, 160:162] = 255
    assert to_mnist(ink_from_bytes(png_bytes(picture))).box == clean


def test_a_dot_alone_is_ink() -> None:
    picture = np.zeros((60, 60), np.uint8)
    picture[20:24, 30:34] = 255
    assert to_mnist(ink_from_bytes(png_bytes(picture))).box == (30, 20, 34, 24)


CASE_LABELS = {"cell_with_frame_7": 0, "mnist_bold_3_b": 1, "mnist_bold_3_bright_on_black": 1, **{
    f"tight{name}": int("_3_" in name) for name in ("03_3_12", "03_3_2", "03_7_1", "10_3_13", "10_3_15", "10_7_14")
}}  # fmt: skip


@pytest.mark.skipif(not CASES.is_dir(), reason="the pictures that were read wrongly are not here")
def test_pictures_that_were_read_wrongly_are_read(embedded: Digits) -> None:
    settings = settings_for("simple-net")
    weights = train(settings, embedded, lambda _event: None).weights
    said = {
        name: int(predict(settings, weights, _image(name)[None]).labels[0])
        for name in CASE_LABELS
    }  # fmt: skip
    assert said == CASE_LABELS


@pytest.mark.skipif(not CASES.is_dir(), reason="the pictures that were read wrongly are not here")
def test_black_corners_are_no_ink() -> None:
    ink = ink_from_bytes((CASES / "rotated_7_black_corners.png").read_bytes())
    assert not any(ink[rows, columns].any() for rows in (slice(0, 20), slice(-20, None)) for columns in (0, 1, -2, -1))


def _image(name: str) -> NDArray[np.uint8]:
    return to_mnist(ink_from_bytes((CASES / f"{name}.png").read_bytes())).image
