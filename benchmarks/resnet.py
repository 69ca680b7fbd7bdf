"""ResNet-18: the chapter's last epoch from PNG files against ours from memory, the time that each takes to 99.6 %."""

import os
import statistics
import tempfile
import time
from pathlib import Path

import torch

from benchmarks import chapter
from benchmarks.gpu import name
from benchmarks.measure import Sample, interleaved, shown
from benchmarks.table import Table
from benchmarks.training import epochs_told
from mnist37.data import Digits
from mnist37.rungs import LADDER, settings_for
from mnist37.rungs.devices import CPU, gpu_or_cpu

ROUNDS = 3
GOAL = 0.996


def resnet18(digits: Digits) -> Table:
    """A row for each round: one epoch of each, from new weights."""
    theirs: list[float] = []
    ours: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        chapter.write_png_folders(digits, Path(folder))
        taken = interleaved(
            {
                "chapter": lambda: _kept(theirs, _chapter_epoch(Path(folder))),
                "ours": lambda: _kept(ours, _our_epoch(digits, seed=len(ours))),
            },
            ROUNDS,
            warm_ups=1,  # the first reading of the files is none of its business
        )
    stock, mine = taken["chapter"], taken["ours"]
    del theirs[0], ours[0]  # the warm-up's
    rows = [
        (
            str(number + 1),
            *_told(stock.seconds[number], theirs[number]),
            *_told(mine.seconds[number], ours[number]),
            f"{mine.seconds[number] / stock.seconds[number]:.2f}",
        )
        for number in range(ROUNDS)
    ]
    rows.append(("median", *_medians(stock, theirs), *_medians(mine, ours), f"{mine.ratio_to(stock):.2f}"))
    device = gpu_or_cpu()
    machine = f"{os.cpu_count()} cores" + ("" if device == CPU else f" and {name(device)}")
    return Table(
        "ResNet-18, one epoch" if device == CPU else "ResNet-18, one epoch on a GPU",
        ("round", "the chapter's", "accuracy", "to 99.6 %", "ours", "accuracy", "to 99.6 %", "ours / chapter's"),
        rows,
        "One epoch with the chapter's settings (lr 0.1, batches of 64), validation included, in turn; ours streams its "
        "events. A round whose epoch ends below 99.6 % has not got there: `-`. The chapter's code reads RGB pictures "
        f"from PNG files with fastai's default number of workers, on {machine}. Goal: half "
        "the time.",
    )


def _kept(accuracies: list[float], epoch: tuple[float, float]) -> float:
    """Note the accuracy of an epoch; its seconds."""
    accuracies.append(epoch[1])
    return epoch[0]


def _told(seconds: float, accuracy: float) -> tuple[str, str, str]:
    return shown(seconds), f"{accuracy:.2%}", shown(seconds) if accuracy >= GOAL else "-"


def _medians(sample: Sample, accuracies: list[float]) -> tuple[str, str, str]:
    reached = sum(accuracy >= GOAL for accuracy in accuracies)
    return shown(sample.median), f"{statistics.median(accuracies):.2%}", f"{reached} of {ROUNDS} rounds"


def _chapter_epoch(folder: Path) -> tuple[float, float]:
    """Seconds and accuracy of the chapter's code, with as many threads as torch takes by itself."""
    torch.set_num_threads(os.cpu_count() or 1)
    epoch = chapter.resnet(folder)
    start = time.perf_counter()
    accuracy = epoch()
    return time.perf_counter() - start, accuracy


def _our_epoch(digits: Digits, seed: int) -> tuple[float, float]:
    """The same of ours, told by the run itself."""
    settings = settings_for("resnet18", **LADDER["resnet18"].chapter[-1].settings, seed=seed)
    (epoch,) = epochs_told(settings, digits)
    return epoch.seconds, epoch.accuracy
