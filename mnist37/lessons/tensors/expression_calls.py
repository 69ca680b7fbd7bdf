"""All that an expression may call: functions that make tensors, and methods of a tensor.

Each takes the remaining room as its first argument, and reserves what its result needs before it computes it.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from mnist37.errors import ExpressionError
from mnist37.lessons.tensors.broadcasting import broadcast_shape
from mnist37.lessons.tensors.expression_room import LARGEST, Room, size_of

Call = Callable[..., Any]

DTYPES: Mapping[str, torch.dtype] = {
    name: getattr(torch, name) for name in ("uint8", "int32", "int64", "float32", "float64")
}


def tensor(room: Room, data: object, dtype: torch.dtype | None = None) -> Tensor:
    """Make a tensor of a number or of nested lists of numbers."""
    if isinstance(data, Tensor):
        raise ExpressionError("This is a tensor already.", "Leave tensor( ) away.")
    room.take(_shape_of(data))
    return torch.tensor(data, dtype=_dtype(dtype))


def _shape_of(data: object) -> tuple[int, ...]:
    """Return the shape of nested lists.

    Raises:
        ExpressionError: they are jagged, or contain something other than numbers.
    """
    if isinstance(data, bool | int | float):
        return ()
    if not isinstance(data, list | tuple):
        raise ExpressionError("tensor( ) takes numbers, or lists of numbers.", "Write tensor([[1, 2], [3, 4]]).")
    shapes = [_shape_of(row) for row in data]
    for place, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ExpressionError(
                f"This list is jagged: its part 0 is {_count(shapes[0])}, but its part {place} is {_count(shape)}.",
                "A tensor is a regular table: all its rows are equally long, so that one step leads to the next row.",
            )
    return (len(data), *(shapes[0] if shapes else ()))


def _count(shape: tuple[int, ...]) -> str:
    if not shape:
        return "a single number"
    return f"{shape[0]} number{'s' * (shape[0] != 1)} long" if len(shape) == 1 else f"of shape {list(shape)}"


def _dtype(dtype: object) -> torch.dtype | None:
    if dtype is not None and not isinstance(dtype, torch.dtype):
        raise ExpressionError("A dtype is needed here.", f"Choose one of {', '.join(DTYPES)}.")
    return dtype


def arange(room: Room, *limits: object, dtype: torch.dtype | None = None) -> Tensor:
    """Compute `arange(end)`, `arange(start, end)` or `arange(start, end, step)`."""
    numbers = [limit for limit in limits if type(limit) is int or (type(limit) is float and math.isfinite(limit))]
    if len(numbers) != len(limits) or not 1 <= len(limits) <= 3:
        raise ExpressionError("arange takes one, two or three numbers.", "Write arange(10) or arange(0, 1, 0.1).")
    start, end, step = [0, *numbers, 1] if len(numbers) == 1 else [*numbers, 1][:3]
    if step == 0:
        raise ExpressionError("A step of 0 never arrives.", "Take another step.")
    count = (end - start) / step
    if count > LARGEST:
        raise ExpressionError(
            f"This arange makes more than {LARGEST:,} numbers.", "Take a larger step, or a lower end."
        )
    room.take((math.ceil(max(0, count)),))
    return torch.arange(start, end, step, dtype=_dtype(dtype))


def zeros(room: Room, *shape: object, dtype: torch.dtype | None = None) -> Tensor:
    """Make zeros of that shape."""
    sizes = _sizes(shape)
    room.take(sizes)
    return torch.zeros(sizes, dtype=_dtype(dtype))


def ones(room: Room, *shape: object, dtype: torch.dtype | None = None) -> Tensor:
    """Make ones of that shape."""
    sizes = _sizes(shape)
    room.take(sizes)
    return torch.ones(sizes, dtype=_dtype(dtype))


def _sizes(shape: tuple[object, ...]) -> tuple[int, ...]:
    """Return a shape that is given as numbers, or as one list or tuple of numbers."""
    sizes = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], list | tuple) else shape
    if not all(type(size) is int for size in sizes):
        raise ExpressionError("A shape is made of whole numbers.", "Write (2, 3), for 2 rows of 3.")
    return sizes  # type: ignore[return-value]


def stack(room: Room, tensors: object, dim: int = 0) -> Tensor:
    """Stack tensors of one shape along a new axis."""
    if not isinstance(tensors, list | tuple) or not all(isinstance(part, Tensor) for part in tensors):
        raise ExpressionError("stack takes a list of tensors.", "Write stack([a, a]).")
    if tensors:
        room.take((len(tensors), *max((part.shape for part in tensors), key=size_of)))
    return torch.stack(list(tensors), _dim(dim))


def where(room: Room, condition: object, yes: object, no: object) -> Tensor:
    """Take elements from `yes` where the condition is true, else from `no`."""
    if not isinstance(condition, Tensor) or condition.dtype != torch.bool:
        raise ExpressionError("where needs a condition first: a tensor of True and False.", "Write where(a > 2, a, 0).")
    for branch in (yes, no):
        if not isinstance(branch, Tensor | bool | int | float):
            raise ExpressionError("where chooses between tensors or numbers.", "Write where(a > 2, a, 0).")
    shapes = [tuple(part.shape) for part in (condition, yes, no) if isinstance(part, Tensor)]
    shape: tuple[int, ...] = ()
    for other in shapes:
        shape = broadcast_shape(shape, other)
        room.take(shape)
    return torch.where(condition, yes, no)  # type: ignore[call-overload, no-any-return]


def _dim(dim: object) -> int:
    if type(dim) is not int:
        raise ExpressionError("An axis is a whole number.", "0 is the first axis, -1 the last.")
    return dim


def _plain(name: str) -> Call:
    """Return a method without arguments."""

    def call(room: Room, x: Tensor) -> Any:
        room.take(x.shape)
        return getattr(x, name)()

    return call


def _reduction(name: str) -> Call:
    """Return a method that reduces one axis, some axes or all of them."""

    def call(room: Room, x: Tensor, dim: object = None, keepdim: object = False) -> Tensor:
        room.take(x.shape)
        if not isinstance(keepdim, bool):
            raise ExpressionError("keepdim is True or False.", f"Write {name}(0, keepdim=True).")
        if dim is None:
            result: Tensor = getattr(x, name)()
            return result.view((1,) * x.ndim) if keepdim else result
        axes = tuple(_dim(axis) for axis in dim) if isinstance(dim, list | tuple) else _dim(dim)
        reduced: Tensor = getattr(x, name)(dim=axes, keepdim=keepdim)
        return reduced

    return call


def _std(room: Room, x: Tensor, dim: object = None, keepdim: object = False) -> Tensor:
    groups = _reduction("sum")(room, x, dim, keepdim).numel()
    if x.numel() < 2 * max(groups, 1):
        raise ExpressionError("A standard deviation needs two numbers at least.", "Take it along a longer axis.")
    deviation: Tensor = _reduction("std")(room, x, dim, keepdim)
    return deviation


def _largest(name: str) -> Call:
    """Return `max` or `min`; with an axis torch would return two tensors, so an error asks for the other name."""

    def call(room: Room, x: Tensor, dim: object = None) -> Tensor:
        if dim is not None:
            raise ExpressionError(
                f"{name}(dim) gives two tensors: values and places.", f"Write a{name}(0) or arg{name}(0)."
            )
        room.take(x.shape)
        result: Tensor = getattr(x, name)()
        return result

    return call


def _reshaping(name: str) -> Call:
    """Return `view` or `reshape`: the same numbers in another shape."""

    def call(room: Room, x: Tensor, *shape: object) -> Tensor:
        sizes = _sizes(shape)
        room.take(sizes)
        known = math.prod(size for size in sizes if size >= 0)
        unknown = sum(size < 0 for size in sizes)
        if min(sizes, default=0) < -1 or unknown > 1 or not _fills(x.numel(), known, unknown):
            raise ExpressionError(
                f"The {x.numel():,} numbers of shape {list(x.shape)} do not fill the shape {list(sizes)}.",
                "The sizes must multiply to as many; one of them may be -1, for as many as are left.",
            )
        result: Tensor = getattr(x, name)(sizes)
        return result

    return call


def _fills(numbers: int, known: int, unknown: int) -> bool:
    return known > 0 and numbers % known == 0 if unknown else numbers == known


def _squeeze(room: Room, x: Tensor, dim: object = None) -> Tensor:
    room.take(x.shape)
    return x.squeeze() if dim is None else x.squeeze(_dim(dim))


def _unsqueeze(room: Room, x: Tensor, dim: object) -> Tensor:
    room.take((*x.shape, 1))
    return x.unsqueeze(_dim(dim))


def _transpose(room: Room, x: Tensor, dim0: object, dim1: object) -> Tensor:
    room.take(x.shape)
    return x.transpose(_dim(dim0), _dim(dim1))


def _permute(room: Room, x: Tensor, *dims: object) -> Tensor:
    room.take(x.shape)
    return x.permute(_sizes(dims))


def _item(room: Room, x: Tensor) -> bool | int | float:
    room.take(x.shape)
    if x.numel() != 1:
        raise ExpressionError(f"item() is for one number, and here are {x.numel():,}.", "Take an element of it first.")
    number: bool | int | float = x.item()
    return number


FUNCTIONS: Mapping[str, Call] = {call.__name__: call for call in (tensor, arange, zeros, ones, stack, where)}
"""Called by name, or as `torch.name`."""

_NO_ARGUMENTS = (
    "float", "double", "int", "long", "byte", "bool", "abs", "sqrt", "exp", "log", "sin", "cos", "sigmoid", "relu",
    "round", "numel", "flatten",
)  # fmt: skip
_REDUCTIONS = ("mean", "sum", "amax", "amin", "argmax", "argmin", "any", "all")

METHODS: Mapping[str, Call] = {
    **{name: _plain(name) for name in _NO_ARGUMENTS},
    **{name: _reduction(name) for name in _REDUCTIONS},
    **{name: _largest(name) for name in ("max", "min")},
    **{name: _reshaping(name) for name in ("view", "reshape")},
    "std": _std,
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    "transpose": _transpose,
    "permute": _permute,
    "item": _item,
}
"""Called as `x.name(...)`."""


def _transposed(x: Tensor) -> Tensor:
    if x.ndim != 2:
        raise ExpressionError(f".T is for tables, and this has rank {x.ndim}.", "Write transpose(0, 1) or permute.")
    return x.T


ATTRIBUTES: Mapping[str, Call] = {
    "shape": lambda x: tuple(x.shape),
    "ndim": lambda x: x.ndim,
    "dtype": lambda x: x.dtype,
    "T": _transposed,
}
"""Read as `x.name`."""
