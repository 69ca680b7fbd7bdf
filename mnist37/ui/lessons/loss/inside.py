"""The parts of `mnist_loss`: `torch.where` cell by cell, the sigmoid before it, and how raw outputs are read."""

import streamlit as st
import torch
from torch import Tensor

from mnist37.lessons.loss import Line, called_3, loss_at, loss_without_sigmoid
from mnist37.ui.lessons.loss.figures import sigmoid_figure
from mnist37.ui.lessons.loss.where_table import chosen_digits, where_table
from mnist37.ui.live.nodes import Picture, live_figure, live_pictures
from mnist37.ui.live.pictures import ink_picture
from mnist37.ui.shell.session import choose_one, keep
from mnist37.ui.widgets.numbers import number, percent
from mnist37.ui.widgets.words import digit_word

WHICH, SQUASHED, READ = (f"loss_{name}" for name in ("which", "squashed", "read"))
WHICH_DIGITS = ("the first", "the least sure", "the most wrong")
PICTURES = 24
FAR = (0.0, 1_000.0, 1_000_000.0)
"""Steps at which the loss without the sigmoid is computed."""


def inside(line: Line, step: float) -> None:
    """Show `torch.where` cell by cell, and the sigmoid before it."""
    keep(SQUASHED, True)
    st.markdown("## Inside `mnist_loss`")
    table, curve = st.columns([1, 1], gap="large")
    squashed = bool(st.session_state[SQUASHED])
    with table:
        shown = chosen_digits(line, choose_one("Digits", WHICH_DIGITS, key=WHICH, first=WHICH_DIGITS[0]))
        st.html(where_table(line, step, shown, squashed=squashed))
        mean = (loss_at if squashed else _without_sigmoid)(line, step).item()
        st.markdown(
            f"`torch.where(targets == 1, 1 − preds, preds)` picks the framed ones; the mean of all {len(line.yb)} is "
            f"the loss: **{mean:.4f}**".replace("-", "−")
        )
    with curve:
        st.toggle("preds = preds.sigmoid()", key=SQUASHED)
        figure = sigmoid_figure(line, step, _border(), squashed=squashed)
        live_figure(
            figure, key="loss_sigmoid", height=300, alt="Raw outputs of the digits, and what goes into the loss"
        )
        if not squashed:
            st.markdown(_without_end(line, step))


def _border() -> float:
    """Return the raw output above which a digit is called a 3, as chosen below."""
    return 0.5 if st.session_state.get(READ) == "preds > 0.5" else 0.0


def _without_sigmoid(line: Line, step: float) -> Tensor:
    return loss_without_sigmoid(line.preds(step), line.yb)


def _without_end(line: Line, step: float) -> str:
    """Describe how a loss without the sigmoid falls without end, with real numbers."""
    largest = line.preds(step).max().item()
    falls = ", ".join(f"**{number(_without_sigmoid(line, far).item())}** after a step of {far:,.0f}" for far in FAR)
    return (
        f"A raw output of {largest:.2f} gives 1 − {largest:.2f} = {1 - largest:.2f}, a loss below 0. So the loss "
        f"falls without end: {falls}. The sigmoid keeps every prediction between 0 and 1."
    ).replace("-", "−")


def reading(line: Line, step: float) -> None:
    """Show the trap: a threshold for probabilities, applied to raw outputs."""
    st.markdown("## The trap: 0.5 is a threshold for probabilities")
    preds, is_3 = line.preds(step), line.yb == 1
    read = called_3(preds)
    called = read[choose_one("How to read", list(read), key=READ, first=next(iter(read)))]
    right, wrong = read.values()
    other = (right != wrong).squeeze(1).nonzero().squeeze(1).tolist()
    accuracy, border = (called == is_3).double().mean().item(), torch.tensor(0.5).sigmoid().item()
    st.markdown(
        f"Accuracy read this way: **{percent(accuracy)}** · {int((is_3 & ~called).sum())} 3s called 7, "
        f"{int((~is_3 & called).sum())} 7s called 3  \n"
        f"A raw output of 0.5 is a probability of {border:.1%}: read so, these **{len(other)}** digits are called a 7, "
        "though the model gives more than 50 % to a 3. It is another border, in favour of the 7s."
    )
    shown = [_called(line, index, preds[index].item(), is_called_3=bool(called[index])) for index in other[:PICTURES]]
    live_pictures(shown, key="loss_other", alt="The digits that the two ways call differently")


def _called(line: Line, index: int, raw: float, *, is_called_3: bool) -> Picture:
    is_a, called = digit_word(line.yb[index] == 1), digit_word(is_called_3)
    caption = f"{raw:.2f} → {called}{' ✓' if is_a == called else ' ✗'}"
    ink = line.xb[index].reshape(28, 28).float().numpy()
    return ink_picture(ink, 56, caption, f"A {is_a} with the raw output {raw:.2f}, called a {called}")
