"""The engine: trains runs outside this process, on Dask, and keeps what they tell.

Whoever shows runs calls it from any thread: nothing here waits for a training. One thread of its own does all the work:
calls, Dask's events and finished futures go into its inbox in the order in which they come.
"""

import atexit
import contextlib
import gc
import itertools
import logging
import os
import queue
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future as Answer
from functools import partial
from typing import Any, TypeVar

from dask.task_spec import Task
from distributed import Client, Future, KilledWorker

from mnist37 import controls
from mnist37.controls import RunControl, SetBatchSize, Stop
from mnist37.data import Digits
from mnist37.engine import cluster
from mnist37.engine.limits import DISK_GB, HALT_MINUTES, KEPT_RUNS, RUNS_PER_VISITOR
from mnist37.engine.live_run import LiveRun, paused_too_long
from mnist37.engine.lr_search import LrSearch
from mnist37.engine.worker import Place, apply_control, find_lr, run_training
from mnist37.errors import EngineError, Mnist37Error, NotYours, RunBroken, RunError, RunNotFound
from mnist37.events import Status, from_message
from mnist37.rungs import get_rung
from mnist37.rungs.devices import cores
from mnist37.runs import History, Recorder, RunInfo, RunStore
from mnist37.settings import Settings
from mnist37.train import Turns
from mnist37.visitor import HOST, Visitor

T = TypeVar("T")

_log = logging.getLogger(__name__)

MAX_RESUBMISSIONS = 3
"""Maximum resubmissions after losing a worker."""

REMEMBERED = 20
"""Runs that are over and stay in memory; older ones are read from disk when somebody asks."""

SEARCH_PRIORITY = 1
"""Looking for a learning rate takes a moment, so it goes before the runs that wait."""

ANSWER_SECONDS = 10.0
"""Whoever asks the engine's thread for something waits so long at most."""

LOOK_SECONDS = 0.2
"""Interval of `Engine._look_around`."""

VISIT_SECONDS = 600.0
"""A visitor who was here within this time may train soon."""

LINGER_SECONDS = 60.0
"""Workers that nobody needs any more end so much later."""

STOP_SECONDS = 1.5
"""At the program's end, runs have so long to stop and hand over what they learned."""

ENDED = "The program was ended while this run was under way."

LOST_WORKER = (
    "The process that trained this run ended: it was killed, or it ran out of memory. What it had learned until then "
    "is shown. Train again; a smaller batch size or fewer hidden units need less memory."
)


class Engine:
    """Trains runs on a Dask cluster.

    Args:
        store: where runs are kept.
        scheduler: address of a Dask scheduler; None for `MNIST37_SCHEDULER` or else a cluster of this machine.
        asking: tells on whose behalf the calling thread calls. Everybody may look; a run is changed by its owner or the
            host only, and whatever changes one raises `NotYours` for others.
    """

    def __init__(
        self,
        store: RunStore | None = None,
        scheduler: str | None = None,
        asking: Callable[[], Visitor] = lambda: HOST,
    ) -> None:
        self.store = store or RunStore()
        self._asking = asking
        self._scheduler = scheduler or os.environ.get(cluster.SCHEDULER_VARIABLE)
        self._runs: dict[str, LiveRun] = {}
        self._searches: dict[str, LrSearch] = {}
        self._numbers = itertools.count()
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._looked = self._needed = time.monotonic()
        """When the engine looked around, and when there was a run that needed a worker."""
        self._seen: dict[str, float] = {}
        """When each visitor was here last, by the monotonic clock."""
        self._turns_folder, self._most = "", 0
        """Where runs take turns, and the most workers; nowhere and 0 on a cluster elsewhere."""
        self._client: Client | None = None
        self._ready = threading.Event()
        self.problem: EngineError | None = None
        """Why no run can train; None while all is well."""
        self._thread = threading.Thread(target=self._work, name="mnist37-engine", daemon=True)
        self._thread.start()
        _engines.add(self)

    @property
    def is_ready(self) -> bool:
        """Whether the cluster is up, so that a run starts at once."""
        return self._ready.is_set() and self.problem is None

    def wait_until_ready(self, timeout: float) -> bool:
        """Wait for the cluster, at most `timeout` seconds.

        Raises:
            EngineError: it could not be started or reached.
        """
        self._ready.wait(timeout)
        if self.problem is not None:
            raise self.problem
        return self.is_ready

    def greet(self) -> None:
        """Count whoever asks as a visitor who may train soon; a worker is made ready for each."""
        self._seen[self._asking().id] = time.monotonic()

    def visitors(self, seconds: float) -> int:
        """Return how many visitors were here within so many seconds."""
        since = time.monotonic() - seconds
        return sum(seen > since for seen in list(self._seen.values()))

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
            EngineError: this visitor has as many runs as they may have, or more runs cannot be kept.
            RunError: it cannot be written.
        """
        self._refuse_what_is_too_much(visitor)
        recorder = Recorder(self.store, settings, digits, visitor)
        run = LiveRun(recorder, digits, next(self._numbers), opening)
        run.priority = -sum(other.visitor == visitor and not other.is_over for other in list(self._runs.values()))
        self._runs[run.id] = run
        self._inbox.put(partial(self._send, run))
        return run.id

    def _refuse_what_is_too_much(self, visitor: str) -> None:
        own = [run for run in list(self._runs.values()) if visitor and run.visitor == visitor and not run.is_over]
        most = int(RUNS_PER_VISITOR.value)
        if sum(run.asked is not Status.STOPPED for run in own) >= most:
            raise EngineError(
                f"{most} of your runs train, pause or wait already, which is as many as one visitor may have.",
                "Stop one, or wait until one is over. "
                f"Whoever started the server can allow more: {RUNS_PER_VISITOR.variable}.",
            )
        count, size = self.store.usage()
        for limit, has, unit in ((KEPT_RUNS, count, "runs"), (DISK_GB, size / 1e9, "GB of runs")):
            if has >= limit.value:
                raise EngineError(
                    f"{limit.value:g} {unit} are kept here, and no more are allowed.",
                    f"Delete some on Compare. Whoever started the server can allow more: {limit.variable}.",
                )

    def find_lr(self, settings: Settings, digits: Digits) -> LrSearch:
        """Look for a good learning rate for these settings, before the runs that wait."""
        search = LrSearch(f"lr-{next(self._numbers)}")
        self._inbox.put(partial(self._send_search, search, settings, digits))
        return search

    def control(self, run_id: str, control: RunControl) -> None:
        """Pass a control to a run; no-op for one that does not train in this engine.

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
        self._inbox.put(partial(self._apply, run_id, control))

    def asked(self, run_id: str) -> Status | None:
        """Where a run was asked to stand and does not yet; None where it stands as asked."""
        run = self._runs.get(run_id)
        return None if run is None or run.is_over or run.asked is run.recorder.info.status else run.asked

    def is_stepping(self, run_id: str) -> bool:
        """Whether a step that was asked for is still to come."""
        run = self._runs.get(run_id)
        return run is not None and run.is_stepping

    def wait_until_as_asked(self, run_id: str, timeout: float, *, beyond: int = -1) -> bool:
        """Wait until a run stands where it was asked to, having made more than `beyond` steps, or is over.

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
        """Call a run so, also while it trains here; the empty name takes its name away.

        Returns:
            The run as it is now.

        Raises:
            NotYours: it is another visitor's.
            RunError: there is no such run, another program trains it, or the name cannot be written.
            EngineError: the engine does not answer.
        """
        self._refuse_strangers(run_id)
        return self._ask(partial(self._rename_now, run_id, name))

    def delete(self, run_id: str) -> None:
        """Delete a run that is over, or is broken.

        Raises:
            NotYours: it is another visitor's; a broken one is the host's.
            RunError: there is no such run, it trains here, or it cannot be deleted.
            EngineError: the engine does not answer.
        """
        self._refuse_strangers(run_id)
        self._ask(partial(self._delete_now, run_id))

    def not_yours(self, run_id: str) -> NotYours | None:
        """Return why whoever asks may not change a run; None where they may, or where there is no such run."""
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
        """How a run stands, whether it trains or was kept.

        Raises:
            RunError: there is no such run, or it is broken.
        """
        run = self._runs.get(run_id)
        return run.recorder.info if run else self.store.info(run_id)

    def history(self, run_id: str) -> History:
        """A run's curves and snapshots; those of a run that trains go on growing.

        Raises:
            RunError: there is no such run, or it is broken.
        """
        run = self._runs.get(run_id)
        return run.recorder.history if run else self.store.history(run_id)

    def trains(self, run_id: str) -> bool:
        """Whether a run is under way in this engine, so that its knobs can be turned; others may train in a shell."""
        run = self._runs.get(run_id)
        return run is not None and not run.is_over

    def place(self, run_id: str) -> int | None:
        """Place in the queue, 1 = next; None for a run that does not wait."""
        waiting = [run for run in list(self._runs.values()) if run.is_waiting]
        waiting.sort(key=lambda run: (-run.priority, run.number))
        places = {run.id: place for place, run in enumerate(waiting, start=1)}
        return places.get(run_id)

    def seconds_left(self, run_id: str) -> float | None:
        """How long a run will still train if it goes on as so far; None where nothing is known."""
        run = self._runs.get(run_id)
        return run.recorder.seconds_left() if run and not run.is_over else None

    def worker_of(self, run_id: str) -> str | None:
        """Address of the Dask worker that a run trains on; None before it began."""
        run = self._runs.get(run_id)
        return run.worker if run else None

    def close(self) -> None:
        """End all that was started; runs that are not over are marked as failed."""
        if self._thread.is_alive():
            self._inbox.put(None)
            self._thread.join(timeout=20)
        _engines.discard(self)

    def _end(self) -> None:
        """Close with the program; a cluster that still comes up is not waited for: its workers end with us."""
        if self._ready.is_set():
            self.close()
        else:
            self._fail_what_is_left()

    def _fail_what_is_left(self) -> None:
        for run in list(self._runs.values()):
            if not run.is_over:
                run.recorder.set_status(Status.FAILED, ENDED)

    def _ask(self, job: Callable[[], T]) -> T:
        """Have the engine's thread do a job in its turn, and wait for what comes of it."""
        answer: Answer[T] = Answer()
        self._inbox.put(partial(_answer, answer, job))
        try:
            return answer.result(ANSWER_SECONDS)
        except TimeoutError:
            answer.cancel()  # what the visitor was told has not been done is not done later either
            raise EngineError("The training engine does not answer.", "Try again in a moment.") from None

    # From here on: in the engine's own thread.

    def _work(self) -> None:
        try:
            self._client = cluster.connect(self._scheduler)
            self._turns_folder = cluster.turns_folder(self._client)
            self._most = cluster.worker_count() if self._client.cluster is not None else 0
            self._client.subscribe_topic(self._topic, lambda event: self._inbox.put(partial(self._hear, event[1])))
        except EngineError as error:
            self.problem = error
        except Exception as error:  # noqa: BLE001 - whatever it is, runs that wait for ever would hide it
            self.problem = EngineError(f"The training engine could not start ({error!r}).", "Start the program again.")
        self._ready.set()
        while (job := self._next_job()) is not None:
            _do(job)
        self._stop_what_runs()
        self._fail_what_is_left()
        if self._client is not None:
            cluster.close(self._client)

    def _stop_what_runs(self) -> None:
        """Have runs hand over what they learned, as far as they do in time."""
        running = [run for run in self._runs.values() if run.worker and not run.is_over]
        for run in running:
            run.ended_because = ENDED
            self._apply(run.id, Stop())
        end = time.monotonic() + STOP_SECONDS
        with contextlib.suppress(queue.Empty):
            while not all(run.is_over for run in running):
                if (job := self._inbox.get(timeout=max(0.0, end - time.monotonic()))) is not None:
                    _do(job)

    def _next_job(self) -> Callable[[], object] | None:
        """The next of the inbox, however long it takes to come; or looking around, when it is time for that."""
        try:
            left = self._looked + LOOK_SECONDS - time.monotonic()
            return self._inbox.get(timeout=left) if left > 0 else self._look_around
        except queue.Empty:
            return self._look_around

    def _look_around(self) -> None:
        """Write new events to disk, fit the workers to the runs, and end paused runs while others wait for a worker."""
        self._looked = time.monotonic()
        live = [run for run in list(self._runs.values()) if not run.is_over]
        for run in live:
            run.recorder.keep_up()
        if live or self._searches:
            self._needed = self._looked
        if self._client is None:
            return
        may_shrink = not live and self._looked > self._needed + LINGER_SECONDS
        self._forget_old_visitors()
        runs = len(live) + len(self._searches)
        cluster.fit(self._client, runs, len(self._seen), self._most, may_shrink=may_shrink)
        minutes = HALT_MINUTES.value
        for run in paused_too_long(live, 60 * minutes, self._most - len(self._searches)):
            run.ended_because = f"It was paused for {minutes:g} min while others waited; what it learned is kept."
            self._apply(run.id, Stop())

    def _forget_old_visitors(self) -> None:
        since = time.monotonic() - VISIT_SECONDS
        for visitor, seen in list(self._seen.items()):
            if seen <= since:
                self._seen.pop(visitor)

    @property
    def _topic(self) -> str:
        return f"mnist37-{id(self)}-{os.getpid()}"

    def _place(self, visitor: str) -> Place:
        return Place(self._topic, Turns(self._turns_folder, cores(), visitor))

    def _send(self, run: LiveRun) -> None:
        if run.is_over:
            return
        if self._client is None:
            run.recorder.set_status(Status.FAILED, str(self.problem))
            return
        settings = run.recorder.info.settings.to_dict()
        opening = [controls.to_message(control) for control in run.opening]
        what = (run_training, run.id, settings, run.digits.pack(), self._place(run.visitor), opening)
        run.future = self._ask_dask(self._client, f"{run.id}-{run.resubmissions}", *what, priority=run.priority)
        run.future.add_done_callback(lambda future: self._inbox.put(partial(self._done, run, future)))

    def _send_search(self, search: LrSearch, settings: Settings, digits: Digits) -> None:
        if self._client is None:
            search.fail(str(self.problem))
            return
        what = (find_lr, search.key, settings.to_dict(), digits.pack(), self._place(search.key))
        self._searches[search.key] = search
        search.future = self._ask_dask(self._client, search.key, *what, priority=SEARCH_PRIORITY)
        search.future.add_done_callback(lambda future: self._inbox.put(partial(self._take_search, search, future)))

    def _take_search(self, search: LrSearch, future: Future[Any]) -> None:
        del self._searches[search.key]
        search.take(future)

    @staticmethod
    def _ask_dask(client: Client, key: str, function: Callable[..., Any], *what: Any, priority: int) -> Future[Any]:
        # Dask lets a lone task wait at a busy worker and stay there while another one is free. What is marked as making
        # data, which `Client.submit` cannot do, waits at the scheduler instead.
        task = Task(key, function, *what, _data_producer=True)
        future: Future[Any] = client.get({key: task}, key, sync=False, priority=priority, fifo_timeout="0s")
        return future

    def _rename_now(self, run_id: str, name: str) -> RunInfo:
        run = self._runs.get(run_id)
        if run is None:
            return self.store.rename(run_id, name)
        run.recorder.rename(name)
        return run.recorder.info

    def _delete_now(self, run_id: str) -> None:
        if self.trains(run_id):
            raise RunError(f"The run {run_id} is still learning.", "Stop it in the Lab, then delete it.")
        self._runs.pop(run_id, None)
        self.store.delete(run_id)

    def _apply(self, run_id: str, control: RunControl) -> None:
        run = self._runs.get(run_id)
        if run is None or run.is_over:
            return
        if run.worker is not None:
            self._send_control(run.worker, run, control)
        elif isinstance(control, Stop):
            run.stop_asked = True
            run.recorder.set_status(Status.STOPPED, "Stopped before it began.")
            if run.future is not None:
                run.future.cancel()
        else:
            run.keep_until_it_starts(control)

    def _send_control(self, worker: str, run: LiveRun, control: RunControl) -> None:
        if self._client is not None:
            message = controls.to_message(control)
            self._client.run(apply_control, run.id, message, workers=[worker], wait=False)

    def _hear(self, message: Mapping[str, Any]) -> None:
        values = dict(message)
        if "search" in values:
            search = self._searches.get(values["search"])
            if search is not None:
                search.tried = (*search.tried, (values["lr"], values["valid_loss"]))
            return
        run = self._runs.get(values.pop("run"))
        worker = values.pop("worker")
        if run is None:
            return
        first = run.worker is None
        run.worker = worker
        if run.stop_asked:
            self._send_control(worker, run, Stop())
        if run.is_over:
            return
        run.recorder.add(from_message(values))
        run.last_event_at = time.monotonic()
        if first:
            for control in run.early_controls:
                self._apply(run.id, control)

    def _done(self, run: LiveRun, future: Future[Any]) -> None:
        if run.is_over:
            return
        error = future.exception() if future.status == "error" else None
        if isinstance(error, KilledWorker) and run.worker is None and run.resubmissions < MAX_RESUBMISSIONS:
            run.resubmissions += 1
            self._send(run)
        elif isinstance(error, KilledWorker):
            run.recorder.set_status(Status.FAILED, LOST_WORKER)
        elif error is not None:
            reason = str(error) if isinstance(error, Mnist37Error) else f"Training failed: {error!r}."
            run.recorder.set_status(Status.FAILED, reason)
        elif future.cancelled():
            run.recorder.set_status(Status.FAILED, "The connection to the training engine was lost.")
        else:
            result = future.result()
            reason = f"{result['reason']} {run.ended_because}".strip()
            run.recorder.finish(Status(result["status"]), reason, result["weights"])
        run.future = None
        self._forget_old()

    def _forget_old(self) -> None:
        """Runs that are over are on disk; only the latest stay in memory too."""
        over = [run_id for run_id, run in list(self._runs.items()) if run.is_over]
        for run_id in over[:-REMEMBERED]:
            del self._runs[run_id]


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _end_all() -> None:
    """End with the program."""
    if not _engines:
        return
    logging.disable()  # what the parts of a cluster say of each other's end
    for engine in list(_engines):
        engine._end()
    cluster.end()
    gc.freeze()  # Python would look through all of torch's objects once more, for a second of CPU time


# As early as the executors of threads, which end before `atexit` begins: Dask hands over what a run learned by one.
getattr(threading, "_register_atexit", atexit.register)(_end_all)


def _do(job: Callable[[], object]) -> None:
    try:
        job()
    except Exception:  # noqa: BLE001 - one run's mishap must not end the thread that serves all
        _log.exception("The engine could not do a job.")


def _answer(answer: Answer[T], job: Callable[[], T]) -> None:
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(job())
    except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits for it
        answer.set_exception(error)
