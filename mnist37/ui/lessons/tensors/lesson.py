"""Lesson 2, tensors: type an expression, see shapes broadcast cell by cell, and compare with NumPy."""

import streamlit as st
import torch

from mnist37.data import Digits
from mnist37.lessons.tensors.broadcasting import broadcast_shape, source_cell
from mnist37.lessons.tensors.expressions import evaluate, product_shape
from mnist37.lessons.tensors.lesson import slope_by_numpy, slope_by_torch
from mnist37.ui.lessons.shared.frame import Closing, TryIt, choose_view
from mnist37.ui.lessons.shared.question import Question
from mnist37.ui.lessons.tensors.beyond_numpy import beyond_numpy
from mnist37.ui.lessons.tensors.broadcast import broadcasting
from mnist37.ui.lessons.tensors.compute import compute
from mnist37.ui.live.notices import says_errors
from mnist37.ui.shell import start

VIEW = "tensors_view"
COMPUTE, BROADCAST, NUMPY = "Compute", "Broadcasting", "Why not NumPy?"


def tensors() -> Closing:
    """Show the chosen view of tensors and return how the lesson ends."""
    _work(start.digits())
    return _closing()


@st.fragment
@says_errors
def _work(digits: Digits) -> None:
    view = choose_view(VIEW, (COMPUTE, BROADCAST, NUMPY))
    if view == COMPUTE:
        compute(digits)
    elif view == BROADCAST:
        broadcasting()
    else:
        beyond_numpy()


def _closing() -> Closing:
    column, row = torch.ones(3, 1), torch.ones(4)
    right = str(list((column + row).shape))
    question = Question(
        asks="A column of shape [3, 1] plus a row of shape [4]: what shape does the sum have?",
        answers=(str([3, 1]), str([4]), right, "None: they do not fit"),
        right=right,
        because=(
            f"Aligned from the right, the column is stretched along its last axis and the row along a new first one: "
            f"{(column + row).numel()} sums of {column.numel()} and {row.numel()} numbers."
        ),
        hint='Look at "Broadcasting", or compute ones(3, 1) + ones(4).',
    )
    code = (broadcast_shape, source_cell, product_shape, evaluate, slope_by_torch, slope_by_numpy)
    return Closing(code, question, TryIt("x @ w + b, trained from scratch", "linear-scratch"))
