"""ResNet-18: compare the chapter's last epoch from PNG files with ours from memory, by the time to 99.6 %."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import torch

from benchmarks import chapter
from benchmarks.gpu import name
from benchmarks.measure import Sample, interleaved, shown
from benchmarks.table import Table
from benchmarks.training import run_epochs
from mnist37.data import Digits
from mnist37.rungs import LADDER, settings_for
from mnist37.rungs.devices import CPU, gpu_or_cpu

ROUNDS, MOST_TRAININGS = 5, 8
GOAL = 0.996
GENTLE = {"lr": 0.003, "batch_size": 128, "epochs": 1}
"""The result of the sweep in log.md: nearly every seed reaches the goal in its first epoch."""

Epoch = tuple[float, float]
"""Seconds and accuracy of a training of one epoch from new weights."""


@dataclass
class Contender:
    """A program that trains single epochs from new weights, until one reaches the goal.

    Args:
        train: trains one epoch from new weights.
        epochs: all its epochs, including those of the warm-up.
        trainings: the number of trainings in each round.
    """

    train: Callable[[], Epoch]
    epochs: list[Epoch] = field(default_factory=list)
    trainings: list[int] = field(default_factory=list)

    def to_goal(self) -> float:
        """Train until an epoch reaches the goal; return the seconds of all trainings together."""
        taken = 0.0
        for trainings in range(1, MOST_TRAININGS + 1):
            self.epochs.append(self.train())
            taken += self.epochs[-1][0]
            if self.epochs[-1][1] >= GOAL:
                self.trainings.append(trainings)
                return taken
        raise RuntimeError(f"None of {MOST_TRAININGS} trainings came to {GOAL:.1%}")

    def an_epoch(self) -> str:
        """Return the medians over all its epochs, as text."""
        seconds, accuracies = zip(*self.epochs[1:], strict=True)
        return f"{shown(statistics.median(seconds))}, {statistics.median(accuracies):.2%}"


def resnet18(digits: Digits) -> Table:
    """Measure a row for each round: each contender's time to the goal, from new weights."""
    with tempfile.TemporaryDirectory() as folder:
        chapter.write_png_folders(digits, Path(folder))
        contenders = {
            "the chapter's": Contender(lambda: _chapter_epoch(Path(folder))),
            "ours, its settings": Contender(_ours(digits, LADDER["resnet18"].chapter[-1].settings)),
            f"ours, lr {GENTLE['lr']}, batches of {GENTLE['batch_size']}": Contender(_ours(digits, GENTLE)),
        }
        taken = interleaved({one: contender.to_goal for one, contender in contenders.items()}, ROUNDS)
    device = gpu_or_cpu()
    machine = f"{os.cpu_count()} cores" + ("" if device == CPU else f" and {name(device)}")
    return Table(
        f"ResNet-18 to {GOAL:.1%}" + ("" if device == CPU else " on a GPU"),
        ("round", *contenders, "ratio, its settings", "ratio, ours"),
        [*_rounds(contenders, taken), _epochs(contenders), _medians(taken)],
        "Seconds until an epoch ends with 99.6 % of the validation digits right (trainings of one epoch, each from new "
        "weights, that it took), validation included, in turn; ours streams its events. The chapter's settings are lr "
        "0.1 and batches of 64. Its code reads RGB pictures from PNG files with fastai's default number of workers, on "
        f"{machine}. Goal: half the time.",
    )


def _rounds(contenders: dict[str, Contender], taken: dict[str, Sample]) -> Iterator[tuple[str, ...]]:
    for number in range(ROUNDS):
        seconds = [taken[one].seconds[number] for one in contenders]
        trainings = [contender.trainings[number + 1] for contender in contenders.values()]  # the first is the warm-up's
        yield (
            str(number + 1),
            *(f"{shown(took)} ({times})" for took, times in zip(seconds, trainings, strict=True)),
            *(f"{took / seconds[0]:.2f}" for took in seconds[1:]),
        )


def _epochs(contenders: dict[str, Contender]) -> tuple[str, ...]:
    return "an epoch", *(contender.an_epoch() for contender in contenders.values()), "", ""


def _medians(taken: dict[str, Sample]) -> tuple[str, ...]:
    stock, *ours = taken.values()
    return (
        "median",
        *(shown(sample.median) for sample in taken.values()),
        *(f"{sample.ratio_to(stock):.2f}" for sample in ours),
    )


def _chapter_epoch(folder: Path) -> Epoch:
    """Train with the chapter's code, with torch's default number of threads."""
    torch.set_num_threads(os.cpu_count() or 1)
    epoch = chapter.resnet(folder)
    start = time.perf_counter()
    accuracy = epoch()
    return time.perf_counter() - start, accuracy


def _ours(digits: Digits, values: Mapping[str, Any]) -> Callable[[], Epoch]:
    """Return a function that trains with another seed at each call; the run itself measures its seconds."""
    seeds = count()

    def train() -> Epoch:
        (epoch,) = run_epochs(settings_for("resnet18", **values, seed=next(seeds)), digits)
        return epoch.seconds, epoch.accuracy

    return train
