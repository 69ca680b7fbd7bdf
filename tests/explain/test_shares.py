"""Pixels, units and distances: what each brought to the answer, held against the model itself."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from mnist37.data import Digits
from mnist37.explain import Distances, PixelShares, UnitShares, explain
from mnist37.rungs import LADDER, image_tensor
from mnist37.train import predict

from .conftest import Trained

LINEAR = [name for name in LADDER if name.startswith("linear")]


@pytest.mark.parametrize("name", LINEAR)
def test_without_a_pixel_s_ink_the_answer_lacks_its_share(
    name: str, trained: Callable[..., Trained], embedded: Digits
) -> None:
    settings, weights = trained(name)
    image = embedded.valid_images[0]
    shares = explain(settings, weights, image)
    assert isinstance(shares, PixelShares)
    inked = np.argwhere(image)[::7]
    without = np.stack([image] * len(inked))
    for n, (row, column) in enumerate(inked):
        without[n, row, column] = 0
    lacks = shares.logit - predict(settings, weights, without).logits
    np.testing.assert_allclose(shares.shares[tuple(inked.T)], lacks, atol=1e-5)
    assert shares.for_other < 0 < shares.for_first
    assert all(part.shape == (28, 28) and part.dtype == np.float32 for part in (shares.image, shares.shares))


@pytest.mark.parametrize("hidden", [30, 1])
def test_units_are_what_the_module_s_layers_pass_on(
    hidden: int, trained: Callable[..., Trained], embedded: Digits
) -> None:
    settings, weights = trained("simple-net", hidden=hidden)
    image = embedded.valid_images[-1]
    units = explain(settings, weights, image)
    assert isinstance(units, UnitShares)

    passed: dict[str, torch.Tensor] = {}
    module = LADDER["simple-net"].module(settings, weights)
    for name, layer in module[1].named_children():
        layer.register_forward_hook(lambda _, __, out, name=name: passed.update({name: out.detach().clone()}))
    with torch.no_grad():
        logit = module(image_tensor(image[None])).item()

    np.testing.assert_allclose(units.before, passed["0"][0].numpy(), atol=1e-5)
    np.testing.assert_allclose(units.fired, passed["1"][0].numpy(), atol=1e-5)
    assert units.logit == pytest.approx(logit, abs=1e-5)
    assert units.n_fired == int((passed["1"] > 0).sum())
    assert units.bias + units.shares.sum() == pytest.approx(logit, abs=1e-4)
    for i in range(hidden):
        unit = units.unit(i)
        assert unit.up + unit.down + unit.bias == pytest.approx(units.before[i], abs=1e-5)
        np.testing.assert_array_equal(unit.shares, units.image * units.weights[i])
    assert sorted(units.order) == list(range(hidden))
    sizes = np.abs(units.shares)[units.order]
    assert (np.diff(sizes) <= 0).all()


def test_silencing_a_unit_takes_its_share(trained: Callable[..., Trained], embedded: Digits) -> None:
    settings, weights = trained("simple-net")
    image = embedded.valid_images[0]
    units = explain(settings, weights, image)
    assert isinstance(units, UnitShares)
    for i in units.order[:3]:
        silent = {name: tensor.clone() for name, tensor in weights.items()}
        silent["2.weight"][0, i] = 0
        lacks = units.logit - predict(settings, silent, image[None]).logits[0]
        assert lacks == pytest.approx(units.shares[i], abs=1e-4)


@pytest.mark.parametrize("kind", ["l1", "rmse"])
def test_distances_are_those_of_the_chapter(kind: str, trained: Callable[..., Trained], embedded: Digits) -> None:
    settings, weights = trained("pixel-similarity", loss=kind)
    image = embedded.valid_images[0]
    apart = explain(settings, weights, image)
    assert isinstance(apart, Distances)
    assert apart.kind == kind
    x = image.astype(np.float64) / 255
    for mean, less, l1, rmse in (
        (weights["mean3"].numpy(), apart.less_first, apart.l1.to_first, apart.rmse.to_first),
        (weights["mean7"].numpy(), apart.less_other, apart.l1.to_other, apart.rmse.to_other),
    ):
        np.testing.assert_allclose(less, x - mean, atol=1e-6)
        assert l1 == pytest.approx(np.abs(x - mean).mean(), rel=1e-5)
        assert rmse == pytest.approx(np.sqrt(((x - mean) ** 2).mean()), rel=1e-5)
    deciding = {"l1": apart.l1, "rmse": apart.rmse}[kind]
    assert (apart.to_first, apart.to_other) == (deciding.to_first, deciding.to_other)
    assert apart.logit == pytest.approx(deciding.logit, abs=1e-6)
    assert apart.paper + apart.shares.sum() == pytest.approx(apart.logit, abs=1e-6)
    assert not apart.shares[image == 0].any()
    if kind == "l1":  # without a pixel's ink the answer lacks just its share
        inked = np.argwhere(image)[::20]
        without = np.stack([image] * len(inked))
        without[np.arange(len(inked)), *inked.T] = 0
        lacks = apart.logit - predict(settings, weights, without).logits
        np.testing.assert_allclose(apart.shares[tuple(inked.T)], lacks, atol=1e-6)
    assert apart.shares.dtype == np.float32


@pytest.mark.parametrize("kind", ["l1", "rmse"])
def test_where_both_means_are_the_image_nothing_is_shared_out(kind: str, trained: Callable[..., Trained]) -> None:
    settings, _ = trained("pixel-similarity", loss=kind)
    blank = {"mean3": torch.zeros(28, 28), "mean7": torch.zeros(28, 28)}
    apart = explain(settings, blank, np.zeros((28, 28), np.uint8))
    assert isinstance(apart, Distances)
    assert not apart.shares.any()
