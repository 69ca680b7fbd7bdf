"""Decode one PNG file like MNIST's, from bytes to pixels.

The PNG header is read before Pillow opens the file, so that huge images are refused without being decoded. The
checksums are read too, because Pillow skips those of the pixels.
"""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist37.errors import BadImage

REMEDY = (
    "Replace it by a grey PNG of 28x28 pixels, or take it out; or have all pictures prepared as drawings are, with "
    "--prepare or MNIST37_PREPARE=1."
)

START = b"\x89PNG\r\n\x1a\n"
_HEADER_START = START + b"\x00\x00\x00\rIHDR"
_HEADER = struct.Struct(">16sII")
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, struct.error, zlib.error)
"""The exceptions that Pillow raises, depending on the format and the place of the damage."""


def decode_png(data: bytes, name: str) -> NDArray[np.uint8]:
    """Decode one digit.

    Args:
        data: the PNG file; grey, with any number of bits, bands or palette.
        name: the file's name in errors.

    Returns:
        uint8 [28, 28], 0 = black, 255 = white.

    Raises:
        BadImage: it is no PNG, damaged, not 28x28, coloured or transparent.
    """
    _check_header(data, name)
    _check_sums(data, name)
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if image.size != (28, 28):
                raise BadImage(f"{name} contradicts itself about its size.", REMEDY)
            return grey_of(image, name)
    except (*DAMAGE, Image.DecompressionBombError) as error:
        raise BadImage(f"{name} is damaged ({error}).", REMEDY) from error


def _check_header(data: bytes, name: str) -> None:
    if len(data) < _HEADER.size or not data.startswith(_HEADER_START):
        raise BadImage(f"{name} is not a PNG image.", REMEDY)
    _, width, height = _HEADER.unpack_from(data)
    if (width, height) != (28, 28):
        raise BadImage(f"{name} has {width}x{height} pixels instead of 28x28.", REMEDY)


def _check_sums(data: bytes, name: str) -> None:
    """Check each chunk: length, kind, content, CRC-32 of kind and content; the last kind is IEND."""
    at, kind = 8, b""
    while kind != b"IEND":
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if end + 4 > len(data) or zlib.crc32(data[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise BadImage(f"{name} is damaged (truncated, or a checksum is wrong).", REMEDY)
        at = end + 4


def grey_of(image: Image.Image, name: str, spread: int = 0) -> NDArray[np.uint8]:
    """Return a picture's greys.

    Args:
        image: of any mode; 16 bits are scaled to 8, unless no grey is above 255 (8-bit greys stored in 16 bits).
        name: the file's name in errors.
        spread: the maximum difference between the bands of a grey picture, in grey levels.

    Returns:
        uint8 [H, W], 0 = black, 255 = white.

    Raises:
        BadImage: it is coloured, or a pixel is transparent.
    """
    if image.mode == "L" and "transparency" not in image.info:
        return np.asarray(image)
    if image.mode.startswith(("I", "F")) and "transparency" not in image.info:
        return _from_deep(np.asarray(image, np.float64))
    *bands, opacity = np.moveaxis(np.asarray(image.convert("RGBA")), -1, 0)
    if opacity.min() < 255 or np.ptp(np.stack(bands).astype(np.int16), axis=0).max() > spread:
        raise BadImage(f"{name} is in colour or has transparency.", REMEDY)
    return np.ascontiguousarray(bands[1] if not spread else np.asarray(image.convert("L")))


def _from_deep(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    scale = 1.0 if values.max() <= 255 else 255 / 65535
    return np.round(np.clip(values * scale, 0, 255)).astype(np.uint8)
