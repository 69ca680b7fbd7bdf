"""Which pictures of an answer say what covering the ink does: those that the pages show, and those that were left out.

`pytest tests/explain/test_agreement.py -s` prints the table; with MNIST37_SLOW=1 that of
docs/decisions/explanations.md: ResNet-18 trained in full, 200 digits, and what was left out.
"""

import os
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from mnist37.data import Digits
from mnist37.explain import Distances, PixelShares, UnitShares, explain, occlusion
from mnist37.explain.model import Model
from mnist37.rungs import settings_for

from ..train.told import teach
from .agreement import Heat, agreement
from .conftest import Trained
from .left_out import STAGES, grad_cam, gradient_times_ink, hires_cam, integrated_gradients

LEAST = 95.0
"""What is shown agrees at least so often, in percent."""


def covered(model: Model, image: np.ndarray) -> np.ndarray:
    return occlusion(model.settings, model.weights, image).heat_28


def shares(model: Model, image: np.ndarray) -> np.ndarray:
    found = explain(model.settings, model.weights, image)
    assert isinstance(found, PixelShares | Distances)
    return found.shares


SHOWN: Mapping[str, Mapping[str, Heat]] = {
    "linear-scratch": {"image × weights": shares, "covered": covered},
    "pixel-similarity": {"each pixel's share": shares, "covered": covered},
    "simple-net": {"covered": covered},
    "resnet18": {"covered": covered},
}
LEFT_OUT: Mapping[str, Heat] = {
    "gradient × ink": gradient_times_ink,
    "integrated gradients, 16 steps": integrated_gradients(16),
    **{f"Grad-CAM, {stage}": grad_cam(stage) for stage in STAGES},
    **{f"HiResCAM, {stage}": hires_cam(stage) for stage in STAGES},
}


def rows(name: str, model: Model, heats: Mapping[str, Heat], images: np.ndarray) -> dict[str, dict[str, float]]:
    """Each picture's agreement in percent, printed as well."""
    found = {heat: asked.row() for heat, asked in agreement(model, heats, images).items()}
    for heat, row in found.items():
        print(f"| {name} | {heat} | " + " | ".join(f"{share:.1f}" for share in row.values()) + " |")  # noqa: T201
    return found


def some(digits: Digits, count: int) -> np.ndarray:
    """Validation digits, both kinds mixed."""
    return digits.valid_images[np.random.default_rng(0).permutation(digits.n_valid)[:count]]


@pytest.mark.parametrize("name", ["linear-scratch", "pixel-similarity", "simple-net"])
def test_what_is_shown_says_what_covering_the_ink_does(name: str, embedded: Digits) -> None:
    settings = settings_for(name)
    model = Model(settings, teach(settings, embedded).outcome.weights)
    for row in rows(name, model, SHOWN[name], some(embedded, 200)).values():
        assert min(row.values()) >= LEAST


def test_of_a_hastily_trained_resnet18_too(trained: Callable[..., Trained], embedded: Digits) -> None:
    row = rows("resnet18", Model(*trained("resnet18")), SHOWN["resnet18"], some(embedded, 12))["covered"]
    assert row["patches"] >= LEAST - 5  # of so few digits
    assert min(row["orange"], row["blue"]) >= LEAST - 5


@pytest.mark.skipif(not os.environ.get("MNIST37_SLOW"), reason="minutes: set MNIST37_SLOW=1")
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [0, 1])
def test_of_resnet18_only_covering_is_shown_as_the_rest_disagrees(embedded: Digits, seed: int) -> None:
    settings = settings_for("resnet18", seed=seed)
    model = Model(settings, teach(settings, embedded).outcome.weights)
    found = rows(f"resnet18, seed {seed}", model, {**SHOWN["resnet18"], **LEFT_OUT}, some(embedded, 200))
    assert min(found["covered"].values()) >= LEAST
    for heat in LEFT_OUT:
        assert min(found[heat].values()) < LEAST, f"{heat} could be shown"


def test_a_silent_unit_takes_its_share_of_the_logit_along(trained: Callable[..., Trained], embedded: Digits) -> None:
    """What the page says of each unit of the two-layer net is what the net does without it."""
    settings, weights = trained("simple-net")
    for image in embedded.valid_images[:5]:
        found = explain(settings, weights, image)
        assert isinstance(found, UnitShares)
        for unit, share in enumerate(found.shares):
            votes = weights["2.weight"].clone()
            votes[0, unit] = 0
            without = Model(settings, {**weights, "2.weight": votes}).logit(image)
            assert found.logit - without == pytest.approx(float(share), abs=1e-4)
