"""Processes that are killed in mid-run, and results that die with them."""

import os
import random
import signal
import threading

import numpy as np

from mnist37.engine.engine_thread import LOST_WORKER
from mnist37.events import Status
from tests.engine.conftest import LONG, SHORT, Watched, until

from .counts import times


def test_workers_that_are_killed_take_their_run_and_no_other(watched: Watched) -> None:
    where = random.Random(37)
    other = watched.submit(visitor="b")
    watched.wait_until_it_trains(other)
    for _ in range(times(2, 20)):
        killed = watched.submit(visitor="a")
        beyond = where.randrange(2000)
        until(lambda run=killed, step=beyond: watched.step(run) > step)
        learned = watched.engine.history(killed).losses()
        os.kill(watched.pid_of(killed), signal.SIGKILL)
        assert watched.wait_until_over(killed) is Status.FAILED
        kept = watched.engine.store.info(killed)
        assert (kept.status, kept.reason) == (Status.FAILED, LOST_WORKER)
        np.testing.assert_array_equal(watched.engine.store.history(killed).losses()[: len(learned)], learned)
        assert watched.status(other) is Status.RUNNING
    assert watched.wait_until_over(watched.submit(SHORT, visitor="a")) is Status.FINISHED
    step = watched.step(other)
    until(lambda: watched.step(other) > step)


def test_a_result_that_is_lost_with_its_worker_keeps_nobody_waiting(watched: Watched) -> None:
    """Dask would train it again, and the engine's thread would wait for that while all other runs stand."""
    holds, held = threading.Event(), threading.Event()
    run_id = watched.submit(LONG.replace(epochs=2))
    watched.wait_until_it_trains(run_id)
    pid, future = watched.pid_of(run_id), watched.engine._runs[run_id].future
    try:
        watched.engine._inbox.put(lambda: (held.set(), holds.wait()))
        assert held.wait(60)
        until(lambda: future.status == "finished")
        os.kill(pid, signal.SIGKILL)
        until(lambda: future.status != "finished")
    finally:
        holds.set()
    assert watched.wait_until_over(run_id) is Status.FAILED
    assert watched.engine.info(run_id).reason == LOST_WORKER
    assert watched.step(run_id) == watched.engine.store.history(run_id).step == 1600  # it kept all that had arrived
    assert watched.wait_until_over(watched.submit(SHORT)) is Status.FINISHED
