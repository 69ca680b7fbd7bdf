"""Evaluate tensor expressions that a visitor types, without `eval`: only what is on a list here is possible.

The text comes from unknown people on a shared server. So `expression_text` accepts only short texts of known words.
Only the kinds of nodes below are evaluated, by this module's own code. Only `expression_calls` can be called.
`expression_room` counts what a result needs before it is computed. Nothing here writes into a tensor.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from mnist37.errors import ExpressionError
from mnist37.lessons.tensors.broadcasting import broadcast_shape
from mnist37.lessons.tensors.expression_calls import ATTRIBUTES, DTYPES, FUNCTIONS, METHODS, tensor
from mnist37.lessons.tensors.expression_room import Room, checked_number, power, size_of
from mnist37.lessons.tensors.expression_text import parse

Value = Tensor | bool | int | float | torch.dtype | tuple[Any, ...] | list[Any]
"""The result of an expression: a tensor, a number, a dtype, a shape, or a list that is no tensor yet."""

OPERATORS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
TORCH_FAILS = (RuntimeError, TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError)


def evaluate(text: str, names: Mapping[str, Tensor]) -> Value:
    """Evaluate a tensor expression.

    Args:
        text: any text that a visitor typed.
        names: the tensors that it may use, by name; they are never changed, but a result may share their memory.

    Returns:
        A tensor of at most a million numbers and six axes, a number, a shape, a dtype, or a list.

    Raises:
        ExpressionError: it cannot be parsed, is not allowed, is too large, or fails.
    """
    tree = parse(text)
    try:
        result: Value = _Evaluation(names).value(tree)
    except TORCH_FAILS as error:
        raise _in_words(error) from None
    return result


class _Evaluation:
    """The evaluation of one expression, from the leaves of its tree to the root."""

    def __init__(self, names: Mapping[str, Tensor]) -> None:
        self._names = names
        self._room = Room()
        self._kinds: dict[type[ast.expr], Callable[[Any], Any]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.List: lambda node: [self.value(element) for element in node.elts],
            ast.Tuple: lambda node: tuple(self.value(element) for element in node.elts),
            ast.UnaryOp: self._signed,
            ast.BinOp: lambda node: self._operation(node.op, self.value(node.left), self.value(node.right)),
            ast.Compare: self._comparison,
            ast.Subscript: self._element,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
        }

    def value(self, node: ast.expr) -> Any:
        """Evaluate one node; refuse a kind that is not on the list."""
        kind = self._kinds.get(type(node))
        if kind is None:
            raise ExpressionError("Only tensor expressions can be computed here.", "Compare with one of the examples.")
        return kind(node)

    def _constant(self, node: ast.Constant) -> Any:
        if node.value is None or node.value is Ellipsis:
            raise ExpressionError("None and ... stand only in an index.", "Write a[None] or stack3[..., 0].")
        return checked_number(node.value)

    def _name(self, node: ast.Name) -> Any:
        if node.id in self._names:
            return self._names[node.id]
        if node.id in DTYPES:
            return DTYPES[node.id]
        if node.id in FUNCTIONS:
            raise ExpressionError(f"{node.id} is a function.", f"Call it: {node.id}( ).")
        raise ExpressionError(
            f"Nothing is called {_shown(node.id)} here.", f"There are {', '.join([*self._names, *FUNCTIONS])}."
        )

    def _signed(self, node: ast.UnaryOp) -> Any:
        x = self.value(node.operand)
        if not isinstance(node.op, ast.USub) or not isinstance(x, Tensor | bool | int | float):
            raise ExpressionError("Only - can stand before a tensor or number.", "Write -a.")
        if not isinstance(x, Tensor):
            return checked_number(-x)
        self._room.take(x.shape)
        return -x

    def _comparison(self, node: ast.Compare) -> Any:
        if len(node.ops) != 1:
            raise ExpressionError("Only two things can be compared at a time.", "Write (0 < a) * (a < 3).")
        return self._operation(node.ops[0], self.value(node.left), self.value(node.comparators[0]))

    def _operation(self, sign: ast.AST, a: Any, b: Any) -> Any:
        """Compute `a + b` and the like, after reserving room for the result."""
        operation = OPERATORS.get(type(sign))
        if operation is None:
            raise ExpressionError("This operator is not known here.", "There are + - * / ** @ // % < <= > >= == !=.")
        for part in (a, b):
            if not isinstance(part, Tensor | bool | int | float):
                raise ExpressionError("Lists and shapes do not compute.", "Make a tensor of it: tensor([1, 2]).")
        if not isinstance(a, Tensor) and not isinstance(b, Tensor):
            return power(a, b) if operation is operator.pow else checked_number(operation(a, b))
        shapes = [tuple(part.shape) if isinstance(part, Tensor) else () for part in (a, b)]
        if operation is operator.matmul:
            shape = product_shape(*shapes)
            self._room.take_steps(size_of(shape) * max(1, shapes[0][-1]))
        else:
            shape = broadcast_shape(*shapes)
        self._room.take(shape)
        return operation(a, b)

    def _element(self, node: ast.Subscript) -> Any:
        x = self.value(node.value)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        index = tuple(self._index(part) for part in parts)
        if isinstance(x, tuple | list):
            if len(index) != 1 or type(index[0]) is not int:
                raise ExpressionError("A shape or list takes one whole number as its index.", "Write img.shape[0].")
            return x[index[0]]
        if not isinstance(x, Tensor):
            raise ExpressionError("Only tensors have elements.", "Write a[0], or img[4:10, 4:15].")
        self._room.take(self._most_of(x, index))
        result = x[index]
        self._room.take(result.shape)
        return result

    def _index(self, node: ast.expr) -> Any:
        """Evaluate one part of an index: a whole number, a slice, None, `...`, or a tensor or list of indices."""
        if isinstance(node, ast.Slice):
            ends = [None if end is None else self._index(end) for end in (node.lower, node.upper, node.step)]
            if any(end is not None and type(end) is not int for end in ends):
                raise ExpressionError("A slice goes from one whole number to another.", "Write a[0:2], or a[:, ::2].")
            return slice(*ends)
        if isinstance(node, ast.Constant) and (node.value is None or node.value is Ellipsis):
            return node.value
        place = self.value(node)
        if isinstance(place, list):
            place = tensor(self._room, place)
        if isinstance(place, Tensor) and place.dtype not in (torch.bool, torch.int64, torch.int32):
            raise ExpressionError(f"A tensor of {_dtype(place)} is no index.", "Write .long() for places, or a > 2.")
        if not isinstance(place, Tensor) and type(place) is not int:
            raise ExpressionError("An index is a whole number, a slice, None, ... or a tensor.", "Write a[0], a[:, 1].")
        return place

    def _most_of(self, x: Tensor, index: tuple[Any, ...]) -> tuple[int, ...]:
        """Return a shape that is at least as large as that of `x[index]`."""
        places = [part for part in index if isinstance(part, Tensor)]
        if len(places) > 1:
            raise ExpressionError("One tensor in an index is enough here.", "Take the axes one after the other.")
        if not places or places[0].dtype == torch.bool:
            return tuple(x.shape)
        rest = size_of(x.shape) // min((size for size in x.shape if size), default=1)
        return (size_of(places[0].shape), rest)

    def _attribute(self, node: ast.Attribute) -> Any:
        x = self.value(node.value)
        if not isinstance(x, Tensor):
            raise ExpressionError(f"Only tensors have .{_shown(node.attr)} here.", "Write tensor(3) to make one.")
        if node.attr in ATTRIBUTES:
            return ATTRIBUTES[node.attr](x)
        if node.attr in METHODS:
            raise ExpressionError(f"{node.attr} is a method.", f"Call it: .{node.attr}( ).")
        raise _unknown(node.attr)

    def _call(self, node: ast.Call) -> Any:
        call, before = self._callee(node.func)
        arguments = [self.value(argument) for argument in node.args]
        named = {keyword.arg: self.value(keyword.value) for keyword in node.keywords if keyword.arg in NAMED}
        if len(named) != len(node.keywords):
            raise ExpressionError("This cannot be given by name here.", f"By name go {', '.join(sorted(NAMED))}.")
        return call(self._room, *before, *arguments, **named)

    def _callee(self, node: ast.expr) -> tuple[Callable[..., Any], list[Tensor]]:
        """Return the function that is called, and, for a method, its tensor."""
        if isinstance(node, ast.Name) and node.id in FUNCTIONS:
            return FUNCTIONS[node.id], []
        if not isinstance(node, ast.Attribute):
            name = _shown(node.id) if isinstance(node, ast.Name) else "This"
            raise ExpressionError(f"{name} cannot be called.", f"Functions are {', '.join(FUNCTIONS)}.")
        if isinstance(node.value, ast.Name) and node.value.id == "torch" and node.attr in FUNCTIONS:
            return FUNCTIONS[node.attr], []
        x = self.value(node.value)
        if not isinstance(x, Tensor):
            raise ExpressionError("Only tensors have methods here.", "Write tensor([1, 2]) to make one.")
        if node.attr not in METHODS:
            raise _unknown(node.attr)
        return METHODS[node.attr], [x]


NAMED = {"dim", "keepdim", "dtype"}


def product_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of `a @ b`: rows of a by columns of b.

    Raises:
        ExpressionError: a row of a is not as long as a column of b, or one of them is a single number.
    """
    if not a or not b:
        raise ExpressionError("@ needs rows and columns, and one of the two is a single number.", "Write * for that.")
    length, other = a[-1], b[-2] if len(b) > 1 else b[0]
    if length != other:
        raise ExpressionError(
            f"Shapes {list(a)} and {list(b)} do not fit for @: a row of the first is {length} long, a column of the "
            f"second {other}.",
            "The inner sizes must be equal: [n, k] @ [k, m] gives [n, m].",
        )
    return (*broadcast_shape(a[:-2], b[:-2]), *a[-2:-1], *(b[-1:] if len(b) > 1 else ()))


def _unknown(name: str) -> ExpressionError:
    known = ", ".join(sorted({*ATTRIBUTES, *METHODS}, key=str.lower))
    return ExpressionError(f"A tensor has no .{_shown(name)} here.", f"It has {known}.")


def _shown(name: str) -> str:
    return name[:30].replace("_", "\\_")


def _dtype(x: Tensor) -> str:
    return str(x.dtype).removeprefix("torch.")


def _in_words(error: Exception) -> ExpressionError:
    """Return the error of torch or Python as a sentence."""
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    for sign, message, remedy in _SENTENCES:
        if sign in said:
            return ExpressionError(message, remedy)
    if isinstance(error, IndexError):
        return ExpressionError(
            f"There is no such place: {said[:160].rstrip('.')}.", "The first index is 0, the last -1."
        )
    if isinstance(error, TypeError):
        return ExpressionError("It does not take these arguments.", "Compare with one of the examples.")
    return ExpressionError(f"Torch cannot do this: {said[:160].rstrip('.')}.", "Look at the shapes and dtypes.")


_SENTENCES = (
    ("could not infer output dtype", "A mean needs floats, and these are whole numbers.", "Write .float() before it."),
    ("std and var only support", "A deviation needs floats, and these are whole numbers.", "Write .float() before it."),
    ("ZeroDivisionError", "Whole numbers cannot be divided by 0.", "With floats, the result is inf."),
    ("division by zero", "Python cannot divide by 0.", "Tensors can: tensor(1.) / 0 is inf."),
    ("division or modulo by zero", "Python cannot divide by 0.", "Tensors can: tensor(1.) / 0 is inf."),
    ("modulo", "Python cannot divide by 0.", "Tensors can: tensor(1.) / 0 is inf."),
    ("negative integer powers", "Whole numbers have no negative powers.", "Write .float() before it."),
    ("negative power", "Python cannot divide by 0.", "Tensors can: tensor(1.) / 0 is inf."),
    ("out of range')", "This number is too large even for a float.", "Take a smaller exponent."),
    ("step must be greater", "A slice only goes forwards here.", "Take a step of 1 or more."),
    ("operator, ", "True and False cannot be negated or subtracted.", "Write .int() behind them."),
    ("same dtype", "Both sides of @ must have one dtype.", "Write .float() behind the one with whole numbers."),
)
