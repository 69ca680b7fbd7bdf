"""Convert a picture (a canvas, a photo, a file) to ink: one grey level per pixel, 0 = paper, 255 = ink.

This module separates ink from paper; `drawing` places the ink in the 28x28 field.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from mnist37.data.levels import find_levels
from mnist37.data.light import evened, is_ink_dark
from mnist37.data.marks import without_corners, without_marks
from mnist37.data.picture_file import REMEDY, UNREADABLE, check_size, frames, opened, upright
from mnist37.errors import BadImage

LONGEST_SIDE = 1024  # pixels; a larger photo is reduced to this: enough for 28x28, and quick
LEAST_CONTRAST = 32  # between ink and paper, in grey levels; a picture with less is a blank sheet
INK_PERCENTILE = 99.9  # the darkness of ink: a thin pen covers little of a sheet, and single pixels are noise
PAPER_SHARE = 0.3  # of the contrast; below it are shadows, folds, ruled lines and noise, not ink
INK_SHARE = 0.8  # of the contrast; above it is full ink, even if it flowed unevenly
SMOOTH_SIDE = 512  # pixels; a larger picture is a photo or a scan with noise, and is blurred

_LUMINANCE = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as Pillow's mode "L"


def ink_from_rgba(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Read a canvas with a bright stroke on a black or transparent ground.

    Args:
        rgba: uint8 [H, W, 4]: red, green, blue, opacity.

    Returns:
        uint8 [H, W], luminance times opacity.

    Raises:
        BadImage: another shape or dtype.
    """
    if rgba.dtype != np.uint8 or rgba.ndim != 3 or rgba.shape[2] != 4:
        raise BadImage(f"The drawing is {rgba.dtype} {list(rgba.shape)} instead of uint8 [H, W, 4].", "Draw a digit.")
    ink: NDArray[np.float64] = (rgba[..., :3] @ _LUMINANCE) * (rgba[..., 3] / 255)
    return np.round(ink).astype(np.uint8)


def ink_from_bytes(data: bytes) -> NDArray[np.uint8]:
    """Read an uploaded picture file; see `ink_and_scale`."""
    return ink_and_scale(data)[0]


def ink_and_scale(data: bytes) -> tuple[NDArray[np.uint8], float]:
    """Read a picture file; see `ink_from_image`.

    Args:
        data: a file of a kind in `file_kinds.READABLE`, of at most 50 million pixels. Of an animation or of several
            pages, the first one that is not blank is read, among the first 20.

    Returns:
        The ink, uint8 [H, W], 0 = paper, 255 = ink; and the picture's size divided by the ink's, in pixels.

    Raises:
        BadImage: it is not a picture, damaged or too large.
    """
    with opened(data) as image:
        for frame in frames(image):
            ink = _ink(frame)
            if ink.any():
                break
        return ink, max(frame.size) / max(ink.shape)


def ink_from_image(image: Image.Image) -> NDArray[np.uint8]:
    """Read a photo or a picture of a digit, dark on bright or bright on dark.

    First uneven light is removed (see `light`). Then the most common grey is the paper. What differs from it in the
    direction of the strongest contrast is ink, scaled so that the strongest becomes 255. A sheet with hardly any
    contrast is blank.

    Args:
        image: in any mode, of at most 50 million pixels.

    Returns:
        uint8 [H, W] with no side above 1024, 0 = paper, 255 = ink.

    Raises:
        BadImage: it is too large, or Pillow cannot decode it.
    """
    try:
        return _ink(image)
    except UNREADABLE as error:
        raise BadImage(f"The picture cannot be read ({error}).", REMEDY) from error


def _ink(image: Image.Image) -> NDArray[np.uint8]:
    check_size(image.width, image.height)
    small = upright(image)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    return _separate(_softened(_flatten(small)))


def _flatten(image: Image.Image) -> NDArray[np.float64]:
    """Return greys, float64 [H, W] in [0, 255]; transparent parts become the extreme farthest from the opaque greys."""
    rgba = np.asarray(image.convert("RGBA"), np.float64)
    grey: NDArray[np.float64] = rgba[..., :3] @ _LUMINANCE
    opacity: NDArray[np.float64] = rgba[..., 3] / 255
    bright = (grey * opacity).sum() > 127.5 * opacity.sum()
    ground = 0.0 if bright else 255.0
    return grey * opacity + ground * (1 - opacity)


def _softened(grey: NDArray[np.float64]) -> NDArray[np.float64]:
    side = max(grey.shape)
    if side <= SMOOTH_SIDE:
        return grey
    image = Image.fromarray(np.uint8(np.round(grey)))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(side / SMOOTH_SIDE)), np.float64)


def _separate(grey: NDArray[np.float64]) -> NDArray[np.uint8]:
    grey = without_corners(grey)
    if np.ptp(grey) < LEAST_CONTRAST:
        return np.zeros(grey.shape, np.uint8)
    levels = find_levels(grey)
    if levels.is_even:
        dark_ink, even = levels.dark_ink, grey
        paper = float(np.median(grey[(grey >= levels.threshold) == dark_ink]))
    else:
        dark_ink = is_ink_dark(grey)
        even = evened(grey, dark_ink=dark_ink)
        paper = float(np.median(even))
    depth = paper - even if dark_ink else even - paper
    contrast = float(np.percentile(depth, INK_PERCENTILE))
    if contrast < LEAST_CONTRAST:  # a percentile misses a dot, the maximum does not
        contrast = float(depth.max())
    if contrast < LEAST_CONTRAST:
        return np.zeros(grey.shape, np.uint8)
    is_drawing = levels.is_even and max(grey.shape) <= SMOOTH_SIDE
    low = _paper_share(depth / contrast) if is_drawing else PAPER_SHARE
    high = 1 - low / PAPER_SHARE * (1 - INK_SHARE)
    return without_marks(np.round(255 * np.clip((depth / contrast - low) / (high - low), 0, 1)).astype(np.uint8))


def _paper_share(depth: NDArray[np.float64]) -> float:
    """Return the share of the contrast that is noise on the paper; 0 in a drawing, so that soft edges are kept."""
    noise = np.abs(depth[depth < PAPER_SHARE])
    return min(PAPER_SHARE, 1.5 * float(np.percentile(noise, 90))) if noise.size else 0.0
