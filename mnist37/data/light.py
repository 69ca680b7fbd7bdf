"""The light on a sheet of paper: what the sheet would look like without ink, and under an even light.

What a photo shows is paper times light. What the paper alone would show is found by morphology's closing (its opening,
for a board): the largest grey within a window, then the smallest of these. It fills every dark stroke that is narrower
than the window, and leaves slopes of light and edges of shadows as they are. The photo is divided by it.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image, ImageFilter

LIGHT_SIDE = 128  # light varies slowly: it is looked for in a picture reduced to this
WIDEST_STROKE = 0.3  # of the shorter side; what is wider is no ink but shadow
KIND_SIDE = 64  # whether ink is dark is seen on a picture as small as this
FLOOR = 8.0  # grey levels: below, a quotient of two greys says nothing

Greys = NDArray[np.float64]


def is_ink_dark(grey: Greys) -> bool:
    """Whether what stands out most from its wider surroundings is darker than these, as a quotient of greys.

    Args:
        grey: `[H, W]` in [0, 255].
    """
    small = np.round(_reduced(grey, KIND_SIDE))
    window = min(small.shape) // 2 | 1
    around = np.asarray(Image.fromarray(np.uint8(small)).filter(ImageFilter.MedianFilter(window)), np.float64)
    stands_out = np.log((small + FLOOR) / (around + FLOOR))
    return bool(-stands_out.min() > stands_out.max())


def evened(grey: Greys, *, dark_ink: bool) -> Greys:
    """The picture as it would look if all of the paper were lit as its middling part is.

    Args:
        grey: `[H, W]` in [0, 255].
        dark_ink: whether ink is darker than paper.

    Returns:
        `[H, W]`, above 255 where bright ink lay in the dark.
    """
    small = _reduced(grey, LIGHT_SIDE)
    paper = _closed(small) if dark_ink else 255 - _closed(255 - small)
    height, width = grey.shape
    light = FLOOR + _resized(np.clip(paper, 0, 255), (width, height), Image.Resampling.BILINEAR)
    return (grey + FLOOR) / light * float(np.median(light)) - FLOOR


def _closed(grey: Greys) -> Greys:
    size = max(1, round(min(grey.shape) * WIDEST_STROKE))
    # Light that fades towards the border goes on fading beyond it; ink near the border does not shine beyond it.
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
