"""Convert arrays of images, of any usual shape and dtype, to uint8 [N, 28, 28].

`idx`, `npz`, `table` and `parquet` pass their arrays to this module.
"""

import math

import numpy as np
from numpy.typing import NDArray

from mnist37.data.digits import SIDE
from mnist37.data.parts import Labelled
from mnist37.data.picture import Pictures
from mnist37.data.png import REMEDY as PNG_REMEDY
from mnist37.errors import DataError

REMEDY = "Give 28x28 greys from 0 to 255; or have all prepared as drawings are, with --prepare or MNIST37_PREPARE=1."

Array = NDArray[np.generic]


def labelled(images: Array, labels: NDArray[np.uint8], name: str, pictures: Pictures) -> Labelled:
    """Convert images to 28x28, prepared as drawings if `pictures` says so.

    Args:
        images: [N, H, W], [N, H * W], [N, H, W, C] or [N, C, H, W]; whole numbers from 0 to 255, or shares from 0 to 1.
        labels: uint8 [N].
        name: the file's name in errors.
        pictures: how to read them.

    Raises:
        DataError: another shape or range; or, unless they are prepared, coloured or not 28x28.
    """
    pixels = _as_pixels(images, name)
    if not pictures.prepare:
        return Labelled(_as_they_are(pixels, name), labels)
    prepared = [pictures.from_greys(image, f"{name}, image {at}") for at, image in enumerate(pixels)]
    kept = [image for image in prepared if image is not None]
    is_kept = np.array([image is not None for image in prepared], np.bool_)
    return Labelled(np.stack(kept) if kept else np.zeros((0, SIDE, SIDE), np.uint8), labels[is_kept])


def labels_from(values: Array, name: str) -> NDArray[np.uint8]:
    """Read labels from 0 to 9, or one-hot labels.

    Args:
        values: [N], [N, 1] or [N, 10].
        name: the file's name in errors.

    Returns:
        uint8 [N].

    Raises:
        DataError: the values are no such labels.
    """
    if values.ndim == 2 and values.shape[1] == 10:
        values = values.argmax(axis=1)
    flat = values.reshape(len(values), -1)
    try:
        numbers = flat.astype(np.float64)
    except (ValueError, TypeError):
        numbers = np.full(flat.shape, np.nan)
    if flat.shape[1:] != (1,) and len(flat):
        raise DataError(f"{name} holds labels of the shape {list(values.shape)}.", "Give one label for each image.")
    if not ((numbers >= 0) & (numbers <= 9) & (numbers == np.floor(numbers))).all():
        odd = flat[~((numbers >= 0) & (numbers <= 9) & (numbers == np.floor(numbers)))][0]
        raise DataError(f"{name} holds the label {str(odd)[:40]!r}.", "Label each digit from 0 to 9.")
    return numbers.reshape(-1).astype(np.uint8)


def _as_pixels(images: Array, name: str) -> NDArray[np.uint8]:
    """Return the images as uint8 [N, H, W] or [N, H, W, 3]."""
    greys = _to_uint8(images, name)
    if greys.ndim == 2:
        side = math.isqrt(greys.shape[1])
        if side * side != greys.shape[1] or not side:
            raise DataError(f"{name} holds images of {greys.shape[1]} pixels, which is no square.", REMEDY)
        return greys.reshape(-1, side, side)
    if greys.ndim == 4 and greys.shape[1] in {1, 3} and greys.shape[3] not in {1, 3}:
        greys = np.moveaxis(greys, 1, -1)
    if greys.ndim == 4 and greys.shape[3] == 1:
        greys = greys[..., 0]
    if greys.ndim not in {3, 4} or 0 in greys.shape[1:] or (greys.ndim == 4 and greys.shape[3] != 3):
        raise DataError(f"{name} holds images of the shape {list(images.shape)}.", REMEDY)
    return np.ascontiguousarray(greys)


def _to_uint8(images: Array, name: str) -> NDArray[np.uint8]:
    """Return greys from 0 to 255; shares from 0 to 1 are scaled by 255."""
    if images.dtype == np.uint8 and (not images.size or images.max() > 1):
        return images.astype(np.uint8, copy=False)
    if images.dtype.kind not in "buif":
        raise DataError(f"{name} holds images of {images.dtype}, which are no numbers.", REMEDY)
    low, high = (float(images.min()), float(images.max())) if images.size else (0.0, 0.0)
    if not (low >= 0 and high <= 255):  # also true for nan
        raise DataError(f"{name} holds greys from {low:g} to {high:g}.", REMEDY)
    scale = 255.0 if 0 < high <= 1 else 1.0
    return np.round(images.astype(np.float64) * scale).astype(np.uint8)


def _as_they_are(pixels: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    _, height, width, *bands = pixels.shape
    if (height, width) != (SIDE, SIDE):
        raise DataError(f"{name} holds images of {width}x{height} pixels instead of 28x28.", REMEDY)
    if bands and not (pixels == pixels[..., :1]).all():
        raise DataError(f"{name} holds images in colour.", PNG_REMEDY)
    return pixels[..., 0] if bands else pixels
