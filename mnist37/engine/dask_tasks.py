"""Trainings and searches as tasks on Dask: how they are sent, and how their events and controls travel."""

import os
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from dask.task_spec import Task
from distributed import Client, Future

from mnist37 import controls
from mnist37.controls import RunControl
from mnist37.data import Digits
from mnist37.engine import cluster
from mnist37.engine.live_run import LiveRun
from mnist37.engine.worker import Place, apply_control, find_lr, run_training
from mnist37.rungs.devices import cores
from mnist37.settings import Settings
from mnist37.train import Turns

# Each task brings its digits along; those of all of MNIST are 13 MB, which stay on this machine.
warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)

SEARCH_PRIORITY = 1
"""A search for a learning rate takes seconds, so it starts before the runs that wait."""


class DaskTasks:
    """Sends tasks to the workers of a cluster.

    Args:
        client: of the cluster.
        receive: called with each message of a task, in a thread of Dask's.
    """

    def __init__(self, client: Client, receive: Callable[[Mapping[str, Any]], None]) -> None:
        self._client = client
        self._topic = f"mnist37-{id(self)}-{os.getpid()}"
        self._turns_folder = cluster.turns_folder(client)
        client.subscribe_topic(self._topic, lambda event: receive(event[1]))

    def train(self, run: LiveRun) -> Future[Any]:
        """Send a run; the result is that of `run_training`."""
        settings = run.recorder.info.settings.to_dict()
        opening = [controls.to_message(control) for control in run.opening]
        what = (run_training, run.id, settings, run.digits.pack(), self._place(run.visitor), opening)
        return self._submit(f"{run.id}-{run.resubmissions}", *what, priority=run.priority)

    def find_lr(self, key: str, settings: Settings, digits: Digits) -> Future[Any]:
        """Send a search for a learning rate; the result is that of `worker.find_lr`."""
        what = (find_lr, key, settings.to_dict(), digits.pack(), self._place(key))
        return self._submit(key, *what, priority=SEARCH_PRIORITY)

    def control(self, run_id: str, worker: str, control: RunControl) -> None:
        """Send a control to the worker that trains a run, and do not wait for it."""
        self._client.run(apply_control, run_id, controls.to_message(control), workers=[worker], wait=False)

    def _place(self, visitor: str) -> Place:
        return Place(self._topic, Turns(self._turns_folder, cores(), visitor))

    def _submit(self, key: str, function: Callable[..., Any], *what: Any, priority: int) -> Future[Any]:
        # Dask may assign a lone task to a busy worker and leave it there while another worker is free. A task marked as
        # a data producer, which `Client.submit` cannot do, waits at the scheduler instead.
        task = Task(key, function, *what, _data_producer=True)
        future: Future[Any] = self._client.get({key: task}, key, sync=False, priority=priority, fifo_timeout="0s")
        return future
