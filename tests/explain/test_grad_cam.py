"""Grad-CAM, held against finite differences and against the network's own sizes."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mnist37.data import Digits
from mnist37.errors import SettingsError
from mnist37.explain import STAGES, GradCam, explain
from mnist37.rungs import LADDER, image_tensor
from mnist37.rungs.resnet18 import ThreeLessSeven

from .conftest import Trained

LAYERS = {"conv1": 2, "layer1": 4, "layer2": 5, "layer3": 6, "layer4": 7}
"""Where each stage ends in the model's body."""


@pytest.fixture
def asked(trained: Callable[..., Trained], embedded: Digits) -> Callable[[str], GradCam]:
    def ask(stage: str) -> GradCam:
        cam = explain(*trained("resnet18"), embedded.valid_images[0], stage)
        assert isinstance(cam, GradCam)
        return cam

    return ask


@pytest.fixture
def whole(trained: Callable[..., Trained]) -> ThreeLessSeven:
    """The model in one piece, in float64."""
    model = LADDER["resnet18"].module(*trained("resnet18"))
    assert isinstance(model, ThreeLessSeven)
    return model.double()


def layer(model: ThreeLessSeven, stage: str) -> nn.Module:
    return model.model[0][LAYERS[stage]]


def test_stages_are_those_with_more_than_a_pixel(whole: ThreeLessSeven, embedded: Digits) -> None:
    sides = {}
    for stage in LAYERS:
        layer(whole, stage).register_forward_hook(lambda _, __, out, stage=stage: sides.update({stage: out.shape[2:]}))
    with torch.no_grad():
        whole(image_tensor(embedded.valid_images[:1]).double())
    assert {stage: (side, side) for stage, side in STAGES.items()} == {k: v for k, v in sides.items() if v != (1, 1)}
    assert sides["layer4"] == (1, 1)


@pytest.mark.parametrize("stage", STAGES)
def test_channel_weights_are_finite_differences(
    stage: str, asked: Callable[[str], GradCam], whole: ThreeLessSeven, embedded: Digits
) -> None:
    """Raising a whole map by a little raises the logit by so many times the mean gradient over the map."""
    cam, little = asked(stage), 1e-7  # ten times as much steps over a kink of a ReLU or a max-pool
    channels = range(0, len(cam.channel_weights), len(cam.channel_weights) // 16)
    kept: list[Tensor] = []

    def raised(_: nn.Module, __: object, out: Tensor) -> Tensor:
        """Row n of the batch with channel n raised, behind them with channel n lowered."""
        kept.append(out[0])
        out = out.clone()
        for n, channel in enumerate(channels):
            out[n, channel] += little
            out[n + len(channels), channel] -= little
        return out

    layer(whole, stage).register_forward_hook(raised)
    with torch.no_grad():
        xb = image_tensor(embedded.valid_images[:1]).double().expand(2 * len(channels), 28, 28)
        up, down = whole(xb).view(2, -1).numpy()
    slopes = (up - down) / (2 * little) / STAGES[stage] ** 2
    expected = cam.channel_weights[list(channels)]
    np.testing.assert_allclose(slopes, expected, rtol=1e-2, atol=1e-3 * np.abs(expected).max())
    np.testing.assert_allclose(cam.maps, kept[0].numpy(), atol=1e-4)
    assert cam.logit == pytest.approx((up[0] + down[0]) / 2, abs=1e-4)


def test_the_gradient_is_a_finite_difference_at_each_place(
    asked: Callable[[str], GradCam], whole: ThreeLessSeven, embedded: Digits
) -> None:
    cam, little = asked("layer1"), 1e-6
    places = [(channel, row, 6 - row) for channel in (0, 20, 63) for row in range(7)]

    def raised(_: nn.Module, __: object, out: Tensor) -> Tensor:
        out = out.clone()
        for n, place in enumerate(places):
            out[n][place] += little
            out[n + len(places)][place] -= little
        return out

    layer(whole, "layer1").register_forward_hook(raised)
    with torch.no_grad():
        up, down = whole(image_tensor(embedded.valid_images[:1]).double().expand(42, 28, 28)).view(2, -1).numpy()
    expected = cam.gradient[tuple(np.transpose(places))]
    np.testing.assert_allclose((up - down) / (2 * little), expected, rtol=1e-2, atol=1e-3 * np.abs(expected).max())


@pytest.mark.parametrize("stage", STAGES)
def test_heat_is_the_weighed_sum_of_maps(stage: str, asked: Callable[[str], GradCam]) -> None:
    cam, side = asked(stage), STAGES[stage]
    assert (cam.stage, cam.maps.shape[1:]) == (stage, (side, side))
    by_hand = sum(weight * maps for weight, maps in zip(cam.channel_weights, cam.maps, strict=True))
    np.testing.assert_allclose(cam.heat, by_hand, atol=1e-5 * np.abs(by_hand).max())
    by_place = np.einsum("kij,kij->ij", cam.gradient, cam.maps)
    np.testing.assert_allclose(cam.heat_by_place, by_place, atol=1e-5 * np.abs(by_place).max())
    assert cam.heat_28.shape == cam.heat_by_place_28.shape == (28, 28)
    assert cam.heat.min() - 1e-6 <= cam.heat_28.min() <= cam.heat_28.max() <= cam.heat.max() + 1e-6
    corners = cam.heat_28[::27, ::27]
    np.testing.assert_allclose(corners, cam.heat[:: side - 1, :: side - 1], atol=1e-6)
    assert cam.first_maps.shape == (64, 14, 14)
    assert cam.stage_1_maps.shape == (64, 7, 7)
    assert all(maps.min() >= 0 for maps in (cam.maps, cam.first_maps, cam.stage_1_maps))


def test_with_its_outputs_swapped_the_heat_changes_its_sign(
    trained: Callable[..., Trained], embedded: Digits, asked: Callable[[str], GradCam]
) -> None:
    settings, weights = trained("resnet18")
    last = list(weights)[-1]
    assert weights[last].shape == (2, 512)
    swapped = explain(settings, {**weights, last: weights[last].flip(0)}, embedded.valid_images[0])
    assert isinstance(swapped, GradCam)
    assert np.abs(swapped.heat).max() > 0
    np.testing.assert_allclose(swapped.heat, -asked("layer1").heat, atol=1e-6)
    assert swapped.logit == pytest.approx(-asked("layer1").logit, abs=1e-5)


@pytest.mark.parametrize("stage", ["layer4", "attention"])
def test_no_other_stage_is_looked_into(stage: str, asked: Callable[[str], GradCam]) -> None:
    with pytest.raises(SettingsError, match=f"no stage '{stage}'.*conv1, layer1, layer2, layer3"):
        asked(stage)
