"""Broadcasting as the lesson draws it, held against torch and NumPy; and what NumPy and torch say of a slope."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mnist37.data import Digits
from mnist37.errors import ExpressionError
from mnist37.lessons.tensors.broadcasting import Shape, broadcast_shape, example_sum, read_shape, source_cell
from mnist37.lessons.tensors.expressions import product_shape
from mnist37.lessons.tensors.lesson import named_tensors, refusal, slope_by_numpy, slope_by_torch

SHAPES = st.lists(st.integers(1, 4), max_size=4).map(tuple)


@given(SHAPES, SHAPES)
def test_shapes_fit_where_torch_says_so(a: Shape, b: Shape) -> None:
    try:
        expected = tuple(torch.broadcast_shapes(a, b))
    except RuntimeError:
        with pytest.raises(ExpressionError, match="neither is 1"):
            broadcast_shape(a, b)
    else:
        assert broadcast_shape(a, b) == expected


@given(SHAPES, SHAPES)
def test_every_cell_is_the_sum_of_its_sources(a: Shape, b: Shape) -> None:
    try:
        shape = broadcast_shape(a, b)
    except ExpressionError:
        return
    summed = example_sum(a, b)
    assert tuple(summed.total.shape) == shape
    for cell in np.ndindex(shape):
        assert summed.total[cell] == summed.a[source_cell(cell, a)] + summed.b[source_cell(cell, b)]


@given(SHAPES, SHAPES)
def test_products_have_the_shape_that_torch_gives(a: Shape, b: Shape) -> None:
    try:
        expected = tuple((torch.ones(a) @ torch.ones(b)).shape)
    except RuntimeError:
        with pytest.raises(ExpressionError):
            product_shape(a, b)
    else:
        assert product_shape(a, b) == expected


@pytest.mark.parametrize(
    ("text", "shape"), [("2, 3", (2, 3)), ("[2,3]", (2, 3)), ("(3,)", (3,)), ("", ()), ("[]", ()), (" 7 ", (7,))]
)
def test_a_shape_is_read(text: str, shape: Shape) -> None:
    assert read_shape(text) == shape


@pytest.mark.parametrize(
    "text", ["2 3", "a", "2,,3", "-1", "0", "1.5", "999999", "9" * 30, "1,1,1,1,1", "²", ",", "2, 3]]x"]
)
def test_what_is_no_shape_says_so(text: str) -> None:
    with pytest.raises(ExpressionError):
        read_shape(text)


@given(st.floats(-100, 100, width=32))
def test_torch_has_the_slope_and_numpy_has_none(x: float) -> None:
    assert slope_by_torch(x) == pytest.approx((x**2, 2 * x), rel=1e-6, abs=1e-30)
    assert slope_by_numpy(x) == (pytest.approx(x**2), None)


def test_torch_refuses_jagged_lists_and_takes_tables() -> None:
    assert "length 2" in refusal([[1, 2], [3]])
    assert not refusal([[1, 2], [3, 4]])


def test_names_are_what_the_page_says(embedded: Digits) -> None:
    names = named_tensors(embedded.train_images, embedded.train_labels)
    shapes = {name: (tuple(tensor.shape), tensor.dtype) for name, tensor in names.items()}
    assert shapes == {
        "img": ((28, 28), torch.uint8),
        "stack3": ((400, 28, 28), torch.float32),
        "x": ((6, 784), torch.float32),
        "w": ((784, 1), torch.float32),
        "a": ((2, 3), torch.int64),
    }
    threes = embedded.train_images[embedded.train_labels == 1]
    np.testing.assert_array_equal(names["img"].numpy(), threes[0])
    np.testing.assert_allclose(names["stack3"].numpy(), threes / 255, atol=1e-6)
    assert torch.equal(named_tensors(embedded.train_images, embedded.train_labels)["w"], names["w"])
