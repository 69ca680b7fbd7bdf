"""Remove marks that are no digit: black corners of a turned scan, printed frames, ruled lines, specks.

Corners are removed from the greys, before ink is separated from paper; the other marks are removed from the ink.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mnist37.data.levels import MARGIN

CORNER_SLACK = 24.0  # grey levels by which JPEG may change a corner
DARK_CORNER, BRIGHT_CORNER = 40.0, 215.0  # grey levels; only darker or brighter corners are filled
TRIANGLE = 0.85  # minimum share of a triangle with its corner's grey, and of the strip beyond it without that grey
LEAST_CORNER = 0.1  # minimum length of a leg, as a share of a side of the picture
SAME_TURN = 0.2  # maximum natural logarithm of the ratio of two slopes that come from the same turn
CORNER_ERROR = 1.5  # pixels; the error of a triangle's leg
MOST_CORNERS = 0.6  # maximum share of the picture
MASKED = 100  # grey levels; fainter ink is a soft edge
FAINT_LINE = 32  # grey levels
LINE_RUN, LINE_SPAN = 1 / 6, 0.85  # of the picture's side; the minimum length of a run without a step, and of a line
THICKEST_LINE = 0.06  # of the picture's other side
STEEPEST_LINE = 0.1  # of the picture's other side
LINE_SEEN = 0.25  # of the picture's side; strokes may cross the rest
WIDEST_CROSSING = 0.03  # of the picture's side; a narrower crossing is a line, not a stroke
LEAST_DIGIT = 0.2  # of the shorter side; a part this high is a digit if it does not touch the border
LEAST_LINES = 3  # from border to border; with so many the paper is ruled
LEAST_ON_SHEET = 0.1  # of the shorter side; shorter parts are remains of the lines
AS_LARGE = 0.6  # of the digit's height; a part this high is another digit, even if it touches the border
LEAST_PART = 0.12  # of the digit's longer side; smaller parts outside its box are specks
SOFT_EDGE = 0.1  # of the digit's longer side; the maximum width
FAINTEST_EDGE = 6.0  # grey levels; the minimum average along the strokes

Ink = NDArray[np.uint8]
Greys = NDArray[np.float64]
Mask = NDArray[np.bool_]
Slices = tuple[slice, slice]


@dataclass(frozen=True, slots=True, eq=False)
class Corner:
    """A triangle in a corner of a picture.

    Args:
        mask: bool `[H, W]`.
        turn: the tangent of the angle by which the paper is rotated.
        shorter: the length of its shorter leg in pixels.
    """

    mask: Mask
    turn: float
    shorter: int


_EIGHT = np.ones((3, 3), bool)
_CORNERS = ((0, 0), (0, -9), (-9, 0), (-9, -9))


def without_corners(grey: Greys) -> Greys:
    """Fill the corners of a rotated scan with the paper next to them.

    Args:
        grey: `[H, W]` in [0, 255].

    Returns:
        The filled greys; the same greys if fewer than three corners are triangles of one grey.
    """
    if sum(not DARK_CORNER < _corner_grey(grey, place) < BRIGHT_CORNER for place in _CORNERS) < 3:
        return grey  # the usual case; the rest takes time
    smooth = ndimage.median_filter(grey, 3)
    found = [_corner(smooth, bottom=bottom, right=right) for bottom in (False, True) for right in (False, True)]
    corners = [corner for corner in found if corner is not None]
    if len(corners) < 3 or not _are_of_one_turn(corners):
        return grey
    masks = [corner.mask for corner in corners]
    filled = ndimage.binary_dilation(np.logical_or.reduce(masks), _EIGHT, iterations=2)
    if filled.mean() > MOST_CORNERS:
        return grey
    at = ndimage.distance_transform_edt(filled, return_distances=False, return_indices=True)
    nearest: Greys = smooth[tuple(at)]
    return np.where(filled, nearest, grey)


def _are_of_one_turn(corners: list[Corner]) -> bool:
    """Return whether all have the same angle, within a pixel's error; paper around a bold stroke has not."""
    turns = [math.log(corner.turn) for corner in corners]
    error = max(math.log1p(CORNER_ERROR / corner.shorter) for corner in corners)
    return max(turns) - min(turns) <= SAME_TURN + 2 * error


def _corner_grey(grey: Greys, place: tuple[int, int]) -> float:
    row, column = place
    return float(np.median(grey[row : row + 9 or None, column : column + 9 or None]))


def _corner(grey: Greys, *, bottom: bool, right: bool) -> Corner | None:
    """Return the corner if it is a triangle of one grey, else None."""
    turned = grey[:: -1 if bottom else 1, :: -1 if right else 1]
    inset = max(2, round(min(grey.shape) / 64))  # nearer to the border, the tips of two triangles meet
    inner = turned[inset:, inset:]
    if not inner.size or DARK_CORNER < inner[0, 0] < BRIGHT_CORNER:
        return None
    alike = np.abs(turned - inner[0, 0]) <= CORNER_SLACK
    height = int(np.argmin(np.append(alike[inset:, inset], False)))
    width = int(np.argmin(np.append(alike[inset, inset:], False)))
    if min(height, width) < 3 or max(height / grey.shape[0], width / grey.shape[1]) < LEAST_CORNER:
        return None
    down, across = np.ogrid[: inner.shape[0], : inner.shape[1]]
    place = (down + 0.5) / height + (across + 0.5) / width  # 1 on the hypotenuse
    edge = 1 / min(height, width)
    within, beyond = place <= 1 - edge, (place > 1 + edge) & (place <= 1.4)
    if not within.any() or not beyond.any():
        return None
    if alike[inset:, inset:][within].mean() < TRIANGLE or alike[inset:, inset:][beyond].mean() > 1 - TRIANGLE:
        return None
    labels, _ = ndimage.label(alike)
    mask = np.zeros(grey.shape, bool)
    mask[:: -1 if bottom else 1, :: -1 if right else 1] = labels == labels[inset, inset]
    return Corner(mask, height / width if bottom == right else width / height, min(height, width))


def without_marks(ink: Ink) -> Ink:
    """Remove frames, ruled lines, specks, and ink that reaches in from outside the picture.

    Args:
        ink: uint8 `[H, W]`, 0 = paper, 255 = ink.

    Returns:
        The digits only: none on an empty ruled sheet. A picture of a single mark is returned unchanged.
    """
    cleared = _without_lines(ink)
    labels, count = ndimage.label(cleared > MASKED, _EIGHT)
    if not count:
        return cleared
    boxes = ndimage.find_objects(labels)
    digits = _digits(labels, boxes)
    kept = np.isin(labels, digits)
    longest = max(_longer(boxes[number - 1]) for number in digits)
    distance = np.ceil(ndimage.distance_transform_edt(~kept)).astype(np.int64)
    near = distance <= _soft_edge(cleared, distance, 2 + round(SOFT_EDGE * longest))
    others = (labels > 0) & ~kept
    return np.where(near & ~others, cleared, 0).astype(np.uint8)


def _soft_edge(ink: Ink, distance: NDArray[np.int64], most: int) -> int:
    """Return the width of the strokes' soft edges in pixels, at most `most`; JPEG's artefacts are fainter."""
    within = (distance > 0) & (distance <= most)
    counts = np.bincount(distance[within], minlength=most + 1)[1:]
    means = np.bincount(distance[within], ink[within], minlength=most + 1)[1:] / np.maximum(counts, 1)
    return int(np.argmax(np.append(means < FAINTEST_EDGE, True)))


def _digits(labels: NDArray[np.int32], boxes: list[Slices]) -> list[int]:
    """Return the numbers of the parts that belong to a digit."""
    shape, numbers = labels.shape, range(1, len(boxes) + 1)
    inside = [n for n in numbers if not _touches(boxes[n - 1], shape)]
    highest = max((_height(boxes[n - 1]) for n in inside), default=0)
    if highest >= LEAST_DIGIT * min(shape):
        outer = [n for n in numbers if n not in inside and _height(boxes[n - 1]) >= AS_LARGE * highest]
        parts = inside + [n for n in outer if not _is_margin(labels, n, boxes[n - 1])]
    else:
        parts = list(numbers)
    longest = max(_longer(boxes[n - 1]) for n in parts)
    large = [n for n in parts if _longer(boxes[n - 1]) >= LEAST_PART * longest]
    return [n for n in parts if n in large or any(_lies_in(boxes[n - 1], boxes[other - 1]) for other in large)]


def _is_margin(labels: NDArray[np.int32], number: int, box: Slices) -> bool:
    """Return whether a part is a frame or a shadow: mostly along the border, or hollow and as large as the picture."""
    part = labels[box] == number
    band = max(1, round(MARGIN * min(labels.shape)))
    outer = np.ones(labels.shape, bool)
    outer[band:-band, band:-band] = False
    frame = all(end.stop - end.start >= LINE_SPAN * side for end, side in zip(box, labels.shape, strict=True))
    return bool((part & outer[box]).sum() >= 0.6 * part.sum() or (frame and part.mean() < 0.25))


def _touches(box: Slices, shape: tuple[int, ...]) -> bool:
    return any(end.start == 0 or end.stop == side for end, side in zip(box, shape, strict=True))


def _height(box: Slices) -> int:
    return int(box[0].stop - box[0].start)


def _longer(box: Slices) -> int:
    return max(int(end.stop - end.start) for end in box)


def _lies_in(box: Slices, other: Slices) -> bool:
    return all(a.start >= b.start and a.stop <= b.stop for a, b in zip(box, other, strict=True))


def _without_lines(ink: Ink) -> Ink:
    """Remove thin straight lines from border to border, but not the strokes across them."""
    across, down = _runs(ink), _runs(ink.T)
    lines = sum(map(_is_whole, [*across, *down]))
    if lines >= 2:  # a ruled sheet: a line that a digit hides in part counts too
        across, down = ([run for run in runs if _is_whole(run) or _leaves(run)] for runs in (across, down))
    else:
        across, down = (list(filter(_is_whole, runs)) for runs in (across, down))
    if lines == 1 and any(_ends_in(ink, line) for line in (*across, *(line.T for line in down))):
        return ink
    cleared = ink
    for line in across:
        cleared = _opened(cleared, line)
    for line in down:
        cleared = _opened(cleared.T, line).T
    labels, _ = ndimage.label(cleared > MASKED, _EIGHT)
    longest = max(map(_longer, ndimage.find_objects(labels)), default=0)
    if lines >= LEAST_LINES:  # a ruled sheet: a digit on it may be small or missing
        return cleared if longest >= LEAST_ON_SHEET * min(ink.shape) else np.zeros_like(ink)
    return cleared if longest >= LEAST_DIGIT * min(ink.shape) else ink


def _runs(ink: Ink) -> list[Mask]:
    """Return each thin level run as a mask `[H, W]`; strokes may interrupt it."""
    height, width = ink.shape
    run, thickest = max(5, round(width * LINE_RUN)), max(2, round(height * THICKEST_LINE))
    mask = ink > FAINT_LINE
    thin = _open(mask & ~_open(mask, thickest + 1, max(3, round(width * WIDEST_CROSSING))), 1, run)
    if not thin.any():
        return []
    around = ndimage.maximum_filter1d(thin, 5, axis=0)
    bridge = width // 2
    padded = np.pad(around, ((0, 0), (bridge, bridge)))
    joined = ~_open(~padded, 1, bridge)[:, bridge : bridge + width] | around
    labels, _ = ndimage.label(joined, _EIGHT)
    long = (
        number for number, (_, columns) in enumerate(ndimage.find_objects(labels), start=1)
        if columns.stop - columns.start >= LINE_SEEN * width
    )  # fmt: skip
    return [_level((labels == number) & thin, thickest) for number in long]


def _open(mask: Mask, height: int, width: int) -> Mask:
    """Return the parts of a mask into which a rectangle of this height and width fits: a morphological opening."""
    opened = mask.astype(np.uint8)
    for reduce in (ndimage.minimum_filter1d, ndimage.maximum_filter1d):
        origin = 0 if reduce is ndimage.minimum_filter1d else -1
        for size, axis in ((height, 0), (width, 1)):
            if size > 1:
                opened = reduce(opened, size, axis=axis, mode="constant", cval=0, origin=origin if size % 2 == 0 else 0)
    return opened.astype(bool)


def _level(part: Mask, thickest: int) -> Mask:
    """Return the longest line in a part of thin runs, without the runs of strokes that it meets."""
    counts = part.sum(axis=1)
    rows = np.flatnonzero(counts)
    if len(rows) and rows[-1] - rows[0] > max(thickest, STEEPEST_LINE * len(part)):
        middle = int(np.convolve(counts, np.ones(3), "same").argmax())
        part = part.copy()
        part[: max(0, middle - 2)] = part[middle + 3 :] = False
    return part


def _is_whole(run: Mask) -> bool:
    """Return whether a run goes from border to border."""
    columns = np.flatnonzero(run.any(axis=0))
    width = run.shape[1]
    return bool(len(columns) >= LINE_SEEN * width and columns[-1] - columns[0] >= LINE_SPAN * width)


def _leaves(run: Mask) -> bool:
    """Return whether a run starts at one border and ends where a stroke may hide it."""
    columns = np.flatnonzero(run.any(axis=0))
    return bool(len(columns) >= LINE_SEEN * run.shape[1] and (columns[0] == 0 or columns[-1] == run.shape[1] - 1))


def _opened(ink: Ink, line: Mask) -> Ink:
    """Return the ink without a level line: on the line, only ink that continues above and below is kept."""
    thickness = round(line.sum() / line.any(axis=0).sum())
    rows = np.flatnonzero(line.any(axis=1))
    strip = slice(max(0, rows[0] - 2 * thickness - 4), rows[-1] + 2 * thickness + 5)
    opened = ndimage.grey_opening(ink[strip], (thickness + 3, 1))
    cleared = ink.copy()
    across = ndimage.maximum_filter1d(line[strip], 5, axis=0)
    cleared[strip] = np.where(across, np.minimum(opened, ink[strip]), ink[strip])
    return cleared


def _ends_in(ink: Ink, line: Mask) -> bool:
    """Return whether a single line is the top or bottom of a stroke, as the bar of a 7 cut out along its box."""
    labels, _ = ndimage.label(ink > MASKED, _EIGHT)
    stroke = labels == int(np.bincount(labels[line & (labels > 0)]).argmax()) if (labels[line] > 0).any() else line
    rows, within = np.flatnonzero(line.any(axis=1)), np.flatnonzero(stroke.any(axis=1))
    margin = max(2, round(0.05 * ink.shape[0]))
    at_end = rows[0] <= within[0] + margin or rows[-1] >= within[-1] - margin
    return bool(at_end and len(within) >= 3 * len(rows))
