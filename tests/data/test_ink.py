import io
import random
import re
import zipfile

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from pillow_heif import register_heif_opener

from mnist37.data import READABLE_LIST, Digits, ink_and_scale, ink_from_bytes, ink_from_image, ink_from_rgba, to_mnist
from mnist37.errors import BadImage

from .samples import png_with_header

register_heif_opener()  # writes the files; the reader has to do without


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


@pytest.mark.parametrize("mode", ["1", "P", "PA", "RGB", "RGBA", "LA", "CMYK", "LAB", "HSV", "YCbCr", "I", "I;16", "F"])
def test_ink_is_found_in_any_mode(mode: str) -> None:
    image = seven(255, 0)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    elif mode in {"HSV", "LAB", "PA"}:
        image = image.convert("RGB") if mode != "PA" else image.convert("P")
    assert distance(image.convert(mode) if image.mode != mode else image) < 1


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


def pages(kind: str, blank: int = 2, **options: object) -> bytes:
    """A file whose first frames or pages are blank."""
    empty = Image.new("RGB", (200, 300), (255, 255, 255))
    rest = [*(empty for _ in range(blank - 1)), seven(255, 0).convert("RGB")]
    return encode(empty, kind, save_all=True, append_images=rest, **options)


def sixteen_bits() -> Image.Image:
    return Image.fromarray(np.asarray(seven(255, 0)).astype(np.uint16) * 257)


def plain_pgm(image: Image.Image) -> bytes:
    return f"P2 {image.width} {image.height} 255 {' '.join(map(str, np.asarray(image).ravel()))}".encode()


FILES = {
    "PNG": lambda: encode(seven(255, 0)),
    "16-bit PNG": lambda: encode(sixteen_bits()),
    "JPEG": lambda: encode(seven(255, 0), "JPEG", quality=95),
    "CMYK JPEG": lambda: encode(seven(255, 0).convert("CMYK"), "JPEG", quality=95),
    "MPO": lambda: encode(
        seven(255, 0), "MPO", quality=95, save_all=True, append_images=[Image.new("L", (200, 300), 255)]
    ),
    "HEIC": lambda: encode(seven(255, 0).convert("RGB"), "HEIF"),
    "HEIC with opacity": lambda: encode(seven(255, 0).convert("RGBA"), "HEIF"),
    "AVIF": lambda: encode(seven(255, 0).convert("RGB"), "AVIF"),
    "WebP": lambda: encode(seven(255, 0).convert("RGB"), "WEBP"),
    "GIF": lambda: encode(seven(255, 0), "GIF"),
    "BMP": lambda: encode(seven(255, 0), "BMP"),
    "PPM": lambda: encode(seven(255, 0).convert("RGB"), "PPM"),
    "plain PGM": lambda: plain_pgm(seven(255, 0)),
    "JPEG 2000": lambda: encode(seven(255, 0), "JPEG2000"),
    "JPEG 2000 without a box": lambda: encode(seven(255, 0), "JPEG2000", no_jp2=True),
    "TIFF": lambda: encode(seven(255, 0), "TIFF"),
    "16-bit TIFF": lambda: encode(sixteen_bits(), "TIFF"),
    "float TIFF": lambda: encode(Image.fromarray(np.asarray(seven(255, 0), np.float32) / 255), "TIFF"),
    "CMYK TIFF": lambda: encode(seven(255, 0).convert("CMYK"), "TIFF"),
    "LAB TIFF": lambda: encode(seven(255, 0).convert("RGB").convert("LAB"), "TIFF"),
    "fax TIFF": lambda: encode(seven(255, 0).convert("1"), "TIFF", compression="group4"),
    "JPEG in TIFF": lambda: encode(seven(255, 0).convert("RGB"), "TIFF", compression="jpeg", quality=95),
    "TIFF of pages": lambda: pages("TIFF", compression="tiff_lzw"),
    "animated GIF": lambda: pages("GIF"),
    "animated PNG": lambda: pages("PNG"),
    "animated WebP": lambda: pages("WEBP"),
    "animated AVIF": lambda: pages("AVIF"),
}


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_is_read(name: str) -> None:
    image = to_mnist(ink_from_bytes(FILES[name]())).image
    assert np.abs(image.astype(int) - EXPECTED).mean() < 3


def test_pages_are_tried_up_to_a_limit() -> None:
    assert ink_from_bytes(pages("TIFF", blank=19)).any()
    assert not ink_from_bytes(pages("TIFF", blank=20)).any()


def test_a_blank_picture_of_16_bits_is_blank() -> None:
    noise = np.random.default_rng(0).normal(60_000, 300, (60, 80))
    assert not ink_from_bytes(encode(Image.fromarray(noise.astype(np.uint16)), "TIFF")).any()


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "WEBP", "JPEG", "HEIF", "AVIF"])
def test_a_turned_picture_of_any_kind_stands_upright(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = seven(255, 0).rotate(90, expand=True).convert("RGB")
    if kind == "HEIF":  # has a box of its own for this, which its writer fills from here
        turned.info["exif"] = exif.tobytes()
        data = encode(turned, kind)
    else:
        data = encode(turned, kind, exif=exif, quality=95)
    assert np.abs(to_mnist(ink_from_bytes(data)).image.astype(int) - EXPECTED).mean() < 3


def test_the_scale_is_that_of_the_picture() -> None:
    assert ink_and_scale(encode(seven(255, 0)))[1] == 1
    ink, scale = ink_and_scale(encode(seven(255, 0).resize((2000, 3000))))
    assert (ink.shape[0] * scale, ink.shape[1] * scale) == (3000, pytest.approx(2000, abs=3))


def packed(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "x")
    return file.getvalue()


REFUSED = {
    "an empty file": b"",
    "a file of zeros only": bytes(100),
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3",
    "an SVG drawing": b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "a web page (HTML)": b"\n<!DOCTYPE html><html><body><svg></svg></body></html>",
    "an XML file": b'<?xml version="1.0"?><a/>',
    "a Photoshop file (PSD)": b"8BPS\0\1" + bytes(20),
    "a PostScript file (EPS)": encode(seven(255, 0, (40, 50)), "EPS"),
    "an icon (ICO)": encode(seven(255, 0), "ICO"),
    "a TGA picture": encode(seven(255, 0).convert("RGB"), "TGA"),
    "a PCX picture": encode(seven(255, 0), "PCX"),
    "a DDS texture": encode(seven(255, 0).convert("RGB"), "DDS"),
    "a QOI picture": encode(seven(255, 0).convert("RGB"), "QOI"),
    "a JPEG XL picture": b"\xff\x0a\xfa\x7f",
    "a HEIF sequence": b"\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc",
    "a video (MP4)": b"\0\0\0\x18ftypisom\0\0\2\0isommp41",
    "a video (MOV)": b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "a video (WebM or MKV)": b"\x1a\x45\xdf\xa3\x9fB\x86\x81\1",
    "a camera's raw picture (CR2)": b"II*\0\x10\0\0\0CR\2\0" + bytes(20),
    "a text file": "Eine Drei, groß geschrieben: 3".encode(),
    "a text file (2)": "три и семь".encode(),
    "a text file (3)": "drei groß".encode("latin-1"),
    "a text file (4)": "three".encode("utf-16"),
    "a text file (5)": b"BM is how this text begins",
    "a .zip archive": packed("3/a.png"),
    "a Word document": packed("word/document.xml"),
    "a .gz archive": b"\x1f\x8b\x08" + bytes(9),
    "MNIST's IDX file": b"\0\0\x08\3" + bytes(12),
    "a file of a kind that is not known here": b"\x01\x02\x03\xff\xfe",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_named_and_what_is_read_is_listed(name: str) -> None:
    with pytest.raises(BadImage) as refusal:
        ink_from_bytes(REFUSED[name])
    assert f"it is {re.sub(r' [(][0-9][)]$', '', name)}" in refusal.value.message
    assert READABLE_LIST in refusal.value.remedy


@pytest.mark.parametrize(("name", "kind"), [("PNG", "PNG"), ("JPEG", "JPEG"), ("HEIC", "HEIC"), ("TIFF", "TIFF")])
def test_half_a_file_is_called_damaged(name: str, kind: str) -> None:
    data = FILES[name]()
    with pytest.raises(BadImage, match=f"it is a {kind} file that is damaged"):
        ink_from_bytes(data[: len(data) // 2])


@pytest.mark.parametrize("kind", ["TIFF", "WEBP", "AVIF", "HEIF", "JPEG2000", "PPM", "GIF", "BMP", "JPEG"])
def test_more_than_50_megapixels_are_refused_undecoded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist37.data.picture_file.MOST_PIXELS", 59_999)
    with pytest.raises(BadImage, match="200x300 pixels"):
        ink_from_bytes(encode(seven(255, 0).convert("RGB"), kind))


def test_numbers_in_plain_text_are_read_up_to_a_limit() -> None:
    with pytest.raises(BadImage, match="plain text of 600x500"):
        ink_from_bytes(b"P2 600 500 255 " + b"0 " * 300_000)


DAMAGED = [
    "PNG", "JPEG", "GIF", "BMP", "WebP", "HEIC", "HEIC with opacity", "AVIF", "TIFF", "16-bit TIFF", "fax TIFF",
    "JPEG in TIFF", "JPEG 2000", "PPM", "MPO", "TIFF of pages", "animated GIF", "animated PNG", "animated WebP",
    "animated AVIF",
]  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_of_any_kind_never_crashes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist37.data.picture_file.MOST_PIXELS", 200_000)  # a damaged header costs no gigabytes
    good, rng = FILES[name](), random.Random(0)
    for at in range(60):
        damaged = bytearray(good)
        for _ in range(1 + at % 4):
            damaged[rng.randrange(min(len(good), 400 if at % 2 else len(good)))] ^= 1 << rng.randrange(8)
        try:
            assert (
                ink_from_bytes(bytes(damaged[: rng.randrange(len(good))] if at % 5 == 0 else damaged)).dtype == np.uint8
            )
        except BadImage:
            continue


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
