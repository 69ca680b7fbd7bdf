"""Prepare ink of any size as MNIST's digits were prepared: a 28x28 picture, stage by stage.

The rule is that of LeCun et al. (1998): the ink's box is scaled so that its longer side is 20 pixels, and moved by
whole pixels until its centre of mass rounds to row 14 and column 14. It was checked on all 14,434 threes and sevens:
`to_mnist` returns 99 % of them unchanged, to the last grey level.
Reading canvases and files is in `ink`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist37.data.digits import SIDE
from mnist37.errors import BadImage

FITTED_SIDE = 20
CENTRE = SIDE // 2
BRIGHTEST_SMUDGE = 32  # grey levels; a drawing with nothing brighter is blank
FAINTEST_INK = 4  # grey levels; fainter pixels (traces of an eraser, rounding) do not widen the box
FAINT_EDGE = 1 / 3  # share of the darkest ink; fainter pixels at an enlarged digit's edge come from the enlarging
PEAK = 254  # the brightest pixel of every digit of MNIST is 254 or 255

Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A drawing on its way to the model, with every stage kept so that it can be shown.

    Attributes:
        ink: uint8 [H, W], the input.
        box: left, top, right and bottom of the ink in pixels, right and bottom exclusive; zeros if there is no ink.
        fitted: uint8 [h, w] with the longer side 20, the box's content scaled; [20, 20] zeros if there is no ink.
        image: uint8 [28, 28], the model's input.
        is_blank: whether there is no ink; then `image` is all zeros, and a prediction for it means nothing.
    """

    ink: NDArray[np.uint8]
    box: Box
    fitted: NDArray[np.uint8]
    image: NDArray[np.uint8]
    is_blank: bool

    @cached_property
    def as_drawn(self) -> NDArray[np.uint8]:
        """uint8 [28, 28], the whole input scaled down, neither cut out nor centred."""
        return np.asarray(Image.fromarray(self.ink).resize((SIDE, SIDE), Image.Resampling.BOX))


def to_mnist(ink: NDArray[np.uint8]) -> Prepared:
    """Scale and centre a drawing as MNIST's digits are.

    Args:
        ink: uint8 [H, W], 0 = paper, 255 = ink.

    Returns:
        The stages, with the result in `image`.

    Raises:
        BadImage: another shape or dtype.
    """
    if ink.dtype != np.uint8 or ink.ndim != 2:
        raise BadImage(f"The ink is {ink.dtype} {list(ink.shape)} instead of uint8 [H, W].", "Draw a digit.")
    box = _find_box(ink)
    if box is None:
        blank = np.zeros((SIDE, SIDE), np.uint8)
        return Prepared(ink, (0, 0, 0, 0), np.zeros((FITTED_SIDE, FITTED_SIDE), np.uint8), blank, is_blank=True)
    left, top, right, bottom = box
    fitted = _fit(ink[top:bottom, left:right])
    return Prepared(ink, box, fitted, _centre(fitted), is_blank=False)


def _find_box(ink: NDArray[np.uint8]) -> Box | None:
    peak = int(ink.max(initial=0))
    if peak <= BRIGHTEST_SMUDGE:
        return None
    box = _box_above(ink, FAINTEST_INK)
    is_enlarged = max(box[2] - box[0], box[3] - box[1]) > SIDE and not _is_of_blocks(ink)
    return _box_above(ink, FAINT_EDGE * peak) if is_enlarged else box


def _is_of_blocks(ink: NDArray[np.uint8]) -> bool:
    """Return whether each pixel of a smaller picture became a block; then the edges are as faint as before."""
    return all(_block_length(ink, axis) > 1 for axis in (0, 1))


def _block_length(ink: NDArray[np.uint8], axis: int) -> int:
    changes = np.flatnonzero((np.diff(ink, axis=axis) != 0).any(axis=1 - axis))
    return int(np.gcd.reduce(np.diff(changes))) if len(changes) > 1 else 1


def _box_above(ink: NDArray[np.uint8], grey: float) -> Box:
    mask = ink > grey
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _fit(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = ink.shape
    scale = FITTED_SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Area averages: they are antialiasing, and the only filter that restores an enlarged digit exactly.
    fitted = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX))
    peak = int(fitted.max())
    if peak >= PEAK:
        return fitted
    # A thin stroke became grey when it was scaled down, but no digit of MNIST is grey throughout.
    return np.round(fitted * (255 / max(peak, 1))).astype(np.uint8)


def _centre(fitted: NDArray[np.uint8]) -> NDArray[np.uint8]:
    image = np.zeros((SIDE, SIDE), np.uint8)
    top, left = (_offset(fitted.sum(axis=axis, dtype=np.float64)) for axis in (1, 0))
    image[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    return image


def _offset(mass: NDArray[np.float64]) -> int:
    """Return where the ink must start so that its centre of mass is at CENTRE; the ink stays within the field."""
    mean = float(mass @ np.arange(len(mass)) / mass.sum())
    return int(np.clip(np.floor(CENTRE - mean + 0.5), 0, SIDE - len(mass)))
