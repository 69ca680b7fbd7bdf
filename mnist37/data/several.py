"""Find the digits in a picture of several.

Connected parts are strokes. Strokes that are close to each other, for their size, are one digit: the bar of a 5, or
both halves of a 3 that the pen did not join. Digits that touch each other cannot be separated here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mnist37.data.drawing import Box
from mnist37.data.marks import MASKED

SPECK = 0.12  # of the longest stroke; shorter parts are no strokes
NEAR = 0.15  # of the longer stroke; the maximum distance between strokes of one digit
FRAGMENT = 0.6  # of the longer stroke; a shorter stroke may be a part of its digit
HALF = 1.1  # height by width; a stroke with no more may be one half of a digit
LEAST_DIGIT = 0.35  # of the largest digit's longer side; a smaller part is no digit
LEAST_INK = 0.1  # of the largest digit's ink; a part with less is no digit
FLAT = 0.65  # height by width; a stroke with no more is no digit by itself
FLAT_NEAR = 0.35  # as NEAR, for a flat stroke above or below another one
FAINT = 64  # grey levels; ink this faint still links strokes one above the other
MARGIN = 0.05  # of a digit's longer side; the margin for its soft edges

Ink = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A stroke, or several that belong to one digit.

    Args:
        box: int64 `[4]`: left, top, right and bottom in pixels, right and bottom exclusive.
        area: pixels of ink.
        links: the numbers of the areas of faint ink that contain its strokes.
    """

    box: NDArray[np.int64]
    area: int
    links: set[int]

    @property
    def longer(self) -> int:
        """The longer side of its box in pixels."""
        return int(max(self.box[2:] - self.box[:2]))

    def joined(self, other: "Part") -> "Part":
        """Return both parts as one."""
        box = np.concatenate([np.minimum(self.box[:2], other.box[:2]), np.maximum(self.box[2:], other.box[2:])])
        return Part(box, self.area + other.area, self.links | other.links)


def find_digits(ink: Ink) -> tuple[Box, ...]:
    """Find the digits in a picture.

    Args:
        ink: uint8 `[H, W]`, 0 = paper, 255 = ink.

    Returns:
        For each digit left, top, right and bottom in pixels, right and bottom exclusive, in reading order; empty for a
        blank picture. A box contains the soft edges of strokes only in part.
    """
    labels, count = ndimage.label(ink > MASKED, np.ones((3, 3)))
    if not count:
        return ()
    boxes = np.array([(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)])
    areas = np.bincount(labels.ravel())[1:]
    strokes = np.flatnonzero(_longer(boxes) >= SPECK * _longer(boxes).max())
    faint, _ = ndimage.label(ink > FAINT, np.ones((3, 3)))
    links = ndimage.maximum(faint, labels, strokes + 1)
    digits = _joined([Part(boxes[n], int(areas[n]), {link}) for n, link in zip(strokes, links, strict=True)])
    most, longest = max(part.area for part in digits), max(part.longer for part in digits)
    large = [part.box for part in digits if part.longer >= LEAST_DIGIT * longest and part.area >= LEAST_INK * most]
    return tuple(_in_reading_order(large))


def cut_digits(ink: Ink, boxes: Sequence[Box]) -> tuple[Ink, ...]:
    """Cut digits out of a picture, without the ink of their neighbours.

    Args:
        ink: uint8 `[H, W]`, 0 = paper, 255 = ink.
        boxes: as `find_digits` returns them.

    Returns:
        For each box uint8 `[h, w]` in the picture's resolution: the box with a margin for soft edges.
    """
    labels, _ = ndimage.label(ink > MASKED, np.ones((3, 3)))
    parts = [(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)]
    return tuple(_cut(ink, labels, parts, box) for box in boxes)


def _cut(ink: Ink, labels: NDArray[np.int32], parts: list[Box], box: Box) -> Ink:
    """Cut one digit out: a soft edge belongs to the nearest part; a part that is not within the box, to a neighbour."""
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


def _joined(parts: list[Part]) -> list[Part]:
    """Join parts until no two of them belong to one digit."""
    parts = sorted(parts, key=lambda part: -part.area)
    done: list[Part] = []
    while parts:
        part = parts.pop(0)
        partner = next((n for n, other in enumerate(parts) if _are_one(part, other)), None)
        if partner is None:
            done.append(part)
            continue
        parts = [part.joined(parts.pop(partner)), *done, *parts]
        done = []
    return done


def _are_one(part: Part, other: Part) -> bool:
    a, b = part.box, other.box
    sizes = np.array([a[2:] - a[:2], b[2:] - b[:2]])  # width and height of each
    gaps = np.maximum(a[:2], b[:2]) - np.minimum(a[2:], b[2:])  # below 0 where they overlap
    longer = sizes.max(axis=1)
    if (gaps < 0).all() and float(np.prod(-gaps)) >= 0.3 * np.prod(sizes, axis=1).min():
        return True
    are_stacked = -gaps[0] >= 0.5 * sizes[:, 0].min()
    is_flat = bool((sizes[:, 1] <= FLAT * sizes[:, 0]).any())
    if are_stacked and is_flat and gaps[1] <= FLAT_NEAR * longer.max():
        return True
    if max(gaps) > NEAR * longer.max():
        return False
    if are_stacked and (gaps[1] < 0 or part.links & other.links):
        return True
    are_halves = are_stacked and bool((sizes[:, 1] <= HALF * sizes[:, 0]).all())
    return bool(longer.min() < FRAGMENT * longer.max() or are_halves)


def _in_reading_order(boxes: list[NDArray[np.int64]]) -> list[Box]:
    """Sort boxes by row, then from left to right; a row ends if the next digit begins below the middle of all in it."""
    rows: list[list[NDArray[np.int64]]] = []
    for box in sorted(boxes, key=lambda box: int(box[1] + box[3])):
        middle = (box[1] + box[3]) / 2
        if rows and middle < np.mean([other[3] for other in rows[-1]]):
            rows[-1].append(box)
        else:
            rows.append([box])
    ordered = (box for row in rows for box in sorted(row, key=lambda box: int(box[0])))
    return [(int(box[0]), int(box[1]), int(box[2]), int(box[3])) for box in ordered]
