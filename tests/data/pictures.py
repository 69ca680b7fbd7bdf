"""Pictures of a digit as people bring them, made of MNIST's: crops, cells, scans, ruled paper, drawings, photos.

Each kind is a function of a digit (uint8 [28, 28], bright ink), of a random generator, and of whether ink is dark.
"""

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .photos import PENCIL, Scene, photo
from .strokes import enlarged, pen

Ink = NDArray[np.uint8]
Share = NDArray[np.float64]
Kind = Callable[[Ink, np.random.Generator, bool], bytes]
BICUBIC = Image.Resampling.BICUBIC


def encoded(
    ink: Share, rng: np.random.Generator, dark: bool, *,
    low: float = 0.0, high: float = 1.0, noise: float = 0.0, jpeg: int = 0,
) -> bytes:  # fmt: skip
    """A grey file: `ink` in [0, 1] between the greys `low` and `high` (shares of white), noise in grey levels."""
    grey = 255 * (high - (high - low) * ink if dark else low + (high - low) * ink)
    image = Image.fromarray(np.uint8(np.clip(np.round(grey + rng.normal(0, noise, ink.shape)), 0, 255)))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=jpeg) if jpeg else image.save(file, "PNG")
    return file.getvalue()


def field(side: int, digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    """MNIST's own picture, enlarged."""
    return encoded(np.asarray(Image.fromarray(digit).resize((side, side), BICUBIC)) / 255, rng, dark)


def crop(margin: float, digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    """Soft strokes, cut out with a margin (a share of the longer side)."""
    return encoded(_with_margin(enlarged(digit, int(rng.integers(18, 160)), BICUBIC), margin), rng, dark)


def small_jpeg(margin: float, digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    stroke = enlarged(digit, 20, BICUBIC)
    return encoded(_with_margin(stroke, margin), rng, dark, jpeg=int(rng.integers(30, 80)), noise=3)


def bold(margin: float, digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    """Strokes that are 8 of 100 pixels wider than MNIST's."""
    return encoded(_with_margin(pen(digit, 100, 8), margin), rng, dark)


def pencil(margin: float, digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    """Half of the contrast, noise and JPEG's traces."""
    stroke = pen(digit, int(rng.integers(15, 120)))
    return encoded(_with_margin(stroke, margin), rng, dark, low=0.4, high=0.9, noise=5, jpeg=70)


def cell(sides: int, digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    """A printed cell of a scanned sheet with its lines on some sides, a little askew."""
    height = int(rng.integers(50, 180))
    width = int(height * rng.uniform(0.8, 1.4))
    ink = _placed(digit, (height, width), rng, 0.1, rng.uniform(0.35, 0.6))
    lines = Image.fromarray(np.uint8(ink * 255))
    draw, thick = ImageDraw.Draw(lines), max(1, round(height * rng.uniform(0.008, 0.04)))
    askew, grey = max(1, height // 60), int(rng.uniform(150, 256))
    for side in rng.choice(4, sides, replace=False):
        across = side < 2
        length, other = (width, height) if across else (height, width)
        start = int(rng.integers(0, max(2, int(0.06 * height))))
        start = other - 1 - start if side % 2 else start
        end = start + int(rng.integers(-askew, askew + 1))
        draw.line([(0, start), (length, end)] if across else [(start, 0), (end, length)], fill=grey, width=thick)
    return encoded(np.asarray(lines) / 255, rng, dark, noise=rng.uniform(0, 6), jpeg=int(rng.choice([0, 70])))


def turned(grey: bool, digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    """A scan turned by 3 to 15 degrees; the corners that come in are black (white for bright ink)."""
    side = int(rng.integers(60, 220))
    ink = _placed(digit, (side, side), rng, 0.2, rng.uniform(0.4, 0.55))
    low, high = (0.3, 0.85) if grey else (0.0, 1.0)
    image = Image.fromarray(np.uint8(255 * (high - (high - low) * ink if dark else low + (high - low) * ink)))
    angle = float(rng.choice([-1, 1]) * rng.uniform(3, 15))
    image = image.rotate(angle, BICUBIC, expand=bool(rng.integers(2)), fillcolor=0 if dark else 255)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=75) if rng.integers(2) else image.save(file, "PNG")
    return file.getvalue()


def specks(digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    side = int(rng.integers(40, 300))
    ink = _placed(digit, (side, side), rng, 0.05, rng.uniform(0.4, 0.7))
    for _ in range(int(rng.integers(1, 12))):
        (y, x), size = rng.integers(0, side, 2), max(1, int(side * rng.uniform(0.003, 0.02)))
        ink[y : y + size, x : x + size] = rng.uniform(0.5, 1)
    return encoded(ink, rng, dark, jpeg=int(rng.choice([0, 60])), noise=float(rng.choice([0, 4])))


def ruled(squared: bool, digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    """Lines of 0.2 to 0.6 of the ink's contrast."""
    side = int(rng.integers(80, 300))
    ink = _placed(digit, (side, side), rng, 0.08, rng.uniform(0.4, 0.7))
    gap, strength, lines = int(side * rng.uniform(0.1, 0.4)), rng.uniform(0.2, 0.6), np.zeros_like(ink)
    for start in range(int(rng.integers(gap)), side, gap):
        lines[start : start + max(1, side // 150)] = strength
        if squared:
            lines[:, start : start + max(1, side // 150)] = strength
    return encoded(np.maximum(ink, lines), rng, dark, noise=2)


def drawn(digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    """Drawn on a screen: a hard pen of any thickness, slanted, with any margin."""
    side = int(rng.integers(40, 400))
    stroke, slant = Image.fromarray(pen(digit, side, rng.uniform(-0.05, 0.09) * side)), rng.uniform(-0.25, 0.25)
    size = int(stroke.width + abs(slant) * stroke.height) + 1, stroke.height
    across = 1, slant, -max(0.0, slant * stroke.height), 0, 1, 0
    slanted = np.asarray(stroke.transform(size, Image.Transform.AFFINE, across, BICUBIC))
    return encoded(_with_margin(slanted, rng.uniform(0.03, 1.0)), rng, dark)


def small_scan(digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    """9 to 23 pixels, any contrast, noise, JPEG's traces."""
    stroke = enlarged(digit, int(rng.integers(9, 24)), BICUBIC)
    return encoded(
        _with_margin(stroke, rng.uniform(0, 0.5)), rng, dark, low=rng.uniform(0, 0.4), high=rng.uniform(0.75, 1),
        noise=rng.uniform(0, 8), jpeg=int(rng.integers(40, 95)),
    )  # fmt: skip


def phone(scene: Scene, digit: Ink, rng: np.random.Generator, dark: bool) -> bytes:
    return photo(scene, digit, rng, (500, 375))


def _with_margin(stroke: Ink, margin: float) -> Share:
    return np.pad(stroke, round(margin * max(stroke.shape))) / 255


def _placed(digit: Ink, shape: tuple[int, int], rng: np.random.Generator, free: float, part: float) -> Share:
    """A stroke whose longer side is a part of the shorter one, anywhere but within `free` of the border."""
    side = min(shape)
    stroke = pen(digit, int(side * part), rng.uniform(-0.02, 0.03) * side)
    ink = np.zeros(shape)
    top, left = (
        int(rng.integers(int(length * free), max(int(length * free), length - size - int(length * free)) + 1))
        for length, size in zip(shape, stroke.shape, strict=True)
    )
    ink[top : top + stroke.shape[0], left : left + stroke.shape[1]] = stroke / 255
    return ink


KINDS: dict[str, Kind] = {
    **{f"MNIST's own, {side} pixels": partial(field, side) for side in (28, 56, 280)},
    **{f"cut out, margin {margin:.0%}": partial(crop, margin) for margin in (0, 0.03, 0.1, 0.3, 1)},
    **{f"20 pixels as JPEG, margin {margin:.0%}": partial(small_jpeg, margin) for margin in (0, 0.03, 0.1, 0.3)},
    **{f"bold, margin {margin:.0%}": partial(bold, margin) for margin in (0, 0.1, 0.3)},
    **{f"pencil, margin {margin:.0%}": partial(pencil, margin) for margin in (0, 0.1, 0.3)},
    "cell with its frame": partial(cell, 4),
    "cell with parts of its frame": partial(cell, 2),
    "turned, black corners": partial(turned, False),
    "turned, grey paper": partial(turned, True),
    "specks": specks,
    "ruled paper": partial(ruled, False),
    "squared paper": partial(ruled, True),
    "drawn on a screen": drawn,
    "small scan": small_scan,
    "photo in even light": partial(phone, Scene()),
    "photo, pencil, light 3:1": partial(phone, Scene(ink=PENCIL, gradient=3)),
    "photo, soft shadow": partial(phone, Scene(shadow=0.6)),
}
