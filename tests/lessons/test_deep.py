"""Lesson 9: the table is the model's own, and the cycle is fastai's."""

import pytest
import torch

from mnist37.lessons.deep import n_params, one_cycle, parts
from mnist37.rungs import LADDER


def test_the_shapes_are_those_of_a_model_that_computes() -> None:
    from torch import nn
    from torchvision.models import resnet18

    body = list(resnet18(weights=None).eval().children())[:-2]
    body[0] = nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False)
    x = torch.zeros(1, 1, 28, 28)
    for part, told in zip(body, parts(), strict=False):
        x = part(x)
        assert told.shape == tuple(x.shape[1:])
        assert told.n_params == sum(p.numel() for p in part.parameters())
    assert parts()[-1].shape == (2,)
    assert sum(part.n_layers for part in parts()[: len(body)]) == 17
    assert sum(part.n_params for part in parts()) == n_params("resnet18")


def test_the_weights_of_the_small_models_are_counted() -> None:
    counted = {name: n_params(name) for name in LADDER if name != "resnet18"}
    linear = 28 * 28 + 1
    assert counted["pixel-similarity"] == 0
    assert {counted["linear-scratch"], counted["linear-torch"], counted["linear-fastai"]} == {linear}
    assert counted["simple-net"] == 30 * linear + 31


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.3, 0.6, 0.99, 1.0])
def test_the_cycle_is_fastais(share: float) -> None:
    from fastai.callback.schedule import combined_cos

    rate, momentum = one_cycle(0.1, share)
    assert rate == pytest.approx(combined_cos(0.25, 0.1 / 25, 0.1, 0.1 / 1e5)(share), rel=1e-3)
    assert momentum == pytest.approx(combined_cos(0.25, 0.95, 0.85, 0.95)(share))
