"""One engine with two workers for all tests that do not harm it; every wait is for a state, with a time-out."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed import Scheduler

from mnist37.controls import Stop
from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.rungs import settings_for
from mnist37.runs import RunStore
from mnist37.settings import Settings

PATIENCE = 180.0
SHORT = settings_for("linear-scratch", epochs=3, batch_size=16)
LONG = settings_for("linear-scratch", epochs=1000, batch_size=1, lr=1e-3)
"""Minutes, of which no test waits for the end."""


def until(condition: Callable[[], object], timeout: float = PATIENCE) -> None:
    """Return as soon as the condition holds; fail if it does not in time."""
    end, never = time.monotonic() + timeout, threading.Event()
    while not condition():
        assert time.monotonic() < end, "it did not come to pass in time"
        never.wait(0.01)


class Watched:
    """An engine, and what a test asks of it."""

    def __init__(self, engine: Engine, digits: Digits) -> None:
        self.engine, self.digits = engine, digits

    def submit(self, settings: Settings = LONG, visitor: str = "") -> str:
        return self.engine.submit(settings, self.digits, visitor)

    def status(self, run_id: str) -> Status:
        return self.engine.info(run_id).status

    def step(self, run_id: str) -> int:
        return self.engine.history(run_id).step

    def wait_for(self, run_id: str, *statuses: Status) -> None:
        until(lambda: self.status(run_id) in statuses)

    def wait_until_over(self, run_id: str) -> Status:
        until(lambda: self.status(run_id).is_over)
        return self.status(run_id)

    def wait_until_it_trains(self, run_id: str) -> None:
        until(lambda: self.step(run_id) > 0)

    def wait_until_it_stands_in_line(self, run_id: str) -> None:
        """A stop goes straight to its worker, and on a quick machine overtakes a run on its way to the scheduler."""
        client = self.engine._thread.client
        assert client is not None
        until(lambda: client.run_on_scheduler(_knows, run_id))

    def workers(self) -> list[str]:
        """The addresses of all workers."""
        client = self.engine._thread.client
        assert client is not None
        return list(client.scheduler_info(n_workers=-1)["workers"])

    def pid_of(self, run_id: str) -> int:
        """The process that trains the run."""
        worker = self.engine.worker_of(run_id)
        client = self.engine._thread.client
        assert worker is not None
        assert client is not None
        return client.run(os.getpid, workers=[worker])[worker]


def _knows(run_id: str, dask_scheduler: Scheduler) -> bool:
    return any(str(key).startswith(run_id) for key in dask_scheduler.tasks)


@pytest.fixture(scope="package")
def shared(embedded: Digits, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder: Path = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST37_WORKERS", "2")
        patch.delenv("MNIST37_SCHEDULER", raising=False)
        engine = Engine(RunStore(folder))
        assert engine.wait_until_ready(PATIENCE)
    yield Watched(engine, embedded)
    engine.close()


@pytest.fixture
def watched(shared: Watched) -> Iterator[Watched]:
    """The shared engine; whatever a test leaves running is stopped behind it."""
    yield shared
    runs = [run for run in shared.engine._runs.values() if not run.is_over]
    for run in runs:
        shared.engine.control(run.id, Stop())
    until(lambda: all(run.is_over for run in runs))
