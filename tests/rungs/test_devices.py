"""Where a rung computes: the GPU where there is one, the same weights and answers; the CPU where there is none."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from mnist37.data import Digits
from mnist37.events import drawing_key
from mnist37.rungs import LADDER, devices
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.simple_net import WIDE
from mnist37.train import Control, predict

from ..train.told import teach
from .spy import Spy, short

SETTINGS = short("resnet18", epochs=2)


@pytest.fixture(scope="module")
def gpu() -> torch.device:
    found = devices.found_gpu()
    if found is None:
        pytest.skip("torch finds no GPU here, neither CUDA's nor Apple's: this ran on none")
    return found


@pytest.mark.parametrize(
    ("quota", "count"), [("max 100000", 8), ("50000 100000", 1), ("250000 100000", 3), ("9900000 100000", 8), ("?", 8)]
)
def test_cores_are_those_that_a_process_may_use(
    quota: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(devices, "QUOTA", tmp_path / "cpu.max")
    assert devices.cores() == 8
    devices.QUOTA.write_text(quota)
    assert devices.cores() == count


def test_a_gpu_that_fails_is_left_alone_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """`meta` computes nothing, as a GPU that is too old for torch's kernels."""
    monkeypatch.setattr(devices, "found_gpu", lambda: torch.device("meta"))
    with pytest.warns(UserWarning, match=r"on the CPU, as the GPU \(meta\) fails"):
        assert devices.gpu_or_cpu() == torch.device("cpu")


def test_without_a_gpu_it_is_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda **_: None)
    assert devices.gpu_or_cpu() == torch.device("cpu")


def test_another_accelerator_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda **_: torch.device("xpu"))
    assert devices.found_gpu() is None


@pytest.mark.parametrize("seed", [None, 0], ids=["in order", "shuffled"])
def test_a_data_loader_takes_its_items_along(seed: int | None) -> None:
    dl = DataLoader(torch.rand(5, 3), torch.rand(5, 1), 2, seed).to(torch.device("meta"))
    assert [(xb.device.type, tuple(xb.shape), tuple(yb.shape)) for xb, yb in dl] == [
        ("meta", (2, 3), (2, 1)),
        ("meta", (2, 3), (2, 1)),
        ("meta", (1, 3), (1, 1)),
    ]


def test_resnet18_learns_on_the_gpu(gpu: torch.device, tiny: Digits) -> None:
    spy = Spy(SETTINGS.lr)
    LADDER["resnet18"].fit(SETTINGS, tiny, spy)
    assert {tensor.device.type for tensor in spy.weights.values()} == {gpu.type}
    assert len(spy.epochs) == 2


def test_a_wide_net_learns_on_the_gpu_too(gpu: torch.device, tiny: Digits) -> None:
    spy = Spy(0.1)
    LADDER["simple-net"].fit(short("simple-net", hidden=WIDE), tiny, spy)
    assert {tensor.device.type for tensor in spy.weights.values()} == {gpu.type}


def test_what_it_tells_from_the_gpu_holds_on_the_cpu(gpu: torch.device, tiny: Digits) -> None:
    told = teach(SETTINGS, tiny)
    assert {tensor.device.type for tensor in told.outcome.weights.values()} == {"cpu"}
    answers = predict(SETTINGS, told.outcome.weights, tiny.valid_images).logits
    np.testing.assert_allclose(told.valid_judged[-1].logits, answers, atol=0.05, rtol=0.02)
    assert told.epochs[-1].accuracy == pytest.approx(np.mean((answers > 0) == tiny.valid_labels), abs=0.021)


def test_the_gpu_gives_one_curve(gpu: torch.device, tiny: Digits) -> None:
    first, second = teach(SETTINGS, tiny), teach(SETTINGS, tiny)
    assert first.losses == second.losses
    for name, tensor in first.outcome.weights.items():
        assert torch.equal(tensor, second.outcome.weights[name]), name


def test_it_starts_from_the_cpu_s_weights(
    gpu: torch.device,
    tiny: Digits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_gpu = teach(SETTINGS, tiny)
    monkeypatch.setattr(devices, "found_gpu", lambda: None)
    on_cpu = teach(SETTINGS, tiny)
    for name, weights in on_cpu.snapshots[0].items():
        np.testing.assert_array_equal(on_gpu.snapshots[0][name], weights)
    assert on_gpu.losses[0] == pytest.approx(on_cpu.losses[0], rel=0.5)  # dropout draws others


def test_a_drawing_is_answered_by_the_gpu(gpu: torch.device, tiny: Digits) -> None:
    drawing = tiny.valid_images[0]
    control = Control()
    control.set_drawing(drawing.tobytes())
    told = teach(SETTINGS, tiny, control)
    last = told.judged[-1]
    assert last.drawing == drawing_key(drawing)
    answer = predict(SETTINGS, told.outcome.weights, drawing[None]).logits[0]
    assert last.logit == pytest.approx(answer, abs=0.05, rel=0.02)


@pytest.mark.parametrize("rung", ["linear-scratch", "linear-torch", "linear-fastai", "simple-net"])
def test_a_small_model_stays_on_the_cpu(gpu: torch.device, rung: str, tiny: Digits) -> None:
    spy = Spy(0.1)
    LADDER[rung].fit(short(rung), tiny, spy)
    assert {tensor.device.type for tensor in spy.weights.values()} == {"cpu"}
