import io
import random

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mnist37.data import Digits, ink_from_bytes, ink_from_image, ink_from_rgba, to_mnist
from mnist37.errors import BadImage

from .samples import png_with_header


def seven(paper: int, ink: int, size: tuple[int, int] = (200, 300)) -> Image.Image:
    image = Image.new("L", size, paper)
    ImageDraw.Draw(image).line([(50, 60), (150, 60), (90, 240)], fill=ink, width=14)
    return image


def encode(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


EXPECTED = to_mnist(np.asarray(seven(0, 255))).image


def distance(image: Image.Image) -> float:
    return float(np.abs(to_mnist(ink_from_image(image)).image.astype(int) - EXPECTED).mean())


def test_a_canvas_gives_luminance_times_opacity() -> None:
    rgba = np.array([[[255, 255, 255, 255], [255, 255, 255, 128], [0, 0, 0, 255], [0, 255, 0, 255]]], np.uint8)
    assert ink_from_rgba(rgba).tolist() == [[255, 128, 0, 150]]
    assert ink_from_rgba(np.zeros((0, 5, 4), np.uint8)).shape == (0, 5)


@pytest.mark.parametrize("rgba", [np.zeros((5, 5), np.uint8), np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5, 4))])
def test_another_canvas_is_refused(rgba: NDArray[np.uint8]) -> None:
    with pytest.raises(BadImage):
        ink_from_rgba(rgba)


@pytest.mark.parametrize(("paper", "ink"), [(0, 255), (255, 0), (200, 60), (120, 30), (60, 200), (0, 40), (250, 200)])
def test_ink_is_found_on_any_paper(paper: int, ink: int) -> None:
    assert distance(seven(paper, ink)) < 1


@pytest.mark.parametrize("mode", ["1", "P", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_ink_is_found_in_any_mode(mode: str) -> None:
    image = seven(255, 0)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    assert distance(image.convert(mode) if image.mode != "I;16" else image) < 1


@pytest.mark.parametrize("ink", [0, 255])
def test_ink_is_found_on_a_transparent_ground(ink: int) -> None:
    stroke = Image.new("RGBA", (200, 300), (ink, ink, ink, 0))
    stroke.putalpha(seven(0, 255))
    assert distance(stroke) < 1


def test_shadow_and_noise_are_paper() -> None:
    rng = np.random.default_rng(0)
    shadow = np.linspace(0, 25, 200)[None, :]
    photo = np.clip(np.asarray(seven(210, 40)) - shadow + rng.normal(0, 4, (300, 200)), 0, 255).astype(np.uint8)
    assert distance(Image.fromarray(photo)) < 5


def test_a_photo_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 270 degrees to see it upright
    data = encode(seven(255, 0).rotate(90, expand=True), "JPEG", exif=exif, quality=95)
    image = to_mnist(ink_from_bytes(data)).image
    assert np.abs(image.astype(int) - EXPECTED).mean() < 3


def test_a_large_photo_is_reduced() -> None:
    large = seven(255, 0).resize((2000, 3000))
    assert ink_from_image(large).shape == (1024, 683)
    assert distance(large) < 3


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_a_blank_sheet_has_no_ink(grey: int) -> None:
    noise = np.clip(np.random.default_rng(0).normal(grey, 3, (50, 60)), 0, 255).astype(np.uint8)
    assert not ink_from_image(Image.new("L", (50, 60), grey)).any()
    assert not ink_from_image(Image.fromarray(noise)).any()


def test_a_dot_is_ink() -> None:
    image = Image.new("L", (300, 300), 255)
    image.putpixel((100, 200), 0)
    assert ink_from_image(image).sum() == 255


def test_mnists_own_digits_come_through(embedded: Digits) -> None:
    errors = [
        np.abs(to_mnist(ink_from_image(Image.fromarray(digit))).image.astype(int) - digit).mean()
        for digit in embedded.valid_images
    ]
    assert np.mean(errors) < 8  # of 255: their faint fringes count as paper


@pytest.mark.parametrize(
    "data", [b"", b"%!PS-Adobe-3.0 EPSF-3.0", png_with_header(60_000, 60_000), b"\xff\xd8\xff\xe0"]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadImage):
        ink_from_bytes(data)


@pytest.mark.parametrize("size", [(0, 5), (10_000, 5_001)])
def test_too_few_or_too_many_pixels_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(BadImage, match="megapixels"):
        ink_from_image(Image.new("1", size))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_damage_never_crashes(kind: str) -> None:
    good, rng = encode(seven(255, 0, (40, 50)).convert("RGB"), kind), random.Random(0)
    for _ in range(100):
        damaged = bytearray(good)
        damaged[rng.randrange(len(good))] ^= 1 << rng.randrange(8)
        try:
            assert ink_from_bytes(bytes(damaged)).dtype == np.uint8
        except BadImage:
            continue
