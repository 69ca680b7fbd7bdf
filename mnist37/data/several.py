"""Several digits in one picture: where each of them is.

Parts that hang together are strokes. Strokes that lie close to each other for their size are one digit: the bar of a 5,
both halves of a 3 that a pen left apart. Digits that touch each other cannot be told apart here.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mnist37.data.drawing import Box
from mnist37.data.marks import MASKED

SPECK = 0.12  # of the longest stroke: what is shorter is no stroke
NEAR = 0.15  # of the longer stroke: so far apart strokes may lie in one digit
FRAGMENT = 0.6  # of the longer stroke: what is shorter may be a part of its digit
HALF = 1.1  # a stroke that is no higher than this, as a multiple of its width, may be one half of a digit
LEAST_DIGIT = 0.35  # of the largest digit's longer side: what is smaller is none
LEAST_INK = 0.06  # of the largest digit's ink: the same
MARGIN = 0.05  # of a digit's longer side: around it, where its soft edges are

Ink = NDArray[np.uint8]


def find_digits(ink: Ink) -> tuple[Box, ...]:
    """Find the digits in a picture.

    Args:
        ink: uint8 `[H, W]`, 0 = paper, 255 = ink.

    Returns:
        For each digit left, top, right and bottom in pixels, right and bottom exclusive, in the order of reading; none
        where the picture is blank. A box holds the soft edges of strokes only in part.
    """
    labels, count = ndimage.label(ink > MASKED, np.ones((3, 3)))
    if not count:
        return ()
    boxes = np.array([(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)])
    areas = np.bincount(labels.ravel())[1:]
    strokes = np.flatnonzero(_longer(boxes) >= SPECK * _longer(boxes).max())
    digits = _joined([(boxes[n], int(areas[n])) for n in strokes])
    most, longest = max(area for _, area in digits), max(_longer(box[None])[0] for box, _ in digits)
    large = [
        box for box, area in digits
        if _longer(box[None])[0] >= LEAST_DIGIT * longest and area >= LEAST_INK * most
    ]  # fmt: skip
    return tuple(_in_reading_order(large))


def cut_digits(ink: Ink, boxes: Sequence[Box]) -> tuple[Ink, ...]:
    """Cut digits out of a picture, without the ink of their neighbours.

    Args:
        ink: uint8 `[H, W]`, 0 = paper, 255 = ink.
        boxes: as `find_digits` returns them.

    Returns:
        For each box uint8 `[h, w]` in the picture's own resolution: the box with a margin for soft edges.
    """
    labels, _ = ndimage.label(ink > MASKED, np.ones((3, 3)))
    parts = [(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)]
    return tuple(_cut(ink, labels, parts, box) for box in boxes)


def _cut(ink: Ink, labels: NDArray[np.int32], parts: list[Box], box: Box) -> Ink:
    """Cut one digit out: a soft edge goes to the nearest part; a part that sticks out of the box is a neighbour's."""
    left, top, right, bottom = box
    margin = 1 + round(MARGIN * max(right - left, bottom - top))
    window = np.s_[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin]
    near = labels[window]
    at = ndimage.distance_transform_edt(near == 0, return_distances=False, return_indices=True)
    is_own = np.array([False, *(_is_within(part, box) for part in parts)])
    return np.where(is_own[near[tuple(at)]], ink[window], np.uint8(0))


def _is_within(part: Box, box: Box) -> bool:
    return part[0] >= box[0] and part[1] >= box[1] and part[2] <= box[2] and part[3] <= box[3]


def _longer(boxes: NDArray[np.int64]) -> NDArray[np.int64]:
    longer: NDArray[np.int64] = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    return longer


def _joined(parts: list[tuple[NDArray[np.int64], int]]) -> list[tuple[NDArray[np.int64], int]]:
    """Join parts until no two of them belong to one digit."""
    parts = sorted(parts, key=lambda part: -part[1])
    done: list[tuple[NDArray[np.int64], int]] = []
    while parts:
        box, area = parts.pop(0)
        partner = next((n for n, (other, _) in enumerate(parts) if _are_one(box, other)), None)
        if partner is None:
            done.append((box, area))
            continue
        other, more = parts.pop(partner)
        union = np.concatenate([np.minimum(box[:2], other[:2]), np.maximum(box[2:], other[2:])])
        parts = [(union, area + more), *done, *parts]
        done = []
    return done


def _are_one(a: NDArray[np.int64], b: NDArray[np.int64]) -> bool:
    sizes = np.array([a[2:] - a[:2], b[2:] - b[:2]])  # width and height of each
    gaps = np.maximum(a[:2], b[:2]) - np.minimum(a[2:], b[2:])  # below 0 where they overlap
    longer = sizes.max(axis=1)
    if (gaps < 0).all() and float(np.prod(-gaps)) >= 0.3 * np.prod(sizes, axis=1).min():
        return True
    if max(gaps) > NEAR * longer.max():
        return False
    are_stacked = -gaps[0] >= 0.5 * sizes[:, 0].min()
    if are_stacked and gaps[1] < 0:
        return True
    are_halves = are_stacked and bool((sizes[:, 1] <= HALF * sizes[:, 0]).all())
    return bool(longer.min() < FRAGMENT * longer.max() or are_halves)


def _in_reading_order(boxes: list[NDArray[np.int64]]) -> list[Box]:
    """Row by row, from left to right; a row ends where the next digit begins below the middle of all in it."""
    rows: list[list[NDArray[np.int64]]] = []
    for box in sorted(boxes, key=lambda box: int(box[1] + box[3])):
        middle = (box[1] + box[3]) / 2
        if rows and middle < np.mean([other[3] for other in rows[-1]]):
            rows[-1].append(box)
        else:
            rows.append([box])
    ordered = (box for row in rows for box in sorted(row, key=lambda box: int(box[0])))
    return [(int(box[0]), int(box[1]), int(box[2]), int(box[3])) for box in ordered]
