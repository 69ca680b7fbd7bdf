"""Numbers as pictures: one diverging pair of colours for signed numbers, greys for ink; sharp pixels, exact shapes.

Blue speaks for a seven and orange for a three, everywhere in the app; the pair stays apart for colour-blind eyes.
"""

import io
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SEVEN = "#1f6fc4"
PAPER = "#f6f6f4"
THREE = "#d9560b"

RUN_COLOURS = ("#0f8a6b", "#9a5fe0", "#c99700", "#d6417f", "#2aa5b8", "#a0663f", "#7a8699", "#7fae2e")
"""Runs side by side: neither a seven's blue nor a three's orange; readable on white and on black."""

_ANCHORS = ((0.0, "#0b3a75"), (0.25, SEVEN), (0.5, PAPER), (0.75, THREE), (1.0, "#7a2b00"))


def diverging_png(values: NDArray[np.float32], limit: float) -> bytes:
    """Signed numbers as a PNG, one pixel a number.

    Args:
        values: float32 `[height, width]`.
        limit: what the strongest colours stand for, on both sides of 0, so that pictures can share a scale.

    Returns:
        PNG bytes: blue below 0, paper at 0, orange above.
    """
    scaled = np.nan_to_num(values / limit if limit else values * 0, nan=0.0)
    return _png((scaled.clip(-1, 1) * 127 + 128).round().astype(np.uint8), _palette())


def grey_png(image: NDArray[np.uint8]) -> bytes:
    """Ink as a PNG, one pixel a grey level: uint8 `[height, width]`, 0 = paper (black here, as in MNIST)."""
    return _png(image, None)


def shared_limit(values: NDArray[np.float32]) -> float:
    """The largest absolute value, so that all pictures of `values` share one symmetric range."""
    finite = values[np.isfinite(values)]
    return float(np.abs(finite).max()) if finite.size else 0.0


def scale_css() -> str:
    """The diverging colours from left (below 0) to right as a CSS background."""
    return f"linear-gradient(90deg, {', '.join(f'{colour} {place:.0%}' for place, colour in _ANCHORS)})"


@cache
def _palette() -> bytes:
    places = np.linspace(0, 1, 256)
    anchors = [(place, tuple(bytes.fromhex(colour[1:]))) for place, colour in _ANCHORS]
    stops = [place for place, _ in anchors]
    channels = [np.interp(places, stops, [rgb[channel] for _, rgb in anchors]) for channel in range(3)]
    return np.stack(channels, 1).round().astype(np.uint8).tobytes()


def _png(levels: NDArray[np.uint8], palette: bytes | None) -> bytes:
    image = Image.fromarray(levels)
    if palette is not None:
        image = image.convert("L")
        image.putpalette(palette)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
