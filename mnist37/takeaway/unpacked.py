"""From the files of a packed run to the run, believing nothing: names, types and shapes are held against the model.

This module knows no zip; `bundle` hands it bytes.
"""

import itertools
import json
import re
import time
from collections.abc import Mapping, Sequence

import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
import torch
from numpy.typing import NDArray

from mnist37.data.harmless import LONGEST_TEXT, harmless, plain
from mnist37.errors import BadBundle, SettingsError
from mnist37.events import Epoch, Status
from mnist37.rungs import Weights, get_rung
from mnist37.runs import History, RunInfo
from mnist37.runs.record import LARGEST
from mnist37.settings import checked
from mnist37.takeaway.kept_run import KeptRun
from mnist37.takeaway.knobs import lr_turns

INFO, WEIGHTS = "run.json", "weights.safetensors"
HISTORY, SNAPSHOTS = "history.safetensors", "snapshots.safetensors"
MEMBERS = (INFO, HISTORY, SNAPSHOTS, WEIGHTS)
"""All but the weights must be there."""

REMEDY = "Give a .zip that mnist37 exported as a whole run."

LONGEST_INFO = 64 * 2**10
LONGEST_HEADER = 2**20
"""Bytes of the list of arrays before a safetensors file's numbers; ours take up to 100,000."""
MOST_DIGITS = 1_000_000

FINGERPRINT = re.compile("[0-9a-f]{64}")

_STILL_LEARNED = "It was still learning when it was packed."


def read_run(files: Mapping[str, bytes]) -> KeptRun:
    """Return the run that these files hold.

    Args:
        files: by name, one of `MEMBERS` each.

    Returns:
        A run that is over, with step, accuracy and the like as its history has them.

    Raises:
        BadBundle: a file is missing or damaged, or they do not fit together.
    """
    missing = [name for name in MEMBERS[:3] if name not in files]
    if missing:
        raise BadBundle(f"The file holds no {', no '.join(missing)}.", REMEDY)
    info = _read_info(files[INFO])
    history = _read_history(info, files[HISTORY], files[SNAPSHOTS])
    weights = _read_weights(info, files[WEIGHTS]) if WEIGHTS in files else None
    last = history.last_epoch()
    accuracy, on_train = (last.accuracy, last.train_accuracy) if last else (None, None)
    return KeptRun(info.replace(step=history.step, accuracy=accuracy, train_accuracy=on_train), history, weights)


def _read_info(data: bytes) -> RunInfo:
    if len(data) > LONGEST_INFO:
        raise _wrong(INFO, "it is too long")
    try:
        info = RunInfo.from_json(json.loads(data))
        rung = get_rung(info.settings.rung)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, SettingsError) as error:
        raise _wrong(INFO, str(error)[:LONGEST_TEXT]) from None
    if info.settings.loss not in rung.losses:
        raise _wrong(INFO, "its model has no such loss")
    if not (0 < info.n_train <= MOST_DIGITS and 0 < info.n_valid <= MOST_DIGITS):
        raise _wrong(INFO, "there are no such digits")
    if not FINGERPRINT.fullmatch(info.fingerprint):
        raise _wrong(INFO, "its digits have no fingerprint")
    if not (info.n_own < info.n_train and FINGERPRINT.fullmatch(info.valid_fingerprint or info.fingerprint)):
        raise _wrong(INFO, "its digits cannot be such")
    is_over = info.status.is_over
    return info.replace(
        id="",
        settings=info.settings.replace(data=plain(info.settings.data) or "embedded"),
        status=info.status if is_over else Status.STOPPED,
        reason=harmless(info.reason) if is_over else _STILL_LEARNED,
        source=harmless(info.source),
        created=min(float(info.created), time.time()),
        seconds=float(info.seconds),
    )


def _read_history(info: RunInfo, data: bytes, snapshots: bytes) -> History:
    columns, kept = (_load(name, file) for name, file in ((HISTORY, data), (SNAPSHOTS, snapshots)))
    for name, form in History().to_arrays().items():
        column = columns.get(name, form)
        if column.dtype != form.dtype or column.shape[1:] not in _forms(info, name, form):
            raise _wrong(HISTORY, f"{name} is {column.dtype} {list(column.shape)}")
    if not {"batch_losses"} <= set(columns) <= set(History().to_arrays()):
        raise _wrong(HISTORY, "it holds other numbers than a run's")
    n_steps = len(columns["batch_losses"])
    if n_steps > info.settings.epochs * info.n_train:  # with a batch size of 1
        raise _wrong(HISTORY, "it has more steps than its settings give")
    _check_snapshots(info, kept, n_steps)
    try:
        history = History.from_arrays(columns, kept)
        _check_numbers(info, history)
    except (KeyError, ValueError, OverflowError, SettingsError) as error:
        raise _wrong(HISTORY, str(error)) from None
    return history


def _forms(info: RunInfo, name: str, form: NDArray[np.generic]) -> tuple[tuple[int, ...], ...]:
    """Return the shapes, behind its first axis, that a column of a run's history may have."""
    n = info.settings.classes.n_answers
    if name == "valid_logits":
        return form.shape[1:], (info.n_valid,) if n == 1 else (info.n_valid, n)
    return (form.shape[1:], (1 + n,)) if name == "drawing_logits" else (form.shape[1:],)


def _check_numbers(info: RunInfo, history: History) -> None:
    """Raise ValueError (or SettingsError) at a number that no run has."""
    if not (np.isfinite(history.losses()).all() or _may_be_broken(info)):
        raise ValueError("a loss is no finite number")
    for knob, turns in history.changes().items():
        _check_ascending([step for step, _ in turns], 1, history.step, knob)
        for _, value in turns:
            checked(knob, value)
    if history.step and [step for step, _ in lr_turns(history)][:1] != [1]:
        raise ValueError("its first learning rate is missing")
    _check_ascending(history.valid_steps(), 1, history.step, "valid digits")
    epochs = history.epochs()
    if [epoch.epoch for epoch in epochs] != list(range(1, len(epochs) + 1)) or len(epochs) > info.settings.epochs:
        raise ValueError("its epochs are not in order")
    trains = get_rung(info.settings.rung).is_trained
    _check_ascending([epoch.step for epoch in epochs], 1 if trains else 0, history.step, "epochs")
    if not all(_is_possible(epoch) for epoch in epochs):
        raise ValueError("an epoch tells an impossible number")


def _check_ascending(steps: Sequence[int], first: int, last: int, what: str) -> None:
    ordered = all(a < b for a, b in itertools.pairwise(steps))
    if steps and not (ordered and first <= steps[0] and steps[-1] <= last):
        raise ValueError(f"the steps of its {what} are not in order")


def _is_possible(epoch: Epoch) -> bool:
    on_train = 0.0 if epoch.train_accuracy is None else epoch.train_accuracy
    return 0 <= epoch.accuracy <= 1 and 0 <= on_train <= 1 and 0 <= epoch.seconds < LARGEST


def _may_be_broken(info: RunInfo) -> bool:
    """Whether numbers that are not finite are what the run is about."""
    return info.status in {Status.DIVERGED, Status.FAILED}


def _check_snapshots(info: RunInfo, snapshots: Mapping[str, NDArray[np.generic]], n_steps: int) -> None:
    form = get_rung(info.settings.rung).weights_form(info.settings)
    first = next(iter(form))
    by_step: dict[int, dict[str, tuple[int, ...]]] = {}
    for key, array in snapshots.items():
        step, _, name = key.partition("/")
        known = step.isascii() and step.isdecimal() and len(step) < 12 and str(int(step)) == step and name in form
        if not known or int(step) > n_steps or array.dtype != np.float32:
            raise _wrong(SNAPSHOTS, f"{key[:50]!r} is no part of such a run")
        if not (np.isfinite(array).all() or _may_be_broken(info)):
            raise _wrong(SNAPSHOTS, "a weight is no finite number")
        by_step.setdefault(int(step), {})[name] = array.shape
    whole = {name: tuple(tensor.shape) for name, tensor in form.items()}
    if any(shapes not in (whole, {first: whole[first]}) for shapes in by_step.values()):
        raise _wrong(SNAPSHOTS, f"its weights are not those of {info.settings.rung}")


def _read_weights(info: RunInfo, data: bytes) -> Weights:
    _check_header(WEIGHTS, data)
    try:
        weights = safetensors.torch.load(data)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise _wrong(WEIGHTS, str(error)) from None
    form = get_rung(info.settings.rung).weights_form(info.settings)
    if {name: (t.shape, t.dtype) for name, t in weights.items()} != {
        name: (t.shape, t.dtype) for name, t in form.items()
    }:
        raise _wrong(WEIGHTS, f"its weights are not those of {info.settings.rung}")
    if not (_may_be_broken(info) or all(torch.isfinite(tensor).all() for tensor in weights.values())):
        raise _wrong(WEIGHTS, "a weight is no finite number")
    return {name: weights[name] for name in form}


def _load(name: str, data: bytes) -> dict[str, NDArray[np.generic]]:
    _check_header(name, data)
    try:
        return safetensors.numpy.load(data)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError) as error:
        raise _wrong(name, str(error)) from None


def _check_header(name: str, data: bytes) -> None:
    """Check the list of arrays, which is read whole before any of it can be checked."""
    if len(data) < 8 or int.from_bytes(data[:8], "little") > LONGEST_HEADER:
        raise _wrong(name, "it is no file of arrays")


def _wrong(name: str, why: str) -> BadBundle:
    return BadBundle(f"{name} in the file is not what it should be: {harmless(why)}.", REMEDY)
