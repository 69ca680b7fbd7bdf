"""Photos of a digit on paper or on a board, as a phone would take them: light, paper, ink, noise, JPEG."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from .strokes import pen

Field = NDArray[np.float32]
Colour = tuple[float, float, float]

WHITE: Colour = (0.93, 0.92, 0.90)
YELLOW: Colour = (0.95, 0.85, 0.45)
PINK: Colour = (0.95, 0.65, 0.70)
BLACK_INK: Colour = (0.10, 0.10, 0.12)
BLUE_INK: Colour = (0.12, 0.18, 0.50)
PENCIL: Colour = (0.45, 0.45, 0.46)
BOARD: Colour = (0.12, 0.20, 0.16)
CHALK: Colour = (0.85, 0.85, 0.82)
LINES: Colour = (0.35, 0.25, 0.10)  # what faint blue lines take away


@dataclass(frozen=True)
class Scene:
    """What stands before the camera, and how the light falls.

    Args:
        paper, ink: the share of red, green and blue light that each throws back.
        gradient: how many times brighter one side is than the other; it falls along `angle` (radians).
        shadow: the share of light that a soft-edged shadow over half of the picture takes away.
        vignette: the share of light that is lost in the corners.
        lines: pixels between the faint lines of ruled paper; squared paper has them upright too.
        noise: standard deviation of each pixel's own error, in grey levels.
        wider: pixels that the pen is wider than MNIST's strokes (or thinner).
    """

    paper: Colour = WHITE
    ink: Colour = BLACK_INK
    gradient: float = 1.0
    angle: float = 0.0
    shadow: float = 0.0
    vignette: float = 0.0
    lines: int = 0
    squared: bool = False
    noise: float = 3.0
    wider: float = 0.0


def photo(scene: Scene, digit: NDArray[np.uint8] | None, rng: np.random.Generator, size: tuple[int, int]) -> bytes:
    """A JPEG file of quality 60 and `size` (width, height); the digit is a third as high, anywhere; None: blank."""
    width, height = size
    stroke = np.zeros((height, width), np.float32)
    if digit is not None:
        drawn = pen(digit, height // 3, scene.wider)
        top, left = (rng.integers(length // 20, length - part - length // 20)
                     for length, part in zip((height, width), drawn.shape, strict=True))  # fmt: skip
        stroke[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn / 255
    lines = _lines(scene, stroke.shape)
    light = 255 * _light(scene, stroke.shape, rng)
    bands = [
        light * (paper * (1 - blue * lines) * (1 - stroke) + ink * stroke)
        for paper, ink, blue in zip(scene.paper, scene.ink, LINES, strict=True)
    ]
    blurred = Image.fromarray(np.uint8(np.stack(bands, -1))).filter(ImageFilter.BoxBlur(1))
    errors = scene.noise * rng.standard_normal((height, width, 1), np.float32)
    noisy = np.clip(np.asarray(blurred) + errors, 0, 255)
    file = io.BytesIO()
    Image.fromarray(np.uint8(noisy)).save(file, "JPEG", quality=60)
    return file.getvalue()


def _lines(scene: Scene, shape: tuple[int, ...]) -> Field:
    lines = np.zeros(shape, np.float32)
    if scene.lines:
        for row in (0, 1):
            lines[row :: scene.lines] = 1
            if scene.squared:
                lines[:, row :: scene.lines] = 1
    return lines


def _light(scene: Scene, shape: tuple[int, ...], rng: np.random.Generator) -> Field:
    """At most 1."""
    down, right = np.meshgrid(
        *(np.linspace(-1, 1, length, dtype=np.float32) for length in shape), indexing="ij", sparse=True
    )
    along = (right * np.cos(scene.angle) + down * np.sin(scene.angle)) / (
        abs(np.cos(scene.angle)) + abs(np.sin(scene.angle))
    )
    light = (scene.gradient + 1 + (scene.gradient - 1) * along) / (2 * scene.gradient)
    turn, place = rng.uniform(0, 2 * np.pi), rng.uniform(-0.4, 0.4)
    edge = right * np.cos(turn) + down * np.sin(turn) - place
    light = light * (1 - scene.shadow / (1 + np.exp(-edge / 0.03)))  # from light to dark over a tenth of the picture
    return np.asarray(light * (1 - scene.vignette * (right**2 + down**2) / 2), np.float32)
