"""What each student of a room has come to: their runs, the one that is shown, and whether they are stuck."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from mnist37.engine import Engine
from mnist37.errors import RunError
from mnist37.events import Epoch, Snapshot, Status
from mnist37.rooms import Room, Rooms, Student, Task
from mnist37.rungs import get_rung
from mnist37.runs import RunInfo, ended_badly
from mnist37.settings import Settings
from mnist37.ui.widgets.colours import diverging_png, grey_png, shared_limit

STUCK_AFTER_S = 300.0
"""A student whose last run ended longer ago than that, and did not fulfil the task, may need help."""
MOSAIC_SIDE = 3
"""A picture of a layer of many units shows so many of them in a row, and as many rows."""


class State(StrEnum):
    """What a student is doing."""

    NOT_STARTED = "has not started"
    TRAINS = "trains"
    STUCK = "is stuck"
    HAS_RESULT = "has a result"


@dataclass(frozen=True, slots=True)
class Progress:
    """A student's work in a room.

    Args:
        student: the student.
        runs: their runs, the newest first.
        best: the best of them for the room's task; None if none counts.
        shown: the run that stands for them: the one that trains, else the best, else the newest; None without runs.
        state: what they are doing.
        why: why they are stuck; empty if they are not.
    """

    student: Student
    runs: Sequence[RunInfo]
    best: RunInfo | None
    shown: RunInfo | None
    state: State
    why: str = ""


@dataclass(frozen=True, slots=True)
class Traced:
    """What is drawn of a run.

    Args:
        epochs: those that ended.
        picture: a PNG file of the first layer; None before there is one.
    """

    epochs: Sequence[Epoch]
    picture: bytes | None


def class_progress(engine: Engine, rooms: Rooms, room: Room) -> list[Progress]:
    """Return the progress of each student of a room, in the order of joining."""
    of_student: dict[int, list[RunInfo]] = {}
    for run in reversed(rooms.runs(room.code)):
        info = run_or_none(engine, run.run_id) if run.student is not None else None
        if run.student is not None and info is not None:
            of_student.setdefault(run.student, []).append(info)
    return [progress_of(student, of_student.get(student.id, []), room.task) for student in rooms.students(room.code)]


def nicknames(students: Sequence[Progress]) -> dict[int, str]:
    """Return the nickname of each student, by id."""
    return {one.student.id: one.student.nickname for one in students}


def run_or_none(engine: Engine, run_id: str) -> RunInfo | None:
    """Return a run; None if it was deleted or is broken."""
    try:
        return engine.info(run_id)
    except RunError:
        return None


def progress_of(student: Student, runs: list[RunInfo], task: Task) -> Progress:
    """Return the progress of a student with these runs, the newest first."""
    best = task.best(runs)
    live = next((run for run in runs if not run.status.is_over), None)
    shown = live or best or (runs[0] if runs else None)
    if live is not None:
        return Progress(student, runs, best, shown, State.TRAINS)
    if not runs:
        return Progress(student, runs, best, shown, State.NOT_STARTED)
    why = _why_stuck(runs[0], best)
    return Progress(student, runs, best, shown, State.STUCK if why else State.HAS_RESULT, why)


def _why_stuck(last: RunInfo, best: RunInfo | None) -> str:
    if best is last:
        return ""
    if last.status in {Status.DIVERGED, Status.FAILED}:
        return f"the last run {last.status.value}"
    if ended_badly(last):
        return "the last run learned nothing, or was unstable"
    idle = time.time() - last.created - last.seconds
    return f"no run counts, and none was begun for {idle / 60:.0f} min" if best is None and idle > STUCK_AFTER_S else ""


def ranked(students: Sequence[Progress], task: Task) -> list[Progress]:
    """Return the students, those with the best results first, then in the order of joining."""
    counting = [one for one in students if one.best is not None]
    rest = [one for one in students if one.best is None]
    return sorted(counting, key=lambda one: task.merit(one.best) if one.best else (), reverse=True) + rest


def traced(engine: Engine, info: RunInfo) -> Traced:
    """Return what is drawn of a run."""
    return _traced_at_the_end(engine, info.id) if info.status.is_over else _traced(engine, info)


@lru_cache(maxsize=1024)
def _traced_at_the_end(engine: Engine, run_id: str) -> Traced:
    """Cache what does not change any more: the board is drawn every second."""
    return _traced(engine, engine.info(run_id))


def _traced(engine: Engine, info: RunInfo) -> Traced:
    history = engine.history(info.id)
    snapshot = history.snapshot()
    return Traced(history.epochs(), None if snapshot is None else mosaic(info.settings, snapshot))


def mosaic(settings: Settings, snapshot: Snapshot) -> bytes:
    """Return the first units of a run's first layer as one small PNG file."""
    rung = get_rung(settings.rung)
    layer = rung.first_layer(snapshot.weights)
    side = min(MOSAIC_SIDE, int(np.ceil(np.sqrt(len(layer)))))
    _, height, width = layer.shape
    shown = np.zeros((side * side, height, width), layer.dtype)
    shown[: len(layer)] = layer[: side * side]
    whole = shown.reshape(side, side, height, width).swapaxes(1, 2).reshape(side * height, side * width)
    if rung.look.are_means:
        return grey_png((whole * 255).round().astype(np.uint8))
    return diverging_png(whole, shared_limit(layer))
