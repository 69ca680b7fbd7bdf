"""Find whether digits are bright on dark, as MNIST's are, or dark on bright, as on paper; and invert the latter.

The outermost ring of pixels shows it, because the ring is hardly ever ink: of all 70,000 digits of MNIST none has a
ring whose median is not black.
"""

import numpy as np
from numpy.typing import NDArray

CLEAR = 64.0
"""Minimum difference between ink and ring in grey levels; with less, the image is undecided."""

TIMES = 2.0
"""Minimum ratio between the distances of greys above and below the ring's; noise reaches equally far to both sides."""

Images = NDArray[np.uint8]


def turned_to_bright(images: Images) -> tuple[Images, int]:
    """Invert every image with dark ink.

    An undecided image is treated as most of the others are.

    Args:
        images: uint8 [N, H, W].

    Returns:
        uint8 [N, H, W] with bright ink, and the number of inverted images.
    """
    if not len(images):
        return images, 0
    signs = ink_signs(images)
    dark = signs < 0
    if dark.sum() > (signs > 0).sum():
        dark |= signs == 0
    if not dark.any():
        return images, 0
    return np.where(dark[:, None, None], 255 - images, images), int(dark.sum())


def ink_signs(images: Images) -> NDArray[np.int8]:
    """Return for each image whether its ink is brighter than its ring.

    Args:
        images: uint8 [N, H, W].

    Returns:
        int8 [N]: 1 for bright ink, -1 for dark ink, 0 if undecided.
    """
    ring = np.concatenate([images[:, 0], images[:, -1], images[:, 1:-1, 0], images[:, 1:-1, -1]], axis=1)
    ground = np.median(ring, axis=1)
    flat = images.reshape(len(images), -1)
    above, below = flat.max(axis=1) - ground, ground - flat.min(axis=1)
    bright = (above >= CLEAR) & (above > TIMES * below)
    dark = (below >= CLEAR) & (below > TIMES * above)
    signs: NDArray[np.int8] = bright.astype(np.int8) - dark.astype(np.int8)
    return signs
