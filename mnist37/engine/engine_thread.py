"""The engine's own thread: it trains the submitted runs on Dask and records their events."""

import errno
import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import CancelledError
from functools import partial
from typing import Any

from distributed import Client, Future, KilledWorker

from mnist37.controls import RunControl, Stop
from mnist37.data import Digits
from mnist37.engine import cluster
from mnist37.engine.dask_tasks import DaskTasks
from mnist37.engine.inbox import Inbox
from mnist37.engine.limits import HALT_MINUTES
from mnist37.engine.live_run import LiveRun, paused_too_long
from mnist37.engine.lr_search import LrSearch
from mnist37.engine.visits import Visits
from mnist37.errors import EngineError, Mnist37Error
from mnist37.events import Status, from_message
from mnist37.runs.recorder import MAKE_ROOM
from mnist37.settings import Settings

_log = logging.getLogger(__name__)

MAX_RESUBMISSIONS = 3
"""Maximum resubmissions after losing a worker."""

MAX_FINISHED_IN_MEMORY = 20
"""Maximum runs in memory that are over; older ones are read from disk."""

UPDATE_INTERVAL_S = 0.2
"""Interval of `EngineThread._update`."""

RECENT_VISIT_S = 600.0
"""A visitor who was here within this time may start a run soon."""

IDLE_WORKERS_S = 60.0
"""Time without any run after which surplus workers end."""

STOP_TIMEOUT_S = 1.5
"""At the program's end: maximum wait for runs to stop and return their weights."""

RESULT_TIMEOUT_S = 20.0
"""Maximum wait for the result of a task that has ended."""

ENDED = "The program was ended while this run was under way."

LOST_WORKER = (
    "The process that trained this run ended: it was killed, or it ran out of memory. What it had learned until then "
    "is shown. Train again; a smaller batch size or fewer hidden units need less memory."
)


class EngineThread:
    """Owns the runs while they train: after `submit` only this thread changes them, so there are no locks.

    Methods without an underscore, other than `end` and `fail_unfinished`, are jobs for the inbox.

    Args:
        inbox: the jobs of this thread.
        runs: the runs in memory, by id.
        visits: who was here lately.
        scheduler: address of a Dask scheduler; None for a cluster of this machine.
    """

    def __init__(self, inbox: Inbox, runs: dict[str, LiveRun], visits: Visits, scheduler: str | None) -> None:
        self._inbox, self._runs, self._visits, self._scheduler = inbox, runs, visits, scheduler
        self._searches: dict[str, LrSearch] = {}
        self._last_needed = time.monotonic()
        """When there was a run or a search last, by the monotonic clock."""
        self._tasks: DaskTasks | None = None
        self._max_workers = 0
        """0 on a cluster elsewhere."""
        self.client: Client | None = None
        self.problem: EngineError | None = None
        """Why no run can train; None without a problem."""
        self.connected = threading.Event()
        """Set once the cluster is up, or there is a problem."""
        self._thread = threading.Thread(target=self._work, name="mnist37-engine", daemon=True)
        self._thread.start()

    def end(self, timeout_s: float) -> None:
        """Stop all runs, close the cluster, and wait for that."""
        if self._thread.is_alive():
            self._inbox.close()
            self._thread.join(timeout_s)

    def fail_unfinished(self) -> None:
        """Mark the runs that are not over as failed."""
        for run in list(self._runs.values()):
            if not run.is_over:
                run.recorder.set_status(Status.FAILED, ENDED)

    def train(self, run: LiveRun) -> None:
        """Send a run to Dask, unless it was stopped meanwhile."""
        if run.is_over:
            return
        if self._tasks is None:
            run.recorder.set_status(Status.FAILED, str(self.problem))
            return
        run.future = self._tasks.train(run)
        run.future.add_done_callback(lambda future: self._inbox.put(partial(self._finish, run, future)))
        sent = "sent to Dask with priority %d" if not run.resubmissions else "resubmitted with priority %d"
        _log.info(sent, run.priority, extra={"run": run.id})

    def find_lr(self, search: LrSearch, settings: Settings, digits: Digits) -> None:
        """Send a search to Dask."""
        if self._tasks is None:
            search.fail(str(self.problem))
            return
        self._searches[search.key] = search
        search.future = self._tasks.find_lr(search.key, settings, digits)
        search.future.add_done_callback(lambda future: self._inbox.put(partial(self._finish_search, search, future)))

    def control(self, run_id: str, control: RunControl) -> None:
        """Send a control to a run, or keep it until a worker has the run; no-op for a run that is over."""
        run = self._runs.get(run_id)
        if run is None or run.is_over:
            return
        _log.debug("asked for: %.50r", control, extra={"run": run.id})
        if run.worker is not None:
            self._send_control(run.worker, run, control)
        elif isinstance(control, Stop):
            run.stop_asked = True
            run.recorder.set_status(Status.STOPPED, "Stopped before it began.")
            if run.future is not None:
                run.future.cancel()
        else:
            run.keep_until_it_starts(control)

    def _work(self) -> None:
        try:
            self._connect()
        except EngineError as error:
            self.problem = error
        except Exception as error:  # noqa: BLE001 - runs would wait for ever, and nobody would know why
            self.problem = EngineError(f"The training engine could not start ({error!r}).", "Start the program again.")
        self.connected.set()
        self._inbox.work(self._update, UPDATE_INTERVAL_S)
        self._stop_all()
        self.fail_unfinished()
        if self.client is not None:
            cluster.close(self.client)

    def _connect(self) -> None:
        self.client = cluster.connect(self._scheduler)
        self._max_workers = cluster.worker_count() if self.client.cluster is not None else 0
        self._tasks = DaskTasks(self.client, lambda message: self._inbox.put(partial(self._receive, message)))

    def _stop_all(self) -> None:
        """Stop the runs that train, and wait until their weights are kept, within the time for that."""
        running = [run for run in self._runs.values() if run.worker and not run.is_over]
        for run in running:
            run.ended_because = ENDED
            self.control(run.id, Stop())
        self._inbox.work_until(lambda: all(run.is_over for run in running), STOP_TIMEOUT_S)

    def _update(self) -> None:
        """Write new events to disk, adapt the number of workers, and stop runs that are paused while others wait."""
        live = [run for run in list(self._runs.values()) if not run.is_over]
        for run in live:
            run.recorder.keep_up()
        self._visits.forget(RECENT_VISIT_S)
        if self.client is not None:
            self._adapt_workers(self.client, len(live) + len(self._searches), may_shrink=not live)
            self._stop_paused(live)

    def _adapt_workers(self, client: Client, runs: int, *, may_shrink: bool) -> None:
        now = time.monotonic()
        if runs:
            self._last_needed = now
        may_shrink = may_shrink and now > self._last_needed + IDLE_WORKERS_S
        cluster.fit(client, runs, self._visits.count(RECENT_VISIT_S), self._max_workers, may_shrink=may_shrink)

    def _stop_paused(self, live: list[LiveRun]) -> None:
        """Stop runs that are paused for too long while others are queued."""
        minutes = HALT_MINUTES.value
        for run in paused_too_long(live, 60 * minutes, self._max_workers - len(self._searches)):
            run.ended_because = f"It was paused for {minutes:g} min while others waited; what it learned is kept."
            self.control(run.id, Stop())

    def _receive(self, message: Mapping[str, Any]) -> None:
        """Take a message of a worker: a trial of a search, or an event of a run."""
        if "search" in message:
            self._receive_trial(message)
            return
        values = dict(message)
        run, worker = self._runs.get(values.pop("run")), values.pop("worker")
        if run is None:
            return
        is_first = run.worker is None
        run.worker = worker
        if run.stop_asked:
            self._send_control(worker, run, Stop())
        if run.is_over:
            return
        event = from_message(values)
        _log.debug("received: %.50r", event, extra={"run": run.id})
        run.recorder.add(event)
        run.last_event_at = time.monotonic()
        if is_first:
            for control in run.early_controls:
                self.control(run.id, control)

    def _receive_trial(self, message: Mapping[str, Any]) -> None:
        search = self._searches.get(message["search"])
        if search is not None:
            search.tried = (*search.tried, (message["lr"], message["valid_loss"]))

    def _send_control(self, worker: str, run: LiveRun, control: RunControl) -> None:
        if self._tasks is not None:
            self._tasks.control(run.id, worker, control)

    def _finish(self, run: LiveRun, future: Future[Any]) -> None:
        """Record how a run's task ended, or send it again if it lost its worker before it began."""
        if run.is_over:
            return
        run.future = None
        error = future.exception() if future.status == "error" else None
        if isinstance(error, KilledWorker) and run.worker is None and run.resubmissions < MAX_RESUBMISSIONS:
            run.resubmissions += 1
            self.train(run)
        elif isinstance(error, KilledWorker):
            run.recorder.set_status(Status.FAILED, LOST_WORKER)
        elif error is not None:
            run.recorder.set_status(Status.FAILED, _failure_words(error))
        elif future.cancelled():
            run.recorder.set_status(Status.FAILED, "The connection to the training engine was lost.")
        else:
            self._take_result(run, future)
        self._forget_finished()

    def _take_result(self, run: LiveRun, future: Future[Any]) -> None:
        """Record the result of a run's task; a result that was lost with its worker makes a failed run.

        Dask would train such a run once more, and this thread would wait for that.
        """
        try:
            if future.status != "finished":
                raise TimeoutError
            result = future.result(RESULT_TIMEOUT_S)
        except (TimeoutError, CancelledError):
            run.stop_asked = True
            future.cancel()
            run.recorder.set_status(Status.FAILED, LOST_WORKER)
            return
        reason = f"{result['reason']} {run.ended_because}".strip()
        run.recorder.finish(Status(result["status"]), reason, result["weights"])

    def _finish_search(self, search: LrSearch, future: Future[Any]) -> None:
        del self._searches[search.key]
        search.take(future)

    def _forget_finished(self) -> None:
        """Keep only the latest of the runs that are over in memory; all of them are on disk."""
        over = [run_id for run_id, run in list(self._runs.items()) if run.is_over]
        for run_id in over[:-MAX_FINISHED_IN_MEMORY]:
            del self._runs[run_id]


def _failure_words(error: BaseException) -> str:
    """Return why a run failed in its worker."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"The disk of the machine that trains is full. {MAKE_ROOM}"
    return str(error) if isinstance(error, Mnist37Error) else f"Training failed: {error!r}."
