"""Compare a GPU with the CPU, with the same code: for which rungs it is faster."""

from functools import partial
from unittest.mock import patch

import torch

from benchmarks.measure import interleaved, spread
from benchmarks.table import Table
from benchmarks.training import EPOCHS, chapter_settings, epoch_seconds
from mnist37.data import Digits
from mnist37.rungs.devices import CPU, found_gpu
from mnist37.rungs.fastai_fit import data_loaders
from mnist37.rungs.simple_net import WIDE
from mnist37.settings import Settings

ROUNDS = 5
WIDEST = 1_000
"""Hidden units of the widest net that the app trains."""


def gpu(digits: Digits) -> list[Table]:
    """Measure a row for each of some rungs; return nothing if torch finds no GPU."""
    device = found_gpu()
    if device is None:
        return []
    rungs = {
        "`linear-fastai`": chapter_settings("linear-fastai"),
        **{
            f"`simple-net`, {hidden:,} units": chapter_settings("simple-net").replace(hidden=hidden)
            for hidden in (30, WIDE, WIDEST)
        },
        "`resnet18`": chapter_settings("resnet18").replace(epochs=2),
    }
    return [
        Table(
            "One epoch on a GPU",
            ("rung", "on the CPU", f"on the GPU ({name(device)})", "GPU / CPU"),
            [_row(shown, settings, digits, device) for shown, settings in rungs.items()],
            f"Chapter's settings, validation included, {EPOCHS} epochs a round (`resnet18` 2), {ROUNDS} rounds in turn "
            "after one that does not count: median (lowest to highest). The small models use one thread of the CPU, "
            f"`resnet18` all cores. In the app, `resnet18` goes to the GPU, and `simple-net` from {WIDE} units on.",
        )
    ]


def name(device: torch.device) -> str:
    """Return the name of the GPU."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def _row(shown: str, settings: Settings, digits: Digits, device: torch.device) -> tuple[str, ...]:
    taken = interleaved(
        {
            "cpu": partial(_epoch_on, CPU, settings, digits),
            "gpu": partial(_epoch_on, device, settings, digits),
        },
        ROUNDS,
    )
    return shown, spread(taken["cpu"]), spread(taken["gpu"]), f"{taken['gpu'].ratio_to(taken['cpu']):.2f}"


def _epoch_on(device: torch.device, settings: Settings, digits: Digits) -> float:
    """Return the mean seconds of an epoch with the rung's `DataLoaders` on that device."""
    with (
        patch(
            "mnist37.rungs.linear_fastai.data_loaders",
            lambda train, valid, _, classes: data_loaders(train, valid, device, classes),
        ),
        patch("mnist37.rungs.resnet18.gpu_or_cpu", lambda: device),
    ):
        return epoch_seconds(settings, digits)
