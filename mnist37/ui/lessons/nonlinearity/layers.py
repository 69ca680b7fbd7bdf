"""Two linear layers are one: with numbers to check by hand, and with the 784 x 30 numbers of a trained net."""

import streamlit as st
from torch import Tensor

from mnist37.data import Digits
from mnist37.lessons.nonlinearity.two_layers import TwoLayers, answer, as_one, largest_difference, whole_numbers
from mnist37.ui.lessons.nonlinearity.nets import net_of
from mnist37.ui.lessons.shared.data import lesson_rows
from mnist37.ui.shell import start
from mnist37.ui.shell.session import keep
from mnist37.ui.visit import LAYERS_SEED
from mnist37.ui.widgets.numbers import number

BETWEEN = "nonlinearity_between"
REAL_HIDDEN = 30


def two_are_one() -> None:
    """Show the same result twice: layer by layer, and with the product of both layers."""
    keep(BETWEEN, False)
    st.markdown("## Two linear layers are one")
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.toggle("ReLU in between", key=BETWEEN)
        st.button("Other numbers", icon=":material/casino:", key="nonlinearity_others", on_click=_others)
    relu = bool(st.session_state[BETWEEN])
    by_hand, real = st.columns([1.5, 1], gap="large", vertical_alignment="center")
    with by_hand:
        st.html(_by_hand(*whole_numbers(LAYERS_SEED.get()), relu=relu))
    with real:
        st.markdown(_real(start.digits(), relu=relu))


def _others() -> None:
    LAYERS_SEED.set(LAYERS_SEED.get() + 1)


def _by_hand(x: Tensor, layers: TwoLayers, *, relu: bool) -> str:
    """Return HTML of both computations, matrix by matrix."""
    before = x @ layers.w1 + layers.b1
    weights, bias = as_one(layers)
    one = x @ weights + bias
    two = answer(x, layers, relu=relu)
    middle = [_matrix(before, "h")]
    if relu:
        middle += [_sign("→ ReLU →"), _matrix(before.relu(), "h, nothing below 0")]
    first = [
        _matrix(x, "x"), _sign("@"), _matrix(layers.w1, "w1"), _sign("+"), _matrix(layers.b1[None], "b1"), _sign("="),
        *middle, _sign("@"), _matrix(layers.w2, "w2"), _sign("+"), _matrix(layers.b2[None], "b2"), _sign("="),
        _matrix(two, "two layers", strong=True),
    ]  # fmt: skip
    verdict = "the same" if bool((one == two).all()) else "<strong>not</strong> the same"
    second = [
        _matrix(x, "x"), _sign("@"), _matrix(weights, "w1 @ w2"), _sign("+"), _matrix(bias[None], "b1 @ w2 + b2"),
        _sign("="), _matrix(one, "one layer", strong=True), _sign(verdict),
    ]  # fmt: skip
    return _row(first) + _row(second)


def _row(parts: list[str]) -> str:
    look = "display:flex;flex-wrap:wrap;align-items:center;gap:.5rem;margin-bottom:.6rem"
    return f'<div style="{look}">{"".join(parts)}</div>'


def _sign(text: str) -> str:
    return f'<span style="padding-bottom:1.2rem">{text}</span>'


def _matrix(values: Tensor, name: str, *, strong: bool = False) -> str:
    """Return HTML of a matrix between brackets, its name below."""
    cell = "padding:.05rem .45rem;text-align:right"
    rows = "".join(
        "<tr>" + "".join(f'<td style="{cell}">{number(value)}</td>' for value in row) + "</tr>"
        for row in values.tolist()
    )
    bracket = "border-left:2px solid;border-right:2px solid;border-radius:.35rem"
    look = f"{bracket};font-variant-numeric:tabular-nums;border-collapse:separate;{'font-weight:700' if strong else ''}"
    return (
        f'<div style="text-align:center"><table style="{look};margin:0 auto">{rows}</table>'
        f'<div class="less" style="font-size:.78rem">{name}</div></div>'
    )


def _real(digits: Digits, *, relu: bool) -> str:
    """Compare both computations with a trained net: 784 x 30 numbers and 30 x 1."""
    weights = net_of(digits, REAL_HIDDEN, relu=relu).net.weights
    layers = TwoLayers(weights["0.weight"].T, weights["0.bias"], weights["2.weight"].T, weights["2.bias"])
    x = lesson_rows().valid_x
    apart = largest_difference(x, layers, relu=relu)
    many, few = (sum(part.numel() for part in parts) for parts in (weights.values(), as_one(layers)))
    words = f"A net of 784 × {REAL_HIDDEN} and {REAL_HIDDEN} × 1 that has learned these digits: {many:,} numbers"
    if relu:
        return (
            f"{words}. The one layer of {few} numbers leaves its ReLU out, and answers the {len(x):,} validation "
            f"digits differently, by up to **{number(apart)}**: with a ReLU, two layers are more than one."
        )
    return (
        f"{words}, and one layer of {few} numbers answers all {len(x):,} validation digits the same; the largest "
        f"difference is **{number(apart)}**, the rounding of float32."
    )
