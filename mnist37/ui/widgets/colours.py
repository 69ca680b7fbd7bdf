"""Numbers as pictures: one diverging pair of colours for signed numbers, greys for ink; sharp pixels, exact shapes.

Orange stands for the first of the two digits (the 3) and blue for the other one (the 7), everywhere in the app;
colour-blind people can tell the two apart.
"""

import struct
import zlib
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

OTHER = "#1f6fc4"
PAPER = "#f6f6f4"
FIRST = "#d9560b"
NEUTRAL = "#7a8699"
"""For lines that stand for neither, in the light and the dark theme."""

RUN_COLOURS = ("#0f8a6b", "#9a5fe0", "#c99700", "#d6417f", "#2aa5b8", "#a0663f", "#7a8699", "#7fae2e")
"""Colours of runs: neither the blue nor the orange of the digits; readable on white and on black."""
RIGHT, WRONG = RUN_COLOURS[0], RUN_COLOURS[3]
"""For predictions of ten digits."""

_ANCHORS = ((0.0, "#0b3a75"), (0.25, OTHER), (0.5, PAPER), (0.75, FIRST), (1.0, "#7a2b00"))


def diverging_pngs(values: NDArray[np.float32], limit: float) -> list[bytes]:
    """Encode signed numbers as PNGs, one pixel a number.

    Args:
        values: float32 `[pictures, height, width]`.
        limit: the absolute value with the strongest colours, so that pictures can share a scale.

    Returns:
        PNG bytes of each picture: blue below 0, paper at 0, orange above.
    """
    scaled = np.nan_to_num(values / limit if limit else values * 0, nan=0.0)
    return [_png(levels, _palette()) for levels in (scaled.clip(-1, 1) * 127 + 128).round().astype(np.uint8)]


def diverging_png(values: NDArray[np.float32], limit: float) -> bytes:
    """Encode one picture as in `diverging_pngs`: float32 `[height, width]`."""
    return diverging_pngs(values[None], limit)[0]


def grey_png(image: NDArray[np.uint8]) -> bytes:
    """Encode ink as a PNG, one pixel a grey level: uint8 `[height, width]`, 0 = paper (black here, as in MNIST)."""
    return _kept_grey_png(image.tobytes(), image.shape)


@lru_cache(maxsize=512)
def _kept_grey_png(pixels: bytes, shape: tuple[int, ...]) -> bytes:
    """Cache PNGs, as the same digits are shown again and again."""
    return _png(np.frombuffer(pixels, np.uint8).reshape(shape), None)


def text_on(grey: int) -> str:
    """Return white or black, whichever is readable on a grey level from 0 to 255; their contrast is equal at 117."""
    return "#fff" if grey <= 117 else "#000"


def shared_limit(values: NDArray[np.float32]) -> float:
    """Return the largest absolute value, so that all pictures of `values` share one symmetric range."""
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max()) if finite.size else 0.0


def scale_css() -> str:
    """Return the diverging colours from left (below 0) to right as a CSS background."""
    return f"linear-gradient(90deg, {', '.join(f'{colour} {place:.0%}' for place, colour in _ANCHORS)})"


@cache
def _palette() -> bytes:
    places = np.linspace(0, 1, 256)
    anchors = [(place, tuple(bytes.fromhex(colour[1:]))) for place, colour in _ANCHORS]
    stops = [place for place, _ in anchors]
    channels = [np.interp(places, stops, [rgb[channel] for _, rgb in anchors]) for channel in range(3)]
    return np.stack(channels, 1).round().astype(np.uint8).tobytes()


def _png(levels: NDArray[np.uint8], palette: bytes | None) -> bytes:
    """Encode a PNG of one byte a pixel: Pillow takes 5 to 7 times as long; 30 live pictures change 4 times a second."""
    height, width = levels.shape
    rows = np.zeros((height, 1 + width), np.uint8)  # a row begins with its filter number: 0, none
    rows[:, 1:] = levels
    return _png_head(height, width, palette) + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 1)) + _PNG_END


@cache
def _png_head(height: int, width: int, palette: bytes | None) -> bytes:
    """Return the start of a PNG, which depends only on the size and the palette."""
    header = struct.pack(">IIBBBBB", width, height, 8, 3 if palette else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + (_chunk(b"PLTE", palette) if palette else b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


_PNG_END = _chunk(b"IEND", b"")
