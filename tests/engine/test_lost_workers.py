"""Processes that are killed: the run that was in one says so, all others go on."""

import os
import signal

from mnist37.controls import Pause, Stop
from mnist37.engine.engine_thread import LOST_WORKER
from mnist37.events import Status

from .conftest import SHORT, Watched, until


def test_a_killed_worker_fails_its_run_and_no_other(watched: Watched) -> None:
    killed, other = watched.submit(), watched.submit()
    waiting = [watched.submit(), watched.submit(SHORT)]
    for run_id in (killed, other):
        watched.wait_until_it_trains(run_id)
    learned = watched.step(killed)
    os.kill(watched.pid_of(killed), signal.SIGKILL)
    until(lambda: watched.status(killed).is_over, timeout=10)
    assert watched.status(killed) is Status.FAILED
    assert watched.engine.info(killed).reason == LOST_WORKER
    assert watched.step(killed) >= learned
    assert watched.engine.store.history(killed).step >= learned
    assert watched.status(other) is Status.RUNNING
    watched.wait_until_it_trains(waiting[0])
    watched.engine.control(waiting[0], Stop())
    assert watched.wait_until_over(waiting[1]) is Status.FINISHED
    step = watched.step(other)
    until(lambda: watched.step(other) > step)


def test_a_paused_run_in_a_killed_worker_fails_too(watched: Watched) -> None:
    run_id = watched.submit()
    watched.wait_until_it_trains(run_id)
    watched.engine.control(run_id, Pause())
    watched.wait_for(run_id, Status.PAUSED)
    os.kill(watched.pid_of(run_id), signal.SIGKILL)
    until(lambda: watched.status(run_id).is_over, timeout=10)
    assert watched.engine.info(run_id).reason == LOST_WORKER


def test_the_next_run_finds_a_worker(watched: Watched) -> None:
    runs = [watched.submit(SHORT) for _ in range(4)]
    assert {watched.wait_until_over(run_id) for run_id in runs} == {Status.FINISHED}
