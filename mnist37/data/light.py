"""Remove uneven light from a photo of a sheet of paper or of a board.

A photo shows paper times light. The paper without ink is estimated by a morphological closing (an opening for a
board): the largest grey within a window, then the smallest of these. It fills every dark stroke that is narrower than
the window, and keeps slopes of light and edges of shadows. The photo is divided by it.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image, ImageFilter

LIGHT_SIDE = 128  # pixels; light varies slowly, so it is estimated in a picture reduced to this
WIDEST_STROKE = 0.3  # of the shorter side; anything wider is a shadow, not ink
KIND_SIDE = 64  # pixels; a picture this small is enough to find whether ink is dark
FLOOR = 8.0  # grey levels; below, a quotient of two greys means nothing

Greys = NDArray[np.float64]


def is_ink_dark(grey: Greys) -> bool:
    """Return whether the strongest contrast to the wider surroundings, as a quotient of greys, is a darker one.

    Args:
        grey: `[H, W]` in [0, 255].
    """
    small = np.round(_reduced(grey, KIND_SIDE))
    window = min(small.shape) // 2 | 1
    around = np.asarray(Image.fromarray(np.uint8(small)).filter(ImageFilter.MedianFilter(window)), np.float64)
    stands_out = np.log((small + FLOOR) / (around + FLOOR))
    return bool(-stands_out.min() > stands_out.max())


def evened(grey: Greys, *, dark_ink: bool) -> Greys:
    """Return the picture as it would look if the light on all of the paper were the median light.

    Args:
        grey: `[H, W]` in [0, 255].
        dark_ink: whether ink is darker than paper.

    Returns:
        `[H, W]`, above 255 for bright ink in a dark part.
    """
    small = _reduced(grey, LIGHT_SIDE)
    paper = _closed(small) if dark_ink else 255 - _closed(255 - small)
    height, width = grey.shape
    light = FLOOR + _resized(np.clip(paper, 0, 255), (width, height), Image.Resampling.BILINEAR)
    return (grey + FLOOR) / light * float(np.median(light)) - FLOOR


def _closed(grey: Greys) -> Greys:
    size = max(1, round(min(grey.shape) * WIDEST_STROKE))
    # Beyond the border, light that fades goes on fading, and ink near the border does not continue.
    fading, ending = np.pad(grey, size - 1, "reflect", reflect_type="odd"), np.pad(grey, size - 1, "edge")
    closed = np.minimum(fading, ending)
    reduce: Callable[..., Greys]
    for reduce in (np.max, np.min):
        for axis in (0, 1):
            closed = reduce(sliding_window_view(closed, size, axis), axis=-1)
    return closed


def _reduced(grey: Greys, side: int) -> Greys:
    height, width = grey.shape
    scale = min(1.0, side / max(height, width))
    return _resized(grey, (max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.BOX)


def _resized(grey: Greys, size: tuple[int, int], resample: Image.Resampling) -> Greys:
    return np.asarray(Image.fromarray(grey.astype(np.float32)).resize(size, resample), np.float64)
