"""The engine: what the pages call to train runs, to control them, and to read what they made.

Any thread may call it, and no call waits for a training. What it asks for is done by a thread of its own
(`EngineThread`): submitted runs, controls, Dask's events and finished tasks go into its inbox and are handled in order.
"""

import atexit
import gc
import itertools
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from mnist37.controls import RunControl, SetBatchSize
from mnist37.data import Digits
from mnist37.engine import cluster, log
from mnist37.engine.engine_thread import EngineThread
from mnist37.engine.inbox import Inbox
from mnist37.engine.limits import full_store, may_make_room, refuse_more_runs
from mnist37.engine.live_run import LiveRun
from mnist37.engine.lr_search import LrSearch
from mnist37.engine.visits import Visits
from mnist37.errors import EngineError, NotYours, RunBroken, RunError, RunNotFound
from mnist37.events import Status
from mnist37.rungs import get_rung
from mnist37.runs import History, Recorder, RunInfo, RunStore
from mnist37.settings import Settings
from mnist37.visitor import HOST, Visitor

_log = logging.getLogger(__name__)

CLOSE_TIMEOUT_S = 20.0
"""Maximum wait for the engine's thread to end."""


class Engine:
    """Trains runs on a Dask cluster.

    Args:
        store: where runs are kept.
        scheduler: address of a Dask scheduler; None for `MNIST37_SCHEDULER` or else a cluster of this machine.
        asking: returns the visitor on whose behalf the calling thread calls. Everybody may look at every run; methods
            that change one raise `NotYours` unless it is the visitor's own, or the visitor is the host.

    Raises:
        EngineError: `MNIST37_LOG` holds a word that is not known.
    """

    def __init__(
        self,
        store: RunStore | None = None,
        scheduler: str | None = None,
        asking: Callable[[], Visitor] = lambda: HOST,
    ) -> None:
        log.set_up()
        self.store = store or RunStore()
        self._asking = asking
        self._runs: dict[str, LiveRun] = {}
        self._numbers = itertools.count()
        self._visits = Visits()
        self._inbox = Inbox()
        scheduler = scheduler or os.environ.get(cluster.SCHEDULER_VARIABLE)
        self._thread = EngineThread(self._inbox, self._runs, self._visits, scheduler)
        _engines.add(self)

    @property
    def problem(self) -> EngineError | None:
        """Why no run can train; None without a problem."""
        return self._thread.problem

    @property
    def is_ready(self) -> bool:
        """Whether the cluster is up, so that a run starts at once."""
        return self._thread.connected.is_set() and self.problem is None

    def wait_until_ready(self, timeout: float) -> bool:
        """Wait for the cluster, at most `timeout` seconds.

        Returns:
            Whether it is up.

        Raises:
            EngineError: it could not be started or reached.
        """
        self._thread.connected.wait(timeout)
        if self.problem is not None:
            raise self.problem
        return self.is_ready

    def greet(self) -> None:
        """Note a visit of the calling visitor; a worker is made ready for each recent visitor."""
        self._visits.note(self._asking().id)

    def visitors(self, seconds: float) -> int:
        """Return how many visitors were here within so many seconds."""
        return self._visits.count(seconds)

    def submit(self, settings: Settings, digits: Digits, visitor: str = "", opening: Sequence[RunControl] = ()) -> str:
        """Submit a run; it trains as soon as a worker is free, runs of visitors with fewer runs first.

        Args:
            settings: what to train, and how.
            digits: what to learn from.
            visitor: whose run it is, an id; empty for the host's.
            opening: controls that apply before the first batch.

        Returns:
            The run's id; it can be shown at once.

        Raises:
            EngineError: this visitor has as many runs as they may have, or no more can be kept, see `make_room`.
            RunError: it cannot be written.
        """
        own = [run for run in list(self._runs.values()) if run.visitor == visitor and not run.is_over]
        if visitor:
            refuse_more_runs(sum(run.asked is not Status.STOPPED for run in own))
        self.make_room()
        recorder = Recorder(self.store, settings, digits, visitor)
        run = LiveRun(recorder, digits, next(self._numbers), opening, priority=-len(own))
        self._runs[run.id] = run
        self._inbox.put(partial(self._thread.train, run))
        return run.id

    def make_room(self) -> None:
        """Make sure that one more run can be kept: a full store loses the oldest unnamed runs of visitors.

        Raises:
            EngineError: it is full of runs that are the host's, have a name, train or are broken.
        """
        if full_store(self.store.sizes().values()) is not None:
            self._inbox.ask(self._make_room)

    def find_lr(self, settings: Settings, digits: Digits) -> LrSearch:
        """Search for a good learning rate for these settings; it starts before the runs that wait."""
        search = LrSearch(f"lr-{next(self._numbers)}")
        self._inbox.put(partial(self._thread.find_lr, search, settings, digits))
        return search

    def control(self, run_id: str, control: RunControl) -> None:
        """Send a control to a run; no-op if it does not train in this engine.

        Raises:
            NotYours: it is another visitor's.
            SettingsError: its model cannot learn from batches of that size.
        """
        run = self._runs.get(run_id)
        if run is None:
            return
        if isinstance(control, SetBatchSize):
            get_rung(run.recorder.info.settings.rung).check_batch_size(control.batch_size, run.digits.n_train)
        self._refuse_strangers(run_id)
        run.note(control)
        self._inbox.put(partial(self._thread.control, run_id, control))

    def asked(self, run_id: str) -> Status | None:
        """Return the status that a run was asked to take and does not have yet; None without one."""
        run = self._runs.get(run_id)
        return None if run is None or run.is_over or run.asked is run.recorder.info.status else run.asked

    def is_stepping(self, run_id: str) -> bool:
        """Return whether a step was asked for and is not made yet."""
        run = self._runs.get(run_id)
        return run is not None and run.is_stepping

    def wait_until_as_asked(self, run_id: str, timeout: float, *, beyond: int = -1) -> bool:
        """Wait until a run has the status that was asked for and has made more than `beyond` steps, or is over.

        Returns:
            Whether it did within `timeout` seconds.
        """
        run, end, never = self._runs.get(run_id), time.monotonic() + timeout, threading.Event()
        while run is not None and not run.is_over and (self.asked(run_id) or run.recorder.history.step <= beyond):
            if time.monotonic() > end:
                return False
            never.wait(0.005)
        return True

    def rename(self, run_id: str, name: str) -> RunInfo:
        """Name a run, also while it trains here; an empty name removes its name.

        Returns:
            The run with its new name.

        Raises:
            NotYours: it is another visitor's.
            RunError: there is no such run, another program trains it, or the name cannot be written.
            EngineError: the engine does not answer.
        """
        self._refuse_strangers(run_id)
        return self._inbox.ask(partial(self._rename, run_id, name))

    def delete(self, run_id: str) -> None:
        """Delete a run that is over, or is broken.

        Raises:
            NotYours: it is another visitor's; a broken one is the host's.
            RunError: there is no such run, it trains here, or it cannot be deleted.
            EngineError: the engine does not answer.
        """
        self._refuse_strangers(run_id)
        self._inbox.ask(partial(self._delete, run_id))

    def not_yours(self, run_id: str) -> NotYours | None:
        """Return why the calling visitor may not change a run; None if they may, or if there is no such run."""
        try:
            owner = self.info(run_id).visitor
        except RunNotFound:
            return None
        except RunBroken:
            owner = ""
        if self._asking().may_change(owner):
            return None
        whose = "another visitor's" if owner else "the host's"
        return NotYours(f"This run is {whose}.", "Look, compare, or press Train or Again for a run of your own.")

    def _refuse_strangers(self, run_id: str) -> None:
        if (error := self.not_yours(run_id)) is not None:
            raise error

    def info(self, run_id: str) -> RunInfo:
        """Return the record of a run, whether it trains or is over.

        Raises:
            RunError: there is no such run, or it is broken.
        """
        run = self._runs.get(run_id)
        return run.recorder.info if run else self.store.info(run_id)

    def history(self, run_id: str) -> History:
        """Return a run's curves and snapshots; those of a run that trains keep growing.

        Raises:
            RunError: there is no such run, or it is broken.
        """
        run = self._runs.get(run_id)
        return run.recorder.history if run else self.store.history(run_id)

    def trains(self, run_id: str) -> bool:
        """Return whether a run trains or waits in this engine, and so takes controls; others may train in a shell."""
        run = self._runs.get(run_id)
        return run is not None and not run.is_over

    def place(self, run_id: str) -> int | None:
        """Return the place in the queue, 1 = next; None for a run that does not wait."""
        waiting = [run for run in list(self._runs.values()) if run.is_waiting]
        waiting.sort(key=lambda run: (-run.priority, run.number))
        places = {run.id: place for place, run in enumerate(waiting, start=1)}
        return places.get(run_id)

    def seconds_left(self, run_id: str) -> float | None:
        """Return the estimated time left of a run, in seconds; None if not known."""
        run = self._runs.get(run_id)
        return run.recorder.seconds_left() if run and not run.is_over else None

    def worker_of(self, run_id: str) -> str | None:
        """Return the address of the Dask worker that trains a run; None before it began."""
        run = self._runs.get(run_id)
        return run.worker if run else None

    def close(self) -> None:
        """Stop all runs and close the cluster; runs that do not stop in time are marked as failed."""
        self._thread.end(CLOSE_TIMEOUT_S)
        _engines.discard(self)

    def _end(self) -> None:
        """Close at the program's end; do not wait for a cluster that is still starting: its workers end with us."""
        if self._thread.connected.is_set():
            self.close()
        else:
            self._thread.fail_unfinished()

    # From here on: in the engine's own thread, as jobs of the inbox.

    def _rename(self, run_id: str, name: str) -> RunInfo:
        run = self._runs.get(run_id)
        if run is None:
            return self.store.rename(run_id, name)
        run.recorder.rename(name)
        return run.recorder.info

    def _make_room(self) -> None:
        sizes = self.store.sizes()
        for run in filter(may_make_room, reversed(self.store.runs())):
            if full_store(sizes.values()) is None:
                return
            with suppress(RunError):  # the next one may be easier to delete
                self._delete(run.id)
                del sizes[run.id]
                _log.info("deleted to make room for a new run", extra={"run": run.id})
        if (error := full_store(sizes.values())) is not None:
            raise error

    def _delete(self, run_id: str) -> None:
        if self.trains(run_id):
            raise RunError(f"The run {run_id} is still learning.", "Stop it in the Lab, then delete it.")
        self._runs.pop(run_id, None)
        self.store.delete(run_id)


_engines: set[Engine] = set()
"""Those that are not closed."""


def _end_all() -> None:
    """Close all engines at the program's end."""
    if not _engines:
        return
    if log.log_level() is None:
        logging.disable()  # the parts of a cluster log each other's end
    for engine in list(_engines):
        engine._end()
    cluster.end()
    gc.freeze()  # Python would look through all of torch's objects once more, for a second of CPU time


# Registered with the executors of threads, which end before `atexit` begins: Dask hands over results by one of them.
getattr(threading, "_register_atexit", atexit.register)(_end_all)
