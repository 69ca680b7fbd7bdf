"""Compare each rung's training with the chapter's code and with the bare matrix products, per epoch, full size."""

import os
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from benchmarks import chapter
from benchmarks.measure import Sample, interleaved, spread
from benchmarks.table import Table
from mnist37.data import Digits
from mnist37.events import Epoch, Event
from mnist37.rungs import LADDER, settings_for
from mnist37.rungs.base import stack_rows
from mnist37.rungs.simple_net import simple_net
from mnist37.settings import Settings
from mnist37.train import train

EPOCHS, ROUNDS = 5, 7

CHAPTER: dict[str, Callable[[Digits], Callable[[int], None]]] = {
    "linear-scratch": chapter.linear_from_scratch,
    "linear-torch": chapter.linear_with_own_optimizer,
    "linear-fastai": chapter.linear_with_learner,
    "simple-net": chapter.simple_net,
}


def training(digits: Digits) -> Table:
    """Measure a row for each of the small rungs."""
    rows = []
    for rung, build in CHAPTER.items():
        settings = chapter_settings(rung)
        reader, floor, limit = build(digits), operations(digits, settings), products(digits, settings)
        taken = interleaved(
            {
                "ours": partial(epoch_seconds, settings, digits),
                "chapter": partial(seconds_an_epoch, partial(reader, EPOCHS)),
                "floor": partial(seconds_an_epoch, partial(repeat, floor)),
                "limit": partial(seconds_an_epoch, partial(repeat, limit)),
            },
            ROUNDS,
        )
        rows.append(_row(rung, taken))
    return Table(
        "Training, one epoch",
        (
            "rung",
            "ours, streaming its events",
            "the chapter's code",
            "its operations alone",
            "bare products",
            "ours / chapter",
            "ours / operations",
            "ours / bare",
        ),
        rows,
        f"Chapter's settings (batch 256, mnist_loss), validation included, {EPOCHS} epochs a round, {ROUNDS} rounds "
        "in turn: median (lowest to highest). Ratios are medians of the rounds'. Goals: 0.25 of the chapter's code and "
        "1.5 times the bare products (forward and backward, the same shapes, one thread, validation included). Its "
        "operations alone: torch's own, one by one as the chapter has them (predict, loss, backward, step), on one "
        "thread and on mini-batches that lie ready: no shuffling, no `Learner`, nothing told to anybody.",
    )


def _row(rung: str, taken: dict[str, Sample]) -> tuple[str, ...]:
    ours, theirs, floor, limit = taken["ours"], taken["chapter"], taken["floor"], taken["limit"]
    return (
        f"`{rung}`",
        *(spread(sample) for sample in (ours, theirs, floor, limit)),
        f"{ours.ratio_to(theirs):.2f}",
        f"{ours.ratio_to(floor):.1f}",
        f"{ours.ratio_to(limit):.1f}",
    )


def chapter_settings(rung: str) -> Settings:
    """Return the chapter's settings for a rung, for a few epochs."""
    return settings_for(rung, **{**LADDER[rung].chapter[-1].settings, "epochs": EPOCHS})


def epoch_seconds(settings: Settings, digits: Digits) -> float:
    """Return the mean seconds of an epoch, as measured by the run itself."""
    epochs = run_epochs(settings, digits)
    return sum(epoch.seconds for epoch in epochs) / len(epochs)


def run_epochs(settings: Settings, digits: Digits) -> list[Epoch]:
    """Train a run that publishes every event, and return its `Epoch` events."""
    events: list[Event] = []
    train(settings, digits, events.append)
    return [event for event in events if isinstance(event, Epoch)]


def operations(digits: Digits, settings: Settings) -> Callable[[], None]:
    """Return a function that runs only torch's operations of the chapter's epoch."""
    x, y = stack_rows(digits.train_images, digits.train_labels)
    valid_x, valid_y = stack_rows(digits.valid_images, digits.valid_labels)
    batches = list(zip(x.split(settings.batch_size), y.split(settings.batch_size), strict=True))
    model = simple_net(settings.hidden) if settings.rung == "simple-net" else nn.Linear(28 * 28, 1)
    opt = chapter.BasicOptim(model.parameters(), settings.lr)

    def run() -> None:
        torch.set_num_threads(1)
        for xb, yb in batches:
            chapter.mnist_loss(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()
        chapter.batch_accuracy(model(valid_x), valid_y).item()

    return run


def products(digits: Digits, settings: Settings) -> Callable[[], None]:
    """Return a function that runs only the matrix products of an epoch, in mini-batches in order."""
    x, _ = stack_rows(digits.train_images, digits.train_labels)
    valid_x, _ = stack_rows(digits.valid_images, digits.valid_labels)
    shapes = [(784, settings.hidden), (settings.hidden, 1)] if settings.rung == "simple-net" else [(784, 1)]
    layers = [torch.randn(shape) for shape in shapes]

    def run() -> None:
        torch.set_num_threads(1)
        for xb in x.split(settings.batch_size):
            forward_and_back(xb, layers)
        forward(valid_x, layers)

    return run


def forward(xb: Tensor, layers: list[Tensor]) -> list[Tensor]:
    """Return each layer's input, and the last one's output."""
    inputs = [xb]
    for layer in layers:
        inputs.append(inputs[-1] @ layer)
    return inputs


def forward_and_back(xb: Tensor, layers: list[Tensor]) -> None:
    """Compute the products of the predictions and of the gradients."""
    *inputs, grad = forward(xb, layers)
    for place in reversed(range(len(layers))):
        inputs[place].t() @ grad  # the layer's gradient
        if place:
            grad = grad @ layers[place].t()  # the gradient for the previous layer


def repeat(epoch: Callable[[], None]) -> None:
    """Run `EPOCHS` epochs."""
    for _ in range(EPOCHS):
        epoch()


def seconds_an_epoch(work: Callable[[], None]) -> float:
    """Return the wall-clock seconds of an epoch, with torch's default number of threads."""
    torch.set_num_threads(os.cpu_count() or 1)
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) / EPOCHS
