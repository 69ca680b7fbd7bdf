"""Whether digits are bright on dark, as MNIST's are, or dark on bright as on paper; and how to turn the latter round.

An image tells it by its outermost ring of pixels, which is hardly ever ink: of all 70,000 digits of MNIST none has a
ring whose median is not black.
"""

import numpy as np
from numpy.typing import NDArray

CLEAR = 64.0
"""Grey levels. Ink that differs less from the ring says nothing."""

TIMES = 2.0
"""So many times further must greys reach to one side of the ring than to the other; noise reaches as far to both."""

Images = NDArray[np.uint8]


def turned_to_bright(images: Images) -> tuple[Images, int]:
    """Turn every image round whose ink is dark.

    An image that does not tell is taken for what most of the others are.

    Args:
        images: uint8 [N, H, W].

    Returns:
        uint8 [N, H, W] with bright ink, and how many of them were turned.
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
    """Tell for each image whether its ink is brighter than its ring.

    Args:
        images: uint8 [N, H, W].

    Returns:
        int8 [N]: 1 for bright ink, -1 for dark ink, 0 where it cannot be told.
    """
    ring = np.concatenate([images[:, 0], images[:, -1], images[:, 1:-1, 0], images[:, 1:-1, -1]], axis=1)
    ground = np.median(ring, axis=1)
    flat = images.reshape(len(images), -1)
    above, below = flat.max(axis=1) - ground, ground - flat.min(axis=1)
    bright = (above >= CLEAR) & (above > TIMES * below)
    dark = (below >= CLEAR) & (below > TIMES * above)
    signs: NDArray[np.int8] = bright.astype(np.int8) - dark.astype(np.int8)
    return signs
