"""Lesson 2: show a tensor: its shape as boxes, its numbers as a coloured table, an image as a picture."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from mnist37.lessons.tensors.expressions import Value
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.widgets.colours import diverging_pngs, grey_png, shared_limit

MAX_ROWS, MAX_COLUMNS, MAX_TABLES, MAX_PICTURES = 8, 9, 3, 5
PICTURE, SMALL_PICTURE = 168, 84
MIDDLE = (slice(11, 17), slice(10, 18))
"""The part of an image that has ink."""
SIDE, STEP, LEAST, MAX_LAYERS = 70, 7, 13, 4  # of the boxes, in px; layers are a number

TABLE_CSS = """<style>
.tensor-numbers { overflow-x: auto; }
.tensor-numbers table { border-collapse: separate; border-spacing: 2px; font-variant-numeric: tabular-nums; }
.tensor-numbers td { padding: 0 .4rem; text-align: right; border-radius: 3px; white-space: nowrap; }
</style>"""


def show_value(value: Value) -> None:
    """Show the value of an expression."""
    if isinstance(value, Tensor):
        _show_tensor(value)
    elif isinstance(value, torch.dtype):
        st.markdown(f"A dtype: **{str(value).removeprefix('torch.')}**")
    elif isinstance(value, tuple):
        st.markdown(f"A shape or tuple: **{value}** :small[:gray[· {len(value)} numbers, so rank {len(value)}]]")
        if all(type(size) is int and size >= 0 for size in value):
            st.html(boxes(value))
    elif isinstance(value, list):
        st.markdown("A list of Python's, no tensor yet: put `tensor( )` around it.")
    else:
        st.markdown(f"A number of Python's, no tensor: **{value}** :small[:gray[· {type(value).__name__}]]")


def _show_tensor(x: Tensor) -> None:
    dtype = str(x.dtype).removeprefix("torch.")
    st.markdown(
        f"shape **{list(x.shape)}** · rank **{x.ndim}** · dtype **{dtype}** :small[:gray[· {x.numel():,} numbers]]"
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.html(boxes(tuple(x.shape)), width="content")
        if x.shape[-2:] == (28, 28) and x.numel():
            with st.container(width="content"):
                _pictures(x)
    if x.shape[-2:] == (28, 28) and x.numel():
        rows, columns = MIDDLE
        which = "it" if x.ndim == 2 else "the first one"
        st.caption(f"Rows {rows.start} to {rows.stop - 1}, columns {columns.start} to {columns.stop - 1} of {which}:")
        st.html(tables(x.reshape(-1, 28, 28)[0][MIDDLE]))
    else:
        st.html(tables(x))


def _pictures(x: Tensor) -> None:
    """Show up to `MAX_PICTURES` images: grey if no number is below 0, else blue and orange."""
    images = x.reshape(-1, 28, 28)[:MAX_PICTURES].float().nan_to_num().numpy()
    limit = 255.0 if x.dtype == torch.uint8 else shared_limit(images)
    size = PICTURE if x.ndim == 2 else SMALL_PICTURE
    is_grey = images.min() >= 0
    greys = (images / (limit or 1) * 255).round().astype(np.uint8)
    pngs = [grey_png(grey) for grey in greys] if is_grey else diverging_pngs(images, limit)
    pictures = [Picture(png, "", "The tensor as a picture", size) for png in pngs]
    live_pictures(pictures, key="tensors_pictures", alt="The tensor as pictures")


def tables(x: Tensor) -> str:
    """Return HTML of a tensor's first numbers: a table for each matrix in it."""
    leading, matrix = x.shape[:-2], (1,) * (2 - x.ndim) + tuple(x.shape[-2:])
    limit = shared_limit(x.to(torch.float32).numpy())
    matrices = x.reshape(math.prod(leading), *matrix)
    parts = []
    for place, numbers in enumerate(matrices[:MAX_TABLES] if x.numel() else ()):
        if leading:
            parts.append(f'<div class="less" style="font-size:.8rem">{_index(place, leading)}</div>')
        parts.append(table(numbers, limit))
    if len(matrices) > MAX_TABLES:
        parts.append(f'<div class="less">… {len(matrices) - MAX_TABLES:,} more</div>')
    shown = "".join(parts) or "It holds no numbers."
    return f'{TABLE_CSS}<div class="tensor-numbers" role="group" aria-label="Its numbers">{shown}</div>'


def _index(place: int, shape: Sequence[int]) -> str:
    cell = ", ".join(str(int(part)) for part in np.unravel_index(place, shape))
    return f"[{cell}]"


def table(matrix: Tensor, limit: float) -> str:
    """Return HTML of one matrix: blue below 0, orange above, stronger for larger numbers."""
    rows = [list(_cells(row, limit)) for row in matrix[:MAX_ROWS]]
    if len(matrix) > MAX_ROWS:
        rows.append([f"<td>… {len(matrix) - MAX_ROWS:,} more</td>"])
    lines = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table>{lines}</table>"


def _cells(row: Tensor, limit: float) -> Iterator[str]:
    for value in row[:MAX_COLUMNS].tolist():
        yield f'<td style="background:{shade(value, limit)}">{number(value)}</td>'
    if len(row) > MAX_COLUMNS:
        yield f"<td>… {len(row) - MAX_COLUMNS:,} more</td>"


def number(value: bool | int | float) -> str:
    """Return one number as a short text."""
    return f"{value:.4g}".replace("-", "−") if isinstance(value, float) else str(value).replace("-", "−")


def shade(value: float, limit: float) -> str:
    """Return a background colour that leaves the number readable in the light and the dark theme."""
    share = abs(value) / limit if limit and math.isfinite(value) else 0.0
    return f"rgb({'217 86 11' if value > 0 else '31 111 196'} / {0.55 * min(1.0, share):.2f})"


def boxes(shape: tuple[int, ...]) -> str:
    """Return HTML of a shape as a box: a square, row, table or stack of tables, with sizes and the number of stacks."""
    width = _length(shape[-1]) if shape else LEAST
    height = _length(shape[-2]) if len(shape) > 1 else LEAST
    layers = min(shape[-3], MAX_LAYERS) if len(shape) > 2 else 1
    shift = STEP * (layers - 1)
    parts = [_box(STEP * layer, shift - STEP * layer, width, height) for layer in reversed(range(layers))]
    if shape:
        parts.append(_label(0, shift + height + 2, str(shape[-1]), f"width:{width:.0f}px;text-align:center"))
    if len(shape) > 1:
        middle = shift + height / 2 - 10
        parts.append(_label(-46, middle, str(shape[-2]), "width:40px;text-align:right"))
    if len(shape) > 2:
        words = " × ".join([*map(str, shape[:-3]), f"{shape[-3]} of them"])
        parts.append(_label(width + shift + 8, shift / 2 - 8, words, "white-space:nowrap"))
    label = f"A tensor of shape {list(shape)}: rank {len(shape)}"
    size = f"width:{width + shift + 96:.0f}px;height:{shift + height + 24:.0f}px"
    style = (
        f"position:relative;margin:.2rem 0 0 {46 if len(shape) > 1 else 0}px;font-size:.85rem;line-height:20px;{size}"
    )
    return f'<div role="img" aria-label="{label}" style="{style}">{"".join(parts)}</div>'


def _length(size: int) -> float:
    """Return an edge's length in px: longer for larger sizes, but limited to fit."""
    return LEAST * max(size, 0.4) if size < 6 else SIDE + 7 * math.log10(size)


def _box(left: float, top: float, width: float, height: float) -> str:
    place = f"left:{left:.0f}px;top:{top:.0f}px;width:{width:.0f}px;height:{height:.0f}px"
    look = "box-sizing:border-box;border:1.5px solid currentColor;border-radius:2px;background:rgb(122 134 153/.3)"
    return f'<div style="position:absolute;{place};{look}"></div>'


def _label(left: float, top: float, text: str, style: str) -> str:
    return f'<div style="position:absolute;left:{left:.0f}px;top:{top:.0f}px;{style}">{text}</div>'
