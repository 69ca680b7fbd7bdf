"""An ONNX model answers as the run's own weights do. The child process as a whole is tested with the command line."""

import sys

import numpy as np
import onnxruntime
import pytest

from mnist37.classes import ALL_TEN
from mnist37.data import Digits, load_digits
from mnist37.errors import RunError
from mnist37.rungs import LADDER
from mnist37.rungs.lr_trials import fewer
from mnist37.takeaway.onnx_child import export
from mnist37.takeaway.onnx_model import to_onnx
from mnist37.train import predict

from ..rungs.spy import short
from .conftest import Keep


def ask(model: bytes, images: np.ndarray) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    assert [(put.name, put.shape, put.type) for put in session.get_inputs()] == [
        ("images", ["N", 28, 28], "tensor(float)")
    ]
    names = [put.name for put in session.get_outputs()]
    return dict(zip(names, session.run(names, {"images": images.astype(np.float32) / 255}), strict=True))


@pytest.mark.parametrize("rung", LADDER)
def test_it_answers_as_the_run_does(rung: str, keep: Keep, tiny: Digits, embedded: Digits) -> None:
    # At its own rate four steps leave resnet18 with logits above 300, in which floats are 3e-5 apart.
    run = keep(short(rung, **({"lr": 0.003} if rung == "resnet18" else {})), tiny)
    model = export(run.info.settings, run.weights)
    for n in (1, 200):
        images = embedded.valid_images[:n]
        mine, told = ask(model, images), predict(run.info.settings, run.weights, images)
        np.testing.assert_allclose(mine["logits"], told.logits, atol=1e-5)
        assert mine["logits"].shape == (n,)
        assert ("probs" in mine) == LADDER[rung].gives_probability
        if told.probs is not None:
            np.testing.assert_allclose(mine["probs"], told.probs, atol=1e-5)


@pytest.mark.parametrize("rung", LADDER)
def test_a_model_of_ten_digits_gives_ten_logits(rung: str, keep: Keep) -> None:
    ten = fewer(load_digits("embedded", classes=ALL_TEN), 80, 16)
    run = keep(short(rung, digits="all", **({"lr": 0.003} if rung == "resnet18" else {})), ten)
    model = export(run.info.settings, run.weights)
    for n in (1, len(ten.valid_images)):
        images = ten.valid_images[:n]
        mine, told = ask(model, images), predict(run.info.settings, run.weights, images)
        assert mine["logits"].shape == (n, 10)
        np.testing.assert_allclose(mine["logits"], told.logits, atol=1e-5)
        assert ("probs" in mine) == LADDER[rung].gives_probability
        if told.probs is not None:
            np.testing.assert_allclose(mine["probs"], told.probs, atol=1e-5)


def test_weights_that_do_not_fit_are_said(keep: Keep, tiny: Digits) -> None:
    run = keep(short("linear-torch"), tiny)
    with pytest.raises(RunError, match=r"could not be written as ONNX.*Take its weights"):
        to_onnx(short("simple-net"), run.weights)


def test_a_child_that_cannot_be_started_is_said(keep: Keep, tiny: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    run = keep(short("linear-torch"), tiny)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(RunError, match="could not be written as ONNX"):
        to_onnx(run.info.settings, run.weights)
