"""Neither a 3 nor a 7: said of scribbles and of other digits, seldom of true ones."""

import dataclasses
import os
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist37.classes import ALL_TEN
from mnist37.data import Digits, ink_from_bytes, load_digits, other_digits
from mnist37.data.drawing import to_mnist
from mnist37.errors import BadImage, DataError
from mnist37.explain import Likeness
from mnist37.explain import likeness as likeness_module

from ..data.pictures import KINDS

PEOPLES = (
    "drawn on a screen", "photo in even light", "photo, pencil, light 3:1", "cell with its frame", "small scan",
    "pencil, margin 10%", "cut out, margin 30%", "bold, margin 30%", "specks",
)  # fmt: skip
Draw = Callable[[ImageDraw.ImageDraw], None]


def strokes(on: ImageDraw.ImageDraw, *lines: tuple[int, ...]) -> None:
    for line in lines:
        on.line(line, fill=255, width=22, joint="curve")


SHAPES: dict[str, Draw] = {
    "dot": lambda d: d.ellipse((130, 130, 150, 150), fill=255),
    "full": lambda d: d.rectangle((0, 0, 280, 280), fill=255),
    "disk": lambda d: d.ellipse((60, 60, 220, 220), fill=255),
    "level stroke": lambda d: d.line((40, 140, 240, 140), fill=255, width=22),
    "cross": lambda d: strokes(d, (40, 40, 240, 240), (40, 240, 240, 40)),
    "plus": lambda d: strokes(d, (40, 140, 240, 140), (140, 40, 140, 240)),
    "ring": lambda d: d.ellipse((60, 60, 220, 220), outline=255, width=20),
    "square": lambda d: d.rectangle((60, 60, 220, 220), outline=255, width=20),
    "triangle": lambda d: d.line([(60, 200), (140, 60), (220, 200), (60, 200)], fill=255, width=20),
}

DRAWN: dict[str, Draw] = {
    "3": lambda d: strokes(d, (80, 50, 150, 40, 190, 90, 130, 135, 200, 180, 150, 235, 80, 220)),
    "7": lambda d: d.line([(70, 60), (210, 60), (130, 230)], fill=255, width=20, joint="curve"),
}


NO_DIGITS: dict[str, tuple[tuple[int, ...], ...]] = {
    "A": ((60, 240, 140, 40, 220, 240), (95, 165, 185, 165)),
    "C": ((210, 70, 150, 40, 90, 80, 70, 140, 90, 200, 150, 240, 210, 210),),
    "E": ((210, 50, 80, 50, 80, 230, 210, 230), (80, 140, 190, 140)),
    "F": ((80, 240, 80, 50, 210, 50), (80, 140, 190, 140)),
    "H": ((70, 40, 70, 240), (210, 40, 210, 240), (70, 140, 210, 140)),
    "J": ((180, 40, 180, 190, 150, 235, 100, 235, 80, 200),),
    "K": ((80, 40, 80, 240), (210, 40, 80, 150, 210, 240)),
    "L": ((80, 40, 80, 240, 210, 240),),
    "M": ((50, 240, 50, 40, 140, 150, 230, 40, 230, 240),),
    "N": ((70, 240, 70, 40, 210, 240, 210, 40),),
    "P": ((80, 240, 80, 50, 190, 55, 210, 95, 190, 140, 80, 145),),
    "R": ((80, 240, 80, 50, 190, 55, 210, 95, 190, 140, 80, 145, 210, 240),),
    "T": ((60, 50, 220, 50), (140, 50, 140, 240)),
    "U": ((70, 40, 70, 200, 110, 240, 170, 240, 210, 200, 210, 40),),
    "V": ((60, 40, 140, 240, 220, 40),),
    "W": ((40, 40, 90, 240, 140, 120, 190, 240, 240, 40),),
    "X": ((60, 40, 220, 240), (220, 40, 60, 240)),
    "Y": ((60, 40, 140, 140, 220, 40), (140, 140, 140, 240)),
    "heart": ((140, 240, 50, 140, 55, 80, 100, 60, 140, 100, 180, 60, 225, 80, 230, 140, 140, 240),),
    "star": ((140, 40, 200, 230, 45, 110, 235, 110, 80, 230, 140, 40),),
    "arrow": ((40, 140, 240, 140), (180, 80, 240, 140, 180, 200)),
    "smile": (
        (60, 60, 220, 60, 240, 220, 40, 220, 60, 60), (100, 110, 100, 120), (180, 110, 180, 120),
        (90, 170, 140, 200, 190, 170),
    ),
    "house": ((60, 240, 60, 120, 140, 40, 220, 120, 220, 240, 60, 240),),
    "spiral": (
        (140, 140, 160, 130, 160, 160, 130, 170, 110, 140, 130, 100, 180, 100, 200, 150, 180, 210, 110, 220, 70, 170,
         70, 90, 130, 50, 220, 60),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def likeness(embedded: Digits) -> Likeness:
    return Likeness(embedded)


def drawn(draw: Draw) -> np.ndarray:
    canvas = Image.new("L", (280, 280))
    draw(ImageDraw.Draw(canvas))
    return to_mnist(np.asarray(canvas)).image


def scribble(seed: int) -> np.ndarray:
    at = np.clip(140 + np.cumsum(np.random.default_rng(seed).normal(0, 35, (25, 2)), axis=0), 10, 270)
    return drawn(lambda d: d.line([tuple(point) for point in at], fill=255, width=18, joint="curve"))


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Every eighth of the other digits, which a `Likeness` made in this test does not know; uint8 [500, 28, 28]."""
    images, labels = other_digits()
    known = np.arange(len(images)) % 8 > 0
    monkeypatch.setattr(likeness_module, "other_digits", lambda _: (images[known], labels[known]))
    return images[~known]


def share_unlike(likeness: Likeness, images: np.ndarray) -> float:
    return float(np.mean([likeness.of(image).is_unlike for image in images]))


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_unlike(name: str, likeness: Likeness) -> None:
    assert likeness.of(drawn(SHAPES[name])).is_unlike


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawn_digit_is_like_its_own_kind(name: str, likeness: Likeness) -> None:
    found = likeness.of(drawn(DRAWN[name]))
    assert not found.is_unlike
    assert found.nearest_digit == int(name)


def test_most_scribbles_and_most_other_digits_are_unlike(unseen: np.ndarray, embedded: Digits) -> None:
    likeness = Likeness(embedded)
    assert share_unlike(likeness, np.stack([scribble(seed) for seed in range(20)])) >= 0.75
    assert share_unlike(likeness, unseen) > 0.9
    assert share_unlike(likeness, embedded.valid_images) <= 0.05


def test_few_digits_that_the_limit_has_not_seen_are_unlike(unseen: np.ndarray, full: Digits) -> None:
    likeness = Likeness(full)
    assert share_unlike(likeness, full.valid_images[::4]) < 0.05
    assert share_unlike(likeness, unseen) > 0.8


def test_few_digits_as_people_bring_them_are_unlike(unseen: np.ndarray, embedded: Digits) -> None:
    """`pytest -s` prints the share of false warnings, and of other digits found, for each kind of picture.

    With MNIST37_SLOW=1 there are twice as many digits.
    """
    likeness, fewer = Likeness(embedded), 1 if os.environ.get("MNIST37_SLOW") else 2
    warned: list[list[float]] = []
    for kind in PEOPLES:
        rng = np.random.default_rng(zlib.crc32(kind.encode()))
        shares = []
        for digits in (embedded.valid_images[:: 5 * fewer], unseen[:: 12 * fewer]):
            files = [KINDS[kind](digit, rng, n % 2 == 0) for n, digit in enumerate(digits)]
            shares.append(share_unlike(likeness, np.stack([to_mnist(ink_from_bytes(file)).image for file in files])))
        print(f"\n| {kind} | {shares[0]:.0%} | {shares[1]:.0%} |", end="")  # noqa: T201
        warned.append(shares)
    false, found = np.mean(warned, axis=0)
    print(f"\n| all | {false:.1%} | {found:.1%} |", end="")  # noqa: T201
    assert false <= 0.08
    assert found >= 0.8


def test_what_is_none_of_the_ten_digits_is_mostly_found() -> None:
    digits = load_digits(classes=ALL_TEN)
    likeness = Likeness(digits)
    shapes = np.stack([drawn(lambda d, lines=lines: strokes(d, *lines)) for lines in NO_DIGITS.values()])
    assert share_unlike(likeness, digits.valid_images) <= 0.05
    assert share_unlike(likeness, shapes) >= 0.75
    assert share_unlike(likeness, np.stack([scribble(seed) for seed in range(50)])) >= 0.6
    found = likeness.of(shapes[0])
    assert (found.other_distance, found.is_other_digit) == (np.inf, False)


def test_a_train_digit_is_its_own_nearest(likeness: Likeness, embedded: Digits) -> None:
    for n in (0, 399, 400, 799):
        found = likeness.of(embedded.train_images[n])
        assert found.distance == pytest.approx(0, abs=1e-5)
        assert (found.nearest, found.nearest_digit) == (n, embedded.classes.digit(embedded.train_labels[n]))
        assert found.limit == likeness.limit
        assert not found.is_unlike


def test_brightness_is_not_what_counts(likeness: Likeness, embedded: Digits) -> None:
    image = embedded.valid_images[0] // 2 * 2
    bright, dim = likeness.of(image), likeness.of(image // 2)
    assert dim.distance == pytest.approx(bright.distance, abs=1e-4)


def test_distance_is_one_less_the_largest_correlation(likeness: Likeness, embedded: Digits) -> None:
    """An oracle in plain numpy: blur by a convolution, halve by means of four, correlate."""
    at = np.arange(-8, 9)
    kernel = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)

    def small(image: np.ndarray) -> np.ndarray:
        rows = np.apply_along_axis(np.convolve, 0, image / 255, kernel, "same")
        blurred = np.apply_along_axis(np.convolve, 1, rows, kernel, "same")
        return blurred.reshape(14, 2, 14, 2).mean((1, 3)).reshape(-1)

    image = embedded.valid_images[5]
    found = likeness.of(image)
    correlations = np.corrcoef(np.stack([small(image), *map(small, embedded.train_images)]))[0, 1:]
    assert found.nearest == correlations.argmax()
    assert found.distance == pytest.approx(1 - correlations.max(), abs=1e-5)


def test_nothing_is_like_blank_paper(likeness: Likeness) -> None:
    found = likeness.of(np.zeros((28, 28), np.uint8))
    assert found.is_unlike
    assert found.distance == 1


def test_what_is_no_image_is_refused(likeness: Likeness) -> None:
    with pytest.raises(BadImage, match=r"\[2, 28, 28\]"):
        likeness.of(np.zeros((2, 28, 28), np.uint8))


@pytest.mark.parametrize("missing", ["train", "valid"])
def test_without_digits_there_is_nothing_to_compare(missing: str, tiny: Digits) -> None:
    none = {f"{missing}_images": tiny.train_images[:0], f"{missing}_labels": tiny.train_labels[:0]}
    with pytest.raises(DataError, match="nothing to compare"):
        Likeness(dataclasses.replace(tiny, **none))
