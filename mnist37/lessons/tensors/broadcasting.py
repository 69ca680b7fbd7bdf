"""Broadcasting: which shapes are compatible, the shape of the result, and which cells a cell of the result uses."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from mnist37.errors import ExpressionError

Shape = tuple[int, ...]
MOST_AXES = 4
LARGEST_SIZE = 100_000  # of one axis


def aligned(shape: Shape, rank: int) -> Shape:
    """Return a shape with 1s before it, until it has `rank` axes: `(3,)` is `(1, 3)` beside `(2, 3)`."""
    return (1,) * (rank - len(shape)) + shape


def broadcast_shape(a: Shape, b: Shape) -> Shape:
    """Return the shape of `a + b`: aligned from the right, two sizes must be equal, or one of them 1 and stretched.

    Raises:
        ExpressionError: two sizes are different, and neither is 1.
    """
    rank = max(len(a), len(b))
    for place, (n, m) in enumerate(zip(aligned(a, rank), aligned(b, rank), strict=True)):
        if n != m and 1 not in (n, m):
            raise ExpressionError(
                f"Shapes {list(a)} and {list(b)} do not fit: on axis {place - rank}, {n} meets {m}, and neither is 1.",
                "Align them from the right: two sizes must be equal, or one of them 1.",
            )
    return tuple(m if n == 1 else n for n, m in zip(aligned(a, rank), aligned(b, rank), strict=True))


def source_cell(cell: Shape, shape: Shape) -> Shape:
    """Return the cell of a tensor of that shape that a `cell` of the result uses; along a size of 1 it is always 0."""
    own = cell[len(cell) - len(shape) :]
    return tuple(0 if size == 1 else index for index, size in zip(own, shape, strict=True))


def read_shape(text: str) -> Shape:
    """Read a shape that a visitor typed, such as `2, 3` or `[2, 3]`; empty for a single number.

    Raises:
        ExpressionError: it is not made of whole numbers above 0, or too large.
    """
    parts = [part.strip() for part in text.strip().strip("[]()").split(",")]
    if not parts[-1]:
        parts.pop()  # a comma may end it, as in (3,)
    if not all(part.isascii() and part.isdecimal() and len(part) < 7 for part in parts):
        raise ExpressionError("A shape is made of whole numbers with commas between them.", "Write 2, 3.")
    shape = tuple(int(part) for part in parts)
    if len(shape) > MOST_AXES or not all(1 <= size <= LARGEST_SIZE for size in shape):
        raise ExpressionError(f"A shape has at most {MOST_AXES} sizes here, from 1 to {LARGEST_SIZE:,}.", "Write 2, 3.")
    return shape


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """Two small tensors and their sum, as torch computes it."""

    a: Tensor
    b: Tensor
    total: Tensor


def example_sum(a: Shape, b: Shape) -> Sum:
    """Return tensors of these shapes, 10, 20, 30 … and 1, 2, 3 …, so that each sum shows its two parts."""
    tens, ones = (torch.arange(1, math.prod(shape) + 1).view(shape) for shape in (a, b))
    return Sum(tens * 10, ones, tens * 10 + ones)
