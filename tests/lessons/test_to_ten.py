"""Ten classes: softmax, cross-entropy, labels and temperature are torch's own, and two classes are the sigmoid's."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from mnist37.lessons.to_ten import (
    TenModel,
    accuracy,
    cross_entropy,
    cross_entropy_one_hot,
    learn,
    n_above_0,
    one_hot,
    softmax,
    with_temperature,
)
from mnist37.rungs.losses import logistic


@pytest.fixture(scope="module")
def model() -> TenModel:
    return learn()


def some(seed: int, classes: int = 10) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(30, classes, generator=generator, dtype=torch.float64)
    return logits, torch.randint(classes, (30,), generator=generator)


@given(st.integers(0, 1000), st.integers(2, 12))
def test_softmax_and_both_forms_of_the_loss_are_torchs(seed: int, classes: int) -> None:
    logits, labels = some(seed, classes)
    torch.testing.assert_close(softmax(logits), logits.softmax(1))
    expected = functional.cross_entropy(logits, labels)
    torch.testing.assert_close(cross_entropy(logits, labels), expected)
    targets = one_hot(labels, classes)
    torch.testing.assert_close(targets.long(), functional.one_hot(labels, classes))
    torch.testing.assert_close(cross_entropy_one_hot(logits, targets), expected)


@given(st.integers(0, 1000))
def test_softmax_of_two_logits_is_the_sigmoid_of_their_difference(seed: int) -> None:
    logits, labels = some(seed, 2)
    difference = logits[:, 1] - logits[:, 0]
    torch.testing.assert_close(softmax(logits)[:, 1], difference.sigmoid())
    torch.testing.assert_close(cross_entropy(logits, labels), logistic(difference, labels.double()))
    torch.testing.assert_close(logits.argmax(1) == 1, difference > 0)


def test_equal_logits_cost_the_log_of_their_number() -> None:
    assert cross_entropy(torch.zeros(1, 10), torch.tensor([3])).item() == pytest.approx(math.log(10))


@given(st.integers(0, 1000), st.sampled_from((0.25, 0.5, 2.0, 4.0)))
def test_a_temperature_moves_probabilities_and_never_the_argmax(seed: int, temperature: float) -> None:
    logits, _ = some(seed)
    cooled = with_temperature(logits, temperature)
    assert torch.equal(cooled.argmax(1), logits.argmax(1))
    assert torch.equal(
        softmax(cooled).max(1).values < softmax(logits).max(1).values, torch.full((30,), temperature > 1)
    )


def test_the_model_learns_ten_digits(model: TenModel) -> None:
    assert model.logits.shape == (1000, 10)
    assert accuracy(model.logits, model.labels).item() > 0.9
    assert torch.isfinite(cross_entropy(with_temperature(model.logits, 0.1), model.labels))
    assert cross_entropy(model.logits, model.labels) < 0.35 < math.log(10)


def test_it_is_the_same_model_each_time(model: TenModel) -> None:
    assert torch.equal(learn().logits, model.logits)


def test_above_0_is_no_answer_where_there_are_ten_logits(model: TenModel) -> None:
    counts = n_above_0(model.logits)
    assert counts.tolist() == [sum(logit > 0 for logit in row) for row in model.logits.tolist()]
    assert (counts == 1).double().mean() < 0.5 < accuracy(model.logits, model.labels)
