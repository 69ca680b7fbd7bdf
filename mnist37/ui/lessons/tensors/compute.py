"""Lesson 2: type or choose an expression, and see its value."""

import streamlit as st
from torch import Tensor

from mnist37.data import Digits
from mnist37.errors import ExpressionError
from mnist37.lessons.tensors.expression_text import LONGEST
from mnist37.lessons.tensors.expressions import evaluate
from mnist37.lessons.tensors.lesson import named_tensors
from mnist37.ui.lessons.tensors.result import show_value
from mnist37.ui.shell.session import keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.labels import hinted
from mnist37.ui.widgets.projector import scaled

EXPRESSION, GROUP = "tensors_expression", "tensors_group"
FIRST = "stack3.mean(0)"
EXAMPLES = {
    "create": ("tensor([[1, 2, 3], [4, 5, 6]])", "arange(0, 1, 0.25)", "stack([a, a * 10])", "tensor([[1, 2], [3]])"),
    "index": ("a[1]", "a[1, 2]", "img[14, 14]", "a[a > 2]"),
    "slice": ("a[:, 1]", "img[4:16, 8:20]", "stack3[:, 14, 14]", "a[..., None]"),
    "operators": ("a + 1", "img / 255", FIRST, "(img > 127).sum()", "a + ones(2)"),
    "type promotion": ("a * 1.5", "img + 200", "img.float() + 200", "a / 2", "(a > 2) + 1"),
    "@": ("a @ a.T", "x @ w", "(x @ w).sigmoid()", "x @ a"),
}
"""Example expressions; some fail, as these teach something, too."""


@st.cache_resource(show_spinner=False, max_entries=2)
def _names(fingerprint: str, _digits: Digits) -> dict[str, Tensor]:  # noqa: ARG001 - the cache key
    return named_tensors(_digits.train_images, _digits.train_labels)


def compute(digits: Digits) -> None:
    """Show the expression, examples to choose, and its value."""
    names = _names(digits.fingerprint, digits)
    keep(EXPRESSION, FIRST)
    left, right = st.columns([1, 1.1], gap="large")
    with left:
        st.text_input(hinted("A tensor expression", "Enter computes it"), key=EXPRESSION, max_chars=LONGEST)
        st.markdown(_named(names))
        for group in [_one_group()] if is_phone() else EXAMPLES:
            _examples(group)
    with right:
        try:
            show_value(evaluate(st.session_state[EXPRESSION], names))
        except ExpressionError as error:
            st.warning(f"**{error.message}** {error.remedy}", icon=":material/info:")


def _named(names: dict[str, Tensor]) -> str:
    shapes = (f"`{name}` {list(tensor.shape)}" for name, tensor in names.items())
    return f":small[There are {' · '.join(shapes)}]"


def _one_group() -> str:
    """Choose one group on a phone, so that the value fits on the same screen as the expression."""
    keep(GROUP, "operators")
    return str(st.selectbox("Examples", list(EXAMPLES), key=GROUP))


def _examples(group: str) -> None:
    """Show one group of expressions; mark the one that is in the box."""
    key, text = f"tensors_{group}", st.session_state[EXPRESSION]
    st.session_state[key] = text if text in EXAMPLES[group] else None

    def take() -> None:
        if st.session_state[key] is not None:
            st.session_state[EXPRESSION] = st.session_state[key]

    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if not is_phone():
            st.markdown(f":small[:gray[{group}]]", width=scaled(96))
        st.pills(
            group, EXAMPLES[group], key=key, label_visibility="collapsed", on_change=take, wrap=True, width="stretch"
        )
