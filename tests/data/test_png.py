import random

import numpy as np
import pytest
from PIL import Image

from mnist37.data.png import decode_png
from mnist37.errors import BadImage

from .samples import png_bytes, png_with_header

PIXELS = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
GREY = Image.fromarray(PIXELS)


def test_grey_is_given_back() -> None:
    np.testing.assert_array_equal(decode_png(png_bytes(GREY), "x"), PIXELS)


def test_black_and_white_is_grey() -> None:
    bits = GREY.convert("1")
    np.testing.assert_array_equal(decode_png(png_bytes(bits), "x"), np.asarray(bits.convert("L")))


def test_a_palette_of_greys_is_grey() -> None:
    palette = GREY.copy()
    palette.putpalette([255 - grey for grey in range(256) for _ in range(3)])
    np.testing.assert_array_equal(decode_png(png_bytes(palette), "x"), 255 - PIXELS)


@pytest.mark.parametrize("mode", ["RGB", "LA", "RGBA"])
def test_equal_bands_are_grey(mode: str) -> None:
    np.testing.assert_array_equal(decode_png(png_bytes(GREY.convert(mode)), "x"), PIXELS)


def test_16_bits_are_scaled_unless_they_hold_8() -> None:
    deep = PIXELS.astype(np.uint16)
    np.testing.assert_array_equal(decode_png(png_bytes(Image.fromarray(deep * 257)), "x"), PIXELS)
    np.testing.assert_array_equal(decode_png(png_bytes(Image.fromarray(deep)), "x"), PIXELS)


def coloured(mode: str) -> Image.Image:
    image = GREY.convert(mode)
    image.putpixel((3, 3), (10, 10, 14))
    return image


def seen_through(mode: str) -> Image.Image:
    image = GREY.convert(mode)
    image.putalpha(200)
    return image


def coloured_palette() -> Image.Image:
    image = GREY.copy()
    image.putpalette(list(range(256)) * 3)
    return image


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "not a PNG"),
        (b"GIF89a" + bytes(100), "not a PNG"),
        (png_bytes(GREY.resize((27, 28))), "27x28 pixels instead of 28x28"),
        (png_bytes(coloured("RGB")), "in colour"),
        (png_bytes(seen_through("LA")), "transparency"),
        (png_bytes(seen_through("RGBA")), "transparency"),
        (png_bytes(coloured_palette()), "in colour"),
        (png_with_header(60_000, 60_000), "60000x60000 pixels"),
        (png_with_header(28, 28, depth=3), "damaged"),
        (png_with_header(28, 28)[:60], "damaged"),
    ],
)
def test_everything_else_is_refused(data: bytes, match: str) -> None:
    with pytest.raises(BadImage, match=rf"^some\.png .*{match}"):
        decode_png(data, "some.png")


def test_transparent_grey_is_refused() -> None:
    import io

    file = io.BytesIO()
    GREY.save(file, "PNG", transparency=0)
    with pytest.raises(BadImage, match="transparency"):
        decode_png(file.getvalue(), "x")


def test_damage_is_refused_or_harmless() -> None:
    good, rng = png_bytes(GREY), random.Random(0)
    for _ in range(500):
        damaged = bytearray(good)
        for _ in range(rng.choice([1, 1, 4])):
            damaged[rng.randrange(len(good))] ^= 1 << rng.randrange(8)
        try:
            np.testing.assert_array_equal(decode_png(bytes(damaged), "x"), PIXELS)
        except BadImage:
            continue
