"""Open a picture file of a readable kind with Pillow, within limits; an error names any other kind.

Converting the picture to ink is in `ink`.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mnist37.data.file_kinds import HEIF_BRANDS, READABLE, READABLE_LIST, other_kind, readable_kind
from mnist37.data.png import DAMAGE
from mnist37.errors import BadImage

MOST_PIXELS = 50_000_000  # of one picture, and of all frames that are read
MOST_PLAIN_PIXELS = 250_000  # of a PPM in plain text: Pillow takes 6 s for a million
MOST_FRAMES = 20
REMEDY = f"Give a picture of one of these kinds: {READABLE_LIST}."

_IN_TURN = frozenset({"GIF", "PNG", "WEBP", "AVIF", "TIFF"})
"""Formats whose frames or pages are read in turn; those of MPO and HEIC hold depth or a thumbnail."""

_FULL_SCALES = (255, 1023, 4095, 16383, 65535, 2**31 - 1)
"""The maximum grey of pictures of 8, 10, 12, 14, 16 and 31 bits."""

UNREADABLE = (
    *DAMAGE,
    AssertionError,
    AttributeError,
    MemoryError,
    OverflowError,
    RuntimeError,
    ZeroDivisionError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    UserWarning,  # where warnings are errors
)
"""The exceptions that Pillow and its plugins raise for a damaged file."""


def count_pixels(data: bytes) -> int:
    """Return the maximum number of pixels to decode for a picture file, without decoding any.

    Raises:
        BadImage: it is not a picture that can be read.
    """
    with opened(data) as image:
        return min(image.width * image.height * _frames(image), max(MOST_PIXELS, image.width * image.height))


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """Open a picture file; errors within the context become BadImage too.

    Raises:
        BadImage: it is damaged, too large, or no picture of a kind that is read.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_formats(data)) as image:
            _check_size(image, data)
            yield image
    except UNREADABLE as error:
        raise BadImage(f"The picture cannot be read ({_reason(data, error)}).", REMEDY) from error


def frames(image: Image.Image) -> Iterator[Image.Image]:
    """Yield the picture, then the other frames or pages of its file, within the limits."""
    yield image
    pixels = image.width * image.height
    for number in range(1, _frames(image)):
        image.seek(number)
        pixels += image.width * image.height
        if pixels > MOST_PIXELS:
            return
        yield image


def check_size(width: int, height: int) -> None:
    """Raise BadImage unless a picture has pixels, and at most 50 million."""
    if not 0 < width * height <= MOST_PIXELS:
        raise BadImage(f"The picture has {width}x{height} pixels.", "Give one of up to 50 megapixels.")


def upright(image: Image.Image) -> Image.Image:
    """Return a picture of 8 bits, upright as it was taken, in a mode that Pillow can reduce by averaging."""
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith(("I", "F")):
        return _of_8_bits(turned)
    if turned.mode in {"1", "P", "PA", "La", "LA", "RGBa"} or "transparency" in turned.info:
        return turned.convert("RGBA") if turned.mode != "La" else turned.convert("LA").convert("RGBA")
    if turned.mode == "LAB":
        return turned.getchannel("L")
    return turned if turned.mode in {"L", "RGB", "RGBA"} else turned.convert("RGB")


def _formats(data: bytes) -> list[str]:
    """Return Pillow's names of the formats that the file may have; HEIF's library is loaded for such a file only."""
    if data[4:8] != b"ftyp" or data[8:12] not in HEIF_BRANDS:
        return [name for name in READABLE if name != "HEIF"]
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    return ["HEIF", "AVIF"]  # `mif1` is used by both


def _check_size(image: Image.Image, data: bytes) -> None:
    check_size(image.width, image.height)
    if data[:2] in {b"P1", b"P2", b"P3"} and image.width * image.height > MOST_PLAIN_PIXELS:
        raise BadImage(
            f"The picture is a PPM in plain text of {image.width}x{image.height} pixels.", "Save it as PNG, please."
        )


def _reason(data: bytes, error: Exception) -> str:
    """Return why a file cannot be read: it is damaged, or of another kind."""
    kind = readable_kind(data)
    if kind is None:
        return f"it is {other_kind(data)}"
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return f"it is a {kind} file of more than 50 megapixels"
    if isinstance(error, UserWarning | OSError) and "cannot identify" in str(error):
        return f"it is a {kind} file that is damaged, or of a rare kind"
    return f"it is a {kind} file that is damaged: {error}"


def _frames(image: Image.Image) -> int:
    return min(MOST_FRAMES, getattr(image, "n_frames", 1)) if image.format in _IN_TURN else 1


def _of_8_bits(image: Image.Image) -> Image.Image:
    """Scale a picture of more bits by the maximum grey of its bits, where Pillow would clip it at 255.

    The scale is not the picture's own maximum: a blank sheet would become noise. Only numbers below 0 and fractions,
    which no camera writes, are scaled from the minimum to the maximum.
    """
    values: NDArray[np.float32] = np.nan_to_num(np.asarray(image).astype(np.float32))
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if low < 0 or high > _FULL_SCALES[-1]:
        values = values - low
        full = high - low
    else:
        scales = (1, *_FULL_SCALES) if image.mode == "F" else _FULL_SCALES
        full = next((scale for scale in scales if high <= scale), high)
    return Image.fromarray(np.round(values * (255 / (full or 1))).clip(0, 255).astype(np.uint8))
