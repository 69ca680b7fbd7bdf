"""Digits of MNIST as strokes on something larger: what a hand on a canvas, or a pen on paper, would have left."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Ink = NDArray[np.uint8]
FITTED_SIDE = 20  # of a digit's box in MNIST


def enlarged(digit: Ink, side: int, resample: Image.Resampling) -> Ink:
    """The ink's box with its longer side `side`, in greys as soft as MNIST's."""
    box = _box(digit)
    return _scaled(box, side / max(box.shape), resample)


def pen(digit: Ink, side: int, wider: float = 0.0) -> Ink:
    """The same as one bright stroke with sharp, antialiased edges, `wider` pixels wider than MNIST's (or thinner)."""
    box = _box(digit)
    soft = _scaled(np.pad(box, 1), 2 * side / max(box.shape), Image.Resampling.BICUBIC)
    hard = np.uint8(255) * (_grown(soft, wider) > 127)  # twice as large, so `wider` on each side is half of it
    return _box(_scaled(hard, 0.5, Image.Resampling.BOX))


def _scaled(ink: Ink, scale: float, resample: Image.Resampling) -> Ink:
    height, width = (max(1, round(length * scale)) for length in ink.shape)
    return np.asarray(Image.fromarray(ink).resize((width, height), resample))


def _grown(ink: Ink, radius: float) -> Ink:
    """Grey dilation by a disk, or erosion where the radius is negative."""
    if radius < 0:
        eroded: Ink = 255 - _grown(255 - ink, -radius)
        return eroded
    grown = np.pad(ink, int(np.ceil(radius)), constant_values=ink[0, 0])
    source = grown.copy()
    for angle in np.linspace(0, 2 * np.pi, 32, endpoint=False):
        for part in (0.5, 1.0):  # the ring within the disk, too: no stroke is thinner
            shift = round(radius * part * np.sin(angle)), round(radius * part * np.cos(angle))
            np.maximum(grown, np.roll(source, shift, (0, 1)), out=grown)
    return grown


def _box(digit: Ink) -> Ink:
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    if not len(rows):
        return digit
    return digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
