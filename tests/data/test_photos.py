"""A photo of a digit is as good as the digit: in uneven light, on any paper, with noise. `pytest -s` prints a table."""

import numpy as np
import pytest

from mnist37.data import Digits, ink_from_bytes, to_mnist
from mnist37.rungs import settings_for
from mnist37.settings import Settings
from mnist37.train import Outcome, predict, train

from .photos import BLUE_INK, BOARD, CHALK, PENCIL, PINK, YELLOW, Scene, photo
from .samples import png_bytes

SIZE, LARGE = (640, 480), (1000, 750)
N_DIGITS = 34  # one of them is 2.9 points
MOST_POINTS = 3.0

SCENES = {
    "even light": Scene(),
    "3:1 from the right": Scene(gradient=3, noise=8),
    "3:1 from a corner": Scene(gradient=3, angle=0.9),
    "soft shadow": Scene(shadow=0.6),
    "dark corners": Scene(vignette=0.5),
    "blue on pink, 3:1": Scene(paper=PINK, ink=BLUE_INK, gradient=3),
    "pencil, 3:1 from above": Scene(ink=PENCIL, gradient=3, angle=-np.pi / 2),
    "squared paper, 3:1": Scene(lines=40, squared=True, gradient=3),
    "yellow and all of it": Scene(paper=YELLOW, gradient=2.5, angle=0.5, shadow=0.4, vignette=0.3, noise=6, lines=60),
    "chalk on a board, 3:1": Scene(paper=BOARD, ink=CHALK, gradient=3),
    "board, shadow, corners": Scene(paper=BOARD, ink=CHALK, shadow=0.5, vignette=0.4),
    "thin pen, 3:1": Scene(gradient=3, wider=-8),
}


@pytest.fixture(scope="module")
def judge(embedded: Digits) -> tuple[Settings, Outcome]:
    settings = settings_for("simple-net")
    return settings, train(settings, embedded, lambda _event: None)


@pytest.mark.parametrize("name", SCENES)
def test_a_photo_is_recognised_as_well(name: str, judge: tuple[Settings, Outcome], embedded: Digits) -> None:
    rng = np.random.default_rng(0)
    every = slice(None, None, embedded.n_valid // N_DIGITS)
    digits, labels = embedded.valid_images[every], embedded.valid_labels[every]
    files = [photo(SCENES[name], digit, rng, SIZE) for digit in digits]
    images = np.stack([to_mnist(ink_from_bytes(file)).image for file in files])
    settings, outcome = judge
    before, after = (
        100 * np.mean(predict(settings, outcome.weights, seen).labels == labels) for seen in (digits, images)
    )
    print(  # noqa: T201
        f"\n{name:24} {after:6.1f} {after - before:+5.1f}  greys {images.mean():.1f} for {digits.mean():.1f}",
        f"differ by {np.abs(images.astype(int) - digits).mean():.1f}",
    )
    assert before - after <= MOST_POINTS
    if not SCENES[name].wider:
        assert images.mean() == pytest.approx(digits.mean(), rel=0.1)  # strokes are as thick as they were


@pytest.mark.parametrize("name", SCENES)
def test_a_sheet_without_a_digit_is_blank(name: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(3):
        assert not ink_from_bytes(photo(SCENES[name], None, rng, LARGE)).any()


@pytest.mark.parametrize("squared", [False, True])
@pytest.mark.parametrize("gap", [20, 40, 60])
def test_a_small_photo_of_lines_alone_is_blank(gap: int, squared: bool) -> None:
    for paper in (YELLOW, PINK):
        scene = Scene(paper=paper, lines=gap, squared=squared)
        assert not ink_from_bytes(photo(scene, None, np.random.default_rng(1), (320, 240))).any()


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("size", [(28, 28), (300, 200), (1500, 20)])
def test_light_alone_is_no_ink(turned: bool, size: tuple[int, int]) -> None:
    width, height = size
    light = np.broadcast_to(np.linspace(80, 240, width), (height, width))
    assert not ink_from_bytes(png_bytes(np.uint8(np.round(light.T if turned else light)))).any()
