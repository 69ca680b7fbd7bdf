"""Measure growth: more digits, more stored runs, longer histories. The cost may grow in proportion at most."""

import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.measure import interleaved, spread
from benchmarks.table import Table
from benchmarks.training import chapter_settings, epoch_seconds
from mnist37.data import Digits
from mnist37.errors import RunError
from mnist37.events import Batches, Epoch, Status
from mnist37.rungs import settings_for
from mnist37.runs import History, Recorder, RunStore
from mnist37.runs.store import SETTLED_SECONDS
from mnist37.ui.live.wire import to_json
from mnist37.ui.runs.curves import Curve, accuracy_figure, loss_figure, thinned

TIMES = (1, 5, 20)
RUNS = (10, 100, 1_000)
HISTORIES = (1_000, 10_000, 100_000)


def more_digits(digits: Digits) -> Table:
    """Measure epoch time and memory of two rungs with the digits tiled."""
    rows = []
    for rung in ("linear-scratch", "simple-net"):
        settings, first = chapter_settings(rung), 0.0
        for times in TIMES:
            tiled = tile(digits, times)
            taken = interleaved({"epoch": partial(epoch_seconds, settings, tiled)}, 3)["epoch"]
            first = first or taken.median
            grown = peak_growth(rung, times)
            against = f"{taken.median / first:.1f}×"
            rows.append((f"`{rung}`", f"{times}× ({tiled.n_train:,})", spread(taken), against, f"{grown:,.0f} MB"))
    return Table(
        "More digits",
        ("rung", "train digits", "an epoch", "against 1×", "memory it takes"),
        rows,
        "The chapter's settings, the digits tiled. Memory: what a process of its own grows by at most while it trains, "
        "from packed digits to weights; as float32 rows, the train digits take "
        f"{digits.n_train * 784 * 4 / 2**20:.0f} MB at 1×.",
    )


def tile(digits: Digits, times: int) -> Digits:
    """Repeat the train digits; the valid digits stay the same."""
    return replace(
        digits,
        train_images=np.tile(digits.train_images, (times, 1, 1)),
        train_labels=np.tile(digits.train_labels, times),
    )


def peak_growth(rung: str, times: int) -> float:
    """Return the peak growth of a new process in MB, from the loaded digits to the end of its training."""
    command = [sys.executable, "-m", "benchmarks.peak", rung, str(times)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - the command is ours


def more_runs(digits: Digits) -> Table:
    """Measure the listing of the kept runs, which each page with runs does."""
    rows = []
    for count in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            store = RunStore(Path(folder))
            info = store.create(settings_for("linear-scratch"), digits).replace(status=Status.FINISHED)
            kept = 1
            while kept < count:
                with suppress(RunError):  # two runs of the same second may get the same id
                    store.put(info, History())
                    kept += 1
            time.sleep(SETTLED_SECONDS)  # a file that was written more recently is always read again
            things = {
                "first": partial(list_runs, Path(folder)),
                "again": partial(list_runs, store),
                "newest": partial(list_runs, store, 200),
            }
            rows.append((f"{count:,}", *map(spread, interleaved(things, 5).values())))
    return Table(
        "More stored runs",
        ("runs kept", "listed for the first time", "listed again", "the newest 200 of them"),
        rows,
        "A page lists the runs when it is drawn whole; a tick of a run that learns reads that run alone, whatever "
        "else is kept. The Lab, Draw, Inside and Weights offer the newest ones only.",
    )


def list_runs(store: RunStore | Path, most: int | None = None) -> None:
    """List the runs of a store; a folder is listed by a new store."""
    (RunStore(store) if isinstance(store, Path) else store).runs(most)


def longer_histories(digits: Digits) -> Table:
    """Measure what a tick computes for a long run: its figures, and the bytes to the browser."""
    info = Recorder(RunStore(Path(tempfile.mkdtemp())), settings_for("linear-scratch"), digits).info
    rows = []
    for steps in HISTORIES:
        history = long_history(steps)
        curve = Curve(info, history)
        taken = interleaved({"figure": partial(drawn, curve)}, 7)["figure"]
        sent = len(sent_by(curve))
        rows.append((f"{steps:,}", spread(taken), f"{sent / 1024:.0f} kB"))
    return Table(
        "Longer histories",
        ("mini-batches", "both figures made", "sent to the browser at most"),
        rows,
        "Loss and accuracy of one run, an epoch every 100 mini-batches. Curves are thinned to some 400 points, so what "
        "is sent stays bounded.",
    )


def drawn(curve: Curve) -> None:
    """Draw both figures of a tick after a new step."""
    thinned.cache_clear()
    sent_by(curve)


def sent_by(curve: Curve) -> bytes:
    """Return both figures as they are sent to the browser."""
    return to_json({"figures": [loss_figure(curve), accuracy_figure(curve)]})


def long_history(steps: int) -> History:
    """Return a history of `steps` mini-batches, with an epoch every 100 of them."""
    history, losses = History(), np.random.default_rng(0).random(steps, np.float32)
    for first in range(0, steps, 100):
        history.add(Batches(first + 1, tuple(losses[first : first + 100].tolist()), 0.1, 64))
        number = first // 100 + 1
        history.add(Epoch(number, number * 100, 0.1, 0.1, 0.98, 0.1))
    return history
