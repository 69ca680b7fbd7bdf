"""Lesson 2: broadcasting cell by cell, or the reason why two shapes do not fit."""

import math

import numpy as np
import streamlit as st
from torch import Tensor

from mnist37.errors import ExpressionError
from mnist37.lessons.tensors.broadcasting import (
    Shape,
    Sum,
    aligned,
    broadcast_shape,
    example_sum,
    read_shape,
    source_cell,
)
from mnist37.ui.shell.session import keep
from mnist37.ui.widgets.labels import hinted

A, B, CELL, PAIR = "tensors_shape_a", "tensors_shape_b", "tensors_cell", "tensors_pair"
PAIRS = {
    "a row to each row": ("2, 3", "3"),
    "a column to each column": ("2, 3", "2, 1"),
    "a column and a row": ("3, 1", "4"),
    "one number to all": ("2, 3", ""),
    "a table to each of a stack": ("2, 2, 3", "2, 3"),
    "stacked threes − mean 3": ("400, 28, 28", "28, 28"),
    "x @ w, and then + b": ("6, 1", "1"),
    "does not fit": ("2, 3", "2"),
}
MAX_CELLS = 48

CSS = """
.cells { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.cells table { border-collapse: separate; border-spacing: 3px; font-variant-numeric: tabular-nums; }
.cells td { min-width: 2.6rem; padding: .25rem .4rem; text-align: center; border-radius: 4px;
  border: 1.5px solid rgb(122 134 153 / .55); }
.cells .ghost { border-style: dashed; opacity: .75; font-style: italic; }
.cells .sign { font-size: 1.4rem; }
.cells figcaption { font-size: .8rem; text-align: center; }
.cells figure { margin: 0; }
"""
MARKED = "{ background: rgb(79 70 229 / .28); border-color: rgb(99 102 241); opacity: 1; }"


def broadcasting() -> None:
    """Show the choice of two shapes, and the sum of two tensors of these shapes."""
    keep(A, "3, 1")
    keep(B, "4")
    _pairs()
    left, right = st.columns([1, 2], gap="large")
    with left:
        first, second = st.columns(2)
        first.text_input("Shape of A", key=A, max_chars=30)
        second.text_input("Shape of B", key=B, max_chars=30)
    try:
        shapes = read_shape(st.session_state[A]), read_shape(st.session_state[B])
    except ExpressionError as error:
        left.warning(f"**{error.message}** {error.remedy}", icon=":material/info:")
        return
    left.html(alignment(*shapes))
    with right:
        try:
            _sum(*shapes)
        except ExpressionError as error:
            st.warning(f"**{error.message}** {error.remedy}", icon=":material/info:")


def _pairs() -> None:
    """Show pairs of shapes to choose; mark the one that is in the boxes."""
    now = (st.session_state[A], st.session_state[B])
    st.session_state[PAIR] = next((name for name, pair in PAIRS.items() if pair == now), None)

    def take() -> None:
        if st.session_state[PAIR] is not None:
            st.session_state[A], st.session_state[B] = PAIRS[st.session_state[PAIR]]

    st.pills("Pairs of shapes", list(PAIRS), key=PAIR, label_visibility="collapsed", on_change=take, wrap=True)


def _sum(a: Shape, b: Shape) -> None:
    shape = broadcast_shape(a, b)
    cells = math.prod(shape)
    if cells > MAX_CELLS:
        st.markdown(
            f"**{cells:,} sums**, too many to draw. None of the stretched copies is ever made: torch reads the same "
            f"{math.prod(b):,} numbers of B again and again."
        )
        return
    key = f"{CELL}_{'_'.join(map(str, shape))}"
    keep(key, cells // 2)
    with st.container():
        place = st.slider(
            hinted("Cell of the result", "or point at one below"),
            0,
            max(1, cells - 1),
            key=key,
            disabled=cells < 2,
        )
        place = min(place, cells - 1)
    summed = example_sum(a, b)
    cell = tuple(int(index) for index in np.unravel_index(place, shape)) if shape else ()
    st.markdown(_cell_words(cell, summed))
    st.html(drawn(summed, place))


def _cell_words(cell: Shape, summed: Sum) -> str:
    """Return a sentence on one cell of the result and its two sources."""
    parts = {"A": summed.a, "B": summed.b}
    sources = {name: source_cell(cell, tuple(tensor.shape)) for name, tensor in parts.items()}
    places = " + ".join(f"`{name}{list(source)}`" for name, source in sources.items())
    numbers = " + ".join(str(parts[name][source].item()) for name, source in sources.items())
    return f"`result{list(cell)}` = {places} = {numbers} = **{summed.total[cell].item()}**"


def alignment(a: Shape, b: Shape) -> str:
    """Return HTML of two shapes, aligned from the right, axis by axis; axes that do not fit are marked."""
    rank = max(len(a), len(b), 1)
    rows = {"A": a, "B": b}
    head = "".join(f"<th>{axis - rank}</th>" for axis in range(rank))
    body = "".join(f"<tr><th>{name}</th>{_sizes(shape, rank)}</tr>" for name, shape in rows.items())
    verdict = "".join(_verdict(n, m) for n, m in zip(aligned(a, rank), aligned(b, rank), strict=True))
    css = (
        ".axes{font-variant-numeric:tabular-nums}"
        ".axes td,.axes th{padding:.2rem .7rem;text-align:center;font-weight:400}"
        ".axes :is(th,.new){opacity:.75} .axes .bad{background:rgb(217 86 11/.35);border-radius:4px}"
        ".axes tr:last-child td{border-top:1.5px solid rgb(122 134 153/.6);font-weight:700}"
    )
    label = "The two shapes, aligned from the right"
    return (
        f'<style>{css}</style><table class="axes" aria-label="{label}"><tr><th>axis</th>{head}</tr>{body}'
        f"<tr><th>result</th>{verdict}</tr></table>"
    )


def _sizes(shape: Shape, rank: int) -> str:
    missing = rank - len(shape)
    return '<td class="new">(1)</td>' * missing + "".join(f"<td>{size}</td>" for size in shape)


def _verdict(n: int, m: int) -> str:
    if n != m and 1 not in (n, m):
        return f'<td class="bad">✗ {n} ≠ {m}</td>'
    return f"<td>{m if n == 1 else n}</td>"


def drawn(summed: Sum, place: int) -> str:
    """Return HTML of A, B and their sum, all three in the sum's shape; stretched copies are drawn as ghosts.

    Args:
        summed: at most `MAX_CELLS` cells.
        place: the cell of the sum that is marked, counted row by row; hovering over another cell marks that one.
    """
    shape = tuple(summed.total.shape)
    grids = ((summed.a, "A", "+"), (summed.b, "B", "="), (summed.total, "result", ""))
    parts = [
        f'<figure>{_grid(tensor, shape, name[0])}<figcaption class="less">{name}</figcaption></figure>'
        f'<span class="sign">{sign}</span>'
        for tensor, name, sign in grids
    ]
    rules = [f".cells .A{place}, .cells .B{place}, .cells .r{place} {MARKED}"]
    rules += [
        f".cells:has(.r{number}:hover) :is(.A{number}, .B{number}), .cells .r{number}:hover {MARKED}"
        for number in range(summed.total.numel())
    ]
    return f'<style>{CSS}{"".join(rules)}</style><div class="cells">{"".join(parts)}</div>'


def _grid(tensor: Tensor, shape: Shape, name: str) -> str:
    """Return HTML of one tensor stretched to that shape, row by row."""
    rows: dict[Shape, list[str]] = {}
    for number, cell in enumerate(np.ndindex(shape)):
        source = source_cell(cell, tuple(tensor.shape))
        kind = " ghost" if _is_copy(cell, source) else ""
        rows.setdefault(cell[:-1], []).append(f'<td class="{name}{number}{kind}">{tensor[source].item()}</td>')
    html = [_space(row, shape) + f"<tr>{''.join(cells)}</tr>" for row, cells in rows.items()]
    return f"<table>{''.join(html)}</table>"


def _space(row: Shape, shape: Shape) -> str:
    """Return some space before the first row of each further table of a stack."""
    return '<tr style="height:.6rem"></tr>' if len(shape) > 2 and any(row) and row[-1] == 0 else ""


def _is_copy(cell: Shape, source: Shape) -> bool:
    """Return whether the cell is a stretched copy: its source is index 0 of an axis of size 1, or the axis is new."""
    missing = len(cell) - len(source)
    return any(cell[:missing]) or source != cell[missing:]
