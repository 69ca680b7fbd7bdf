"""What every explanation keeps to, whichever model it explains."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import hypothesis
import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given

from mnist37.data import Digits
from mnist37.errors import BadImage, RunBroken, SettingsError
from mnist37.explain import Distances, Explanation, FeatureMaps, PixelShares, UnitShares, explain, flip, occlusion
from mnist37.explain.model import Model
from mnist37.rungs.plain_resnet import plain_model
from mnist37.train import predict

from .conftest import Trained, every_model

KINDS = {"pixel-similarity": Distances, "simple-net": UnitShares, "resnet18": FeatureMaps}

images = arrays.arrays(np.uint8, (28, 28))


def total(explanation: Explanation) -> float | None:
    """What an explanation adds up to, in float64; None of feature maps, which do not."""
    match explanation:
        case PixelShares() | UnitShares():
            return explanation.for_first + explanation.for_other + explanation.bias
        case Distances():
            return explanation.paper + float(explanation.shares.sum(dtype=np.float64))
        case FeatureMaps():
            return None


def check(trained: Trained, image: np.ndarray) -> None:
    settings, weights = trained
    said = predict(settings, weights, image[None])
    explanation = explain(settings, weights, image)
    assert type(explanation) is KINDS.get(settings.rung, PixelShares)
    assert explanation.logit == pytest.approx(said.logits[0], rel=1e-4, abs=1e-4)
    if said.probs is not None and not isinstance(explanation, Distances):
        assert explanation.prob_first == pytest.approx(said.probs[0], rel=1e-3, abs=1e-5)
    if (whole := total(explanation)) is not None:
        assert whole == pytest.approx(said.logits[0], rel=1e-4, abs=1e-4)


@every_model
def test_it_explains_the_very_answer_that_is_given(model: Trained, embedded: Digits) -> None:
    for image in (*embedded.valid_images[::40], np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)):
        check(model, image)


@every_model
@hypothesis.settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(image=images)
def test_it_explains_what_is_no_digit(model: Trained, image: np.ndarray) -> None:
    check(model, image)


@every_model
def test_asking_changes_nothing(model: Trained, embedded: Digits) -> None:
    settings, weights = model
    before = {name: tensor.clone() for name, tensor in weights.items()}
    image, chance = embedded.valid_images[0], torch.get_rng_state()
    explain(settings, weights, image)
    flip(settings, weights, image, most_steps=2)
    assert torch.equal(torch.get_rng_state(), chance)
    assert all(torch.equal(tensor, before[name]) for name, tensor in weights.items())
    assert not any(tensor.requires_grad for tensor in weights.values())
    assert all(tensor.is_meta for tensor in plain_model().state_dict().values())
    np.testing.assert_array_equal(image, embedded.valid_images[0])


@every_model
def test_it_explains_where_nobody_asks_for_gradients(model: Trained, embedded: Digits) -> None:
    with torch.no_grad():
        check(model, embedded.valid_images[0])


@every_model
def test_visitors_may_ask_at_once(model: Trained, embedded: Digits) -> None:
    settings, weights = model
    other = {name: tensor / 2 if tensor.is_floating_point() else tensor for name, tensor in weights.items()}
    alone = [explain(settings, one, embedded.valid_images[0]).logit for one in (weights, other)]
    torch.set_num_threads(1)

    def ask(one: dict[str, torch.Tensor]) -> list[float]:
        return [explain(settings, one, embedded.valid_images[0]).logit for _ in range(20)]

    with ThreadPoolExecutor(2) as visitors:
        for said, expected in zip(visitors.map(ask, (weights, other)), alone, strict=True):
            assert said == pytest.approx([expected] * 20, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("ask", [explain, flip, occlusion])
def test_what_does_not_fit_is_refused(
    ask: Callable[..., object], trained: Callable[..., Trained], embedded: Digits
) -> None:
    image = embedded.valid_images[0]
    settings, weights = trained("linear-torch")
    with pytest.raises(BadImage, match=r"float64 \[28, 28\]"):
        ask(settings, weights, image / 255)
    with pytest.raises(BadImage, match=r"uint8 \[1, 28, 28\]"):
        ask(settings, weights, image[None])
    with pytest.raises(RunBroken, match="do not fit linear-torch"):
        ask(settings, {"weight": weights["weight"]}, image)
    with pytest.raises(RunBroken, match="do not fit simple-net"):
        ask(settings.replace(rung="simple-net"), weights, image)
    with pytest.raises(SettingsError, match="no model 'svm'"):
        ask(settings.replace(rung="svm"), weights, image)


@every_model
def test_every_rung_of_the_ladder_declares_its_parts(model: Trained) -> None:
    assert Model(*model).parts is not None
