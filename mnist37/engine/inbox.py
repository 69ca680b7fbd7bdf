"""The jobs of the engine's own thread, which does them one after the other."""

import logging
import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from mnist37.errors import EngineError

T = TypeVar("T")
Job = Callable[[], object]

_log = logging.getLogger(__name__)

ANSWER_TIMEOUT_S = 10.0
"""Maximum wait for the result of a job."""


class Inbox:
    """Jobs in the order in which they come. Any thread adds some; one thread does them."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()

    def put(self, job: Job) -> None:
        """Add a job. What it raises is logged."""
        self._jobs.put(job)

    def ask(self, job: Callable[[], T]) -> T:
        """Add a job and return its result; what it raises is raised here.

        Raises:
            EngineError: it was not done in time; then it is not done later either.
        """
        result: Future[T] = Future()
        self.put(partial(_set_result, result, job))
        try:
            return result.result(ANSWER_TIMEOUT_S)
        except TimeoutError:
            result.cancel()
            raise EngineError("The training engine does not answer.", "Try again in a moment.") from None

    def close(self) -> None:
        """Let `work` return once the jobs so far are done."""
        self._jobs.put(None)

    def work(self, regular_job: Job, interval_s: float) -> None:
        """Do jobs as they come, and the regular one at each interval, until the inbox is closed."""
        next_regular = time.monotonic()
        while True:
            left_s = next_regular - time.monotonic()
            try:
                job = self._jobs.get(timeout=left_s) if left_s > 0 else regular_job
            except queue.Empty:
                job = regular_job
            if job is None:
                return
            if job is regular_job:
                next_regular = time.monotonic() + interval_s
            _do(job)

    def work_until(self, condition: Callable[[], bool], timeout_s: float) -> None:
        """Do jobs as they come until the condition holds, or until none comes in time."""
        end = time.monotonic() + timeout_s
        while not condition():
            try:
                job = self._jobs.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                return
            if job is not None:
                _do(job)


def _do(job: Job) -> None:
    try:
        job()
    except Exception:  # noqa: BLE001 - one run's failure must not end the thread that serves all
        _log.exception("The engine could not do a job.")


def _set_result(result: Future[T], job: Callable[[], T]) -> None:
    if not result.set_running_or_notify_cancel():
        return
    try:
        result.set_result(job())
    except Exception as error:  # noqa: BLE001 - it is raised again in the thread that waits
        result.set_exception(error)
