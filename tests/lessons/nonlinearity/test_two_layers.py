"""Two linear layers against the one that they are."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from mnist37.lessons.nonlinearity.two_layers import TwoLayers, answer, as_one, largest_difference, whole_numbers


def some(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).double()


@given(st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 20))
def test_two_linear_layers_are_one_and_a_relu_makes_them_two(seed: int, inputs: int, hidden: int) -> None:
    layers = TwoLayers(some(seed, inputs, hidden), some(seed + 1, hidden), some(seed + 2, hidden, 1), some(seed + 3, 1))
    x = some(seed + 4, 30, inputs)
    weights, bias = as_one(layers)
    assert weights.shape == (inputs, 1)
    assert torch.allclose(answer(x, layers, relu=False), x @ weights + bias)
    assert largest_difference(x, layers, relu=False) < 1e-10
    assert torch.equal(answer(x, layers, relu=True), (x @ layers.w1 + layers.b1).clamp(min=0) @ layers.w2 + layers.b2)


@given(st.integers(0, 1000))
def test_the_example_can_be_checked_by_hand_and_needs_its_relu(seed: int) -> None:
    x, layers = whole_numbers(seed)
    for numbers in (x, layers.w1, layers.b1, layers.w2, layers.b2):
        assert torch.equal(numbers, numbers.round())
        assert numbers.abs().max() <= 3
    assert largest_difference(x, layers, relu=False) == 0
    assert largest_difference(x, layers, relu=True) > 0
