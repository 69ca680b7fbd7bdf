"""Train in this process, keep the run in the store, and show a table and a progress bar."""

import argparse
import math
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.cli.output import Output, percent
from mnist37.cli.paths import expanded_one
from mnist37.data import Digits, load_digits
from mnist37.events import Batches, Epoch, Event, Status
from mnist37.runs import Recorder, RunInfo, RunStore, weights_to_bytes
from mnist37.settings import Settings
from mnist37.train import Control, train


def read_digits(options: argparse.Namespace, output: Output) -> Digits:
    """Load the digits of `--data`, `--digits` and `--prepare`, with a progress bar.

    Raises:
        DataError: they could not be read.
        SettingsError: `--digits` are not two digits.
        PathError: `--data` is a pattern that does not match exactly one path.
    """
    source = str(expanded_one(Path(options.data))) if options.data else None
    with output.progress("") as progress:
        bar = progress.add_task("Digits", total=100, visible=False)
        return load_digits(
            source,
            lambda what, share: progress.update(bar, description=what, completed=round(share * 100), visible=True),
            options.prepare,
            Classes.from_text(options.digits) if options.digits else THREE_OR_SEVEN,
        )


def train_and_keep(settings: Settings, digits: Digits, output: Output, store: RunStore) -> RunInfo:
    """Train one run here and keep it; Ctrl-C, SIGTERM or closing the terminal stops it after the current batch.

    Returns:
        The run at its end.

    Raises:
        Mnist37Error: it could not be kept; or it could not be trained, then it is kept as failed.
    """
    control = Control()
    with _stop_on_signals(control), output.progress("batches") as progress:
        recorder = Recorder(store, settings, digits)
        bar = progress.add_task(settings.rung, total=recorder.total_steps)

        def emit(event: Event) -> None:
            recorder.add(event)
            if isinstance(event, Batches):
                progress.update(bar, completed=recorder.history.step)
            elif isinstance(event, Epoch):
                output.say(epoch_line(event))

        try:
            outcome = train(settings, digits, emit, control)
        except Exception as error:
            recorder.set_status(Status.FAILED, str(error))
            raise
        recorder.finish(outcome.status, outcome.reason, weights_to_bytes(outcome.weights))
    return recorder.info


EPOCH_HEADER = f"{'epoch':>5}  {'train_loss':>10}  {'valid_loss':>10}  {'train_acc':>9}  {'accuracy':>9}  {'time':>8}"


def epoch_line(epoch: Epoch) -> str:
    """Return an epoch as one row below `EPOCH_HEADER`.

    Both losses and both accuracies are those at the epoch's end. fastai's `train_loss` is a mean over the batches so
    far, and lags behind: a falling loss would seem higher on the train digits than on the valid ones.
    """
    on_train = epoch.train_loss if epoch.train_loss_after is None else epoch.train_loss_after
    losses = "  ".join(f"{'–' if math.isnan(x) else f'{x:.4f}':>10}" for x in (on_train, epoch.valid_loss))
    shares = "  ".join(f"{percent(share):>9}" for share in (epoch.train_accuracy, epoch.accuracy))
    return f"{epoch.epoch:>5}  {losses}  {shares}  {epoch.seconds:>6.2f} s"


def run_values(info: RunInfo) -> dict[str, Any]:
    """Return a run as JSON values."""
    interval = info.score.interval if info.score else None
    return {
        "run": info.id,
        "name": info.name,
        "status": info.status.value,
        "reason": info.reason,
        "settings": info.settings.to_dict(),
        "data": info.source,
        "n_train": info.n_train,
        "n_valid": info.n_valid,
        "steps": info.step,
        "accuracy": info.accuracy,
        "train_accuracy": info.train_accuracy,
        "errors": info.errors,
        "accuracy_interval_95": interval,
        "seconds": info.seconds,
    }


ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl-C, a request to end, a closed terminal, Ctrl-Break; not every system has all of them."""


@contextmanager
def _stop_on_signals(control: Control) -> Iterator[None]:
    """Stop and keep the run at the first signal of `ENDINGS`; a second one ends the program."""
    before: dict[signal.Signals, Any] = {}

    def stop(number: int, frame: Any) -> None:  # noqa: ARG001
        control.stop()
        for each in before:
            signal.signal(each, signal.default_int_handler if each == signal.SIGINT else signal.SIG_DFL)

    for name in ENDINGS:
        number = getattr(signal, name, None)
        # A signal that `nohup` makes a program ignore stays ignored.
        if number is not None and (name == "SIGINT" or signal.getsignal(number) != signal.SIG_IGN):
            before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
