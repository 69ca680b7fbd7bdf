"""The call that trains one rung from settings and digits, in the calling process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.data import Digits
from mnist37.errors import Diverged, SettingsError
from mnist37.events import Event, Status
from mnist37.rungs import StopTraining, get_rung
from mnist37.rungs.devices import cores
from mnist37.settings import Settings
from mnist37.train.control import Control
from mnist37.train.memory import names_lack_of_memory
from mnist37.train.predict import predict
from mnist37.train.remark import remark
from mnist37.train.run_watch import RunWatch


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How a training ended.

    Args:
        status: finished, stopped or diverged.
        reason: why, for a learner; of a finished run, what is remarkable about it, if anything.
        weights: the model's named tensors at the end, on the CPU.
    """

    status: Status
    reason: str
    weights: Mapping[str, Tensor]


def train(settings: Settings, digits: Digits, emit: Callable[[Event], None], control: Control | None = None) -> Outcome:
    """Train one rung, and call `emit` with each event.

    The same settings and digits give the same events, bit for bit, on one machine, except for their `seconds`. Sets
    torch's number of threads for the whole process.

    Args:
        settings: what to train, and how.
        digits: what to learn from.
        emit: called with each event, in this thread.
        control: the run's controls, which other threads may change meanwhile; None for a run without any.

    Returns:
        How it ended, also if it diverged or was stopped.

    Raises:
        SettingsError: there is no such rung, or the digits are others than the settings say.
        OutOfMemory: there is not enough memory.
    """
    rung = get_rung(settings.rung)
    if digits.classes != settings.classes:
        raise SettingsError(
            f"The settings say {settings.digits}, and the digits are {digits.classes}.", "Load the digits they name."
        )
    torch.set_num_threads(rung.threads or cores())
    control = control or Control()
    status, reason = Status.FINISHED, ""
    with control.turns, names_lack_of_memory():
        watch = RunWatch(emit, control, settings, lambda image: _logits(settings, watch.weights, image), digits)
        try:
            rung.fit(settings, digits, watch)
            reason = remark(settings.replace(lr=watch.lr), digits, watch.ending(digits))
        except StopTraining:
            status, reason = Status.STOPPED, f"Stopped after step {watch.step}."
        except Diverged as error:
            status, reason = Status.DIVERGED, str(error)
        watch.snapshot()
        watch.flush()
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in watch.weights.items()}
    return Outcome(status, reason, weights)


def _logits(settings: Settings, weights: Mapping[str, Tensor], image: NDArray[np.uint8]) -> tuple[float, ...]:
    """Return the raw outputs for one drawing, uint8 `[28, 28]`, of the current weights."""
    return tuple(np.atleast_1d(predict(settings, weights, image[None]).logits[0]).tolist())
