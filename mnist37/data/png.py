"""One PNG file of MNIST's kind, from bytes to pixels.

This module knows neither folders nor archives. It reads the PNG header before Pillow sees the file, so that huge, deep
or coloured images are refused without being decoded, and the checksums, since Pillow skips those of the pixels.
"""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist37.errors import BadImage

REMEDY = "Replace it by an 8-bit grey PNG of 28x28 pixels, or take it out of the folder."

_START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_HEADER = struct.Struct(">16sIIBB")
_GREY, _PALETTE = 0, 3
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, struct.error, zlib.error)
"""What Pillow raises, by format and by place of the damage."""


def decode_png(data: bytes, name: str) -> NDArray[np.uint8]:
    """Decode one digit.

    Args:
        data: the PNG file; grey of at most 8 bits, or a palette that holds nothing but greys.
        name: the file, for the error.

    Returns:
        uint8 [28, 28], 0 = black, 255 = white.

    Raises:
        BadImage: it is no PNG, damaged, not 28x28, deeper than 8 bits, coloured or transparent.
    """
    _check_header(data, name)
    _check_sums(data, name)
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if image.size != (28, 28):
                raise BadImage(f"{name} contradicts itself about its size.", REMEDY)
            pixels = np.asarray(_as_grey(image, name))
    except (*DAMAGE, Image.DecompressionBombError) as error:
        raise BadImage(f"{name} is damaged ({error}).", REMEDY) from error
    return pixels


def _check_header(data: bytes, name: str) -> None:
    if len(data) < _HEADER.size or not data.startswith(_START):
        raise BadImage(f"{name} is not a PNG image.", REMEDY)
    _, width, height, depth, colour = _HEADER.unpack_from(data)
    if (width, height) != (28, 28):
        raise BadImage(f"{name} has {width}x{height} pixels instead of 28x28.", REMEDY)
    if depth > 8:
        raise BadImage(f"{name} has {depth} bits for each pixel instead of 8.", REMEDY)
    if colour not in (_GREY, _PALETTE):
        raise BadImage(f"{name} is in colour or has transparency.", REMEDY)


def _check_sums(data: bytes, name: str) -> None:
    """Walk over the chunks: length, kind, content, CRC-32 of kind and content; the last kind is IEND."""
    at, kind = 8, b""
    while kind != b"IEND":
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if end + 4 > len(data) or zlib.crc32(data[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise BadImage(f"{name} is damaged (truncated, or a checksum is wrong).", REMEDY)
        at = end + 4


def _as_grey(image: Image.Image, name: str) -> Image.Image:
    if "transparency" in image.info:
        raise BadImage(f"{name} is in colour or has transparency.", REMEDY)
    if image.mode == "P":
        red, green, blue = image.convert("RGB").split()
        if not red.tobytes() == green.tobytes() == blue.tobytes():
            raise BadImage(f"{name} is in colour or has transparency.", REMEDY)
        return red
    return image if image.mode == "L" else image.convert("L")
