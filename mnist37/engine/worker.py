"""What runs inside a Dask worker: one training at a time. Dask carries its events and its controls."""

import logging
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

from mnist37 import controls
from mnist37.data import Digits
from mnist37.engine import log
from mnist37.events import Event, to_message
from mnist37.rungs import LrCurve, Trial, get_rung
from mnist37.runs import weights_to_bytes
from mnist37.settings import Settings
from mnist37.train import Control, Turns, names_lack_of_memory, train

_log = logging.getLogger(__name__)

Message = Mapping[str, Any]
"""A control as `controls.to_message` makes it: plain values, of which a worker makes nothing but a control."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run sends its events, and where it computes.

    Args:
        topic: the Dask topic of its events.
        turns: its turns on the cores of the machine.
    """

    topic: str
    turns: Turns


_controls: dict[str, Control] = {}
"""The controls of the run that trains in this worker, by its id. The worker's event loop applies what arrives."""


fastai_is_there = threading.Event()


def ignore_endings() -> None:
    """Ignore the signals that a closed terminal or a stopped container sends to the whole process group.

    The main program receives them too. It stops the runs, keeps their weights, and then ends its workers. Workers whose
    main program is gone end at once.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)


class WarmUp(WorkerPlugin):
    """Prepares a worker, and each replacement of it, before its first run.

    Args:
        is_own: whether this program started the worker, and ends it.
    """

    name = "mnist37-warm-up"

    def __init__(self, *, is_own: bool) -> None:
        self._is_own = is_own

    def setup(self, worker: Worker) -> None:  # noqa: ARG002
        """Start the slow imports now, in a thread of their own: rungs without fastai need not wait for them."""
        if self._is_own:
            ignore_endings()
        threading.Thread(target=_import_fastai, name="mnist37-warm-up", daemon=True).start()


def _import_fastai() -> None:
    try:
        import fastai.callback.schedule
        import fastai.vision.learner  # noqa: F401
    finally:
        fastai_is_there.set()


def run_training(
    run_id: str, settings: dict[str, Any], packed_digits: bytes, place: Place, opening: Sequence[Message]
) -> dict[str, Any]:
    """Train one run in this worker.

    Args:
        run_id: names the run in its messages and for its controls.
        settings: of `Settings.to_dict`.
        packed_digits: of `Digits.pack`.
        place: where it sends its events, and where it computes.
        opening: controls that apply before the first batch.

    Returns:
        `status`, `reason` and `weights` (safetensors bytes).
    """
    log.set_up()
    worker, extra = get_worker(), {"run": run_id}
    _log.info("arrived at %s", worker.address, extra=extra)
    if get_rung(settings["rung"]).needs_fastai:
        fastai_is_there.wait()  # two threads that import the same modules can see them half made
    control = Control(place.turns)
    for message in opening:
        control.apply(controls.from_message(message))

    def emit(event: Event) -> None:
        _log.debug("emits: %.50r", event, extra=extra)
        worker.log_event(place.topic, {"run": run_id, "worker": worker.address, **to_message(event)})

    _controls[run_id] = control
    try:
        outcome = train(Settings.from_dict(settings), _unpack(packed_digits), emit, control)
    finally:
        del _controls[run_id]
    _log.info("ended as %s: %s", outcome.status, outcome.reason, extra=extra)
    return {
        "status": outcome.status.value,
        "reason": outcome.reason,
        "weights": weights_to_bytes(outcome.weights),
    }


def find_lr(key: str, settings: dict[str, Any], packed_digits: bytes, place: Place) -> LrCurve:
    """Look for a learning rate in this worker.

    Args:
        key: names the search in its messages.
        settings: of `Settings.to_dict`.
        packed_digits: of `Digits.pack`.
        place: where it sends each trial, and where it computes.

    Raises:
        SettingsError: these settings have no learning rate.
        OutOfMemory: there is not enough memory.
    """
    worker = get_worker()
    fastai_is_there.wait()  # the search uses its valley
    asked = Settings.from_dict(settings)

    def report(trial: Trial) -> None:
        worker.log_event(place.topic, {"search": key, "lr": trial.lr, "valid_loss": trial.valid_loss})
        place.turns.give_way(time.perf_counter())

    with place.turns, names_lack_of_memory():
        return get_rung(asked.rung).find_lr(asked, _unpack(packed_digits), report)


async def apply_control(run_id: str, message: Message) -> bool:
    """Apply a control to the run, if it trains in this worker. Async, so that Dask calls it during the training.

    Args:
        run_id: the run.
        message: the control.

    Returns:
        Whether the run trains here.
    """
    control = _controls.get(run_id)
    if control is None:
        return False
    asked = controls.from_message(message)
    _log.debug("takes: %.50r", asked, extra={"run": run_id})
    control.apply(asked)
    return True


@lru_cache(maxsize=2)
def _unpack(packed: bytes) -> Digits:
    return Digits.unpack(packed)
