"""What a room holds, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist37.rooms.task import Task


@dataclass(frozen=True, slots=True)
class Room:
    """A room.

    Args:
        code: six letters or digits; see `codes`.
        host: the visitor id of the teacher.
        opened, ends: seconds since 1970 (UTC).
        is_closed: whether students cannot join, draw or answer any more. What it holds is kept until it ends.
        rung: the model that the Lab of each student is set to; empty for none.
        settings: the values that it is set to, by the names of settings.
        locked: the names of settings that students cannot change, as `lock` in a link.
        presets: how often rung, settings and locks were set.
        task: what the class is asked for.
        page: the address of the page that the class was sent to last; empty before.
        sendings: how often it was sent to a page.
        is_paused: whether all screens are covered.
        shown: what the projector shows.
    """

    code: str
    host: str
    opened: float
    ends: float
    is_closed: bool
    rung: str
    settings: Mapping[str, Any]
    locked: frozenset[str]
    presets: int
    task: Task
    page: str
    sendings: int
    is_paused: bool
    shown: str


@dataclass(frozen=True, slots=True)
class Student:
    """A student of a room.

    Args:
        id: their number, unique on this server.
        room: the room's code.
        visitor: their visitor id.
        nickname: plain text.
        joined: seconds since 1970 (UTC).
        is_refused: whether the teacher asks for another nickname.
    """

    id: int
    room: str
    visitor: str
    nickname: str
    joined: float
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A room, and who a visitor is in it."""

    room: Room
    student: Student


@dataclass(frozen=True, slots=True)
class RoomRun:
    """A run of a room.

    Args:
        run_id: its id in the run store.
        student: the id of the student who trained it; None for one of the teacher's on the class's digits.
        left_out: of such a run, the student whose digits it has not learned from; None if it learned from all.
    """

    run_id: str
    student: int | None
    left_out: int | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A student's answer to a lesson's question.

    Args:
        student: the student's id.
        lesson: the lesson's name.
        answer: the chosen answer.
        is_right: whether it is the right one.
        at: seconds since 1970 (UTC).
    """

    student: int
    lesson: str
    answer: str
    is_right: bool
    at: float


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The labelled drawings of a room, in the order of adding.

    Args:
        ids: their numbers, int64 `[N]`.
        students: who drew each, int64 `[N]`.
        digits: what each shows, uint8 `[N]`.
        images: uint8 `[N, 28, 28]`, ink is bright.
    """

    ids: NDArray[np.int64]
    students: NDArray[np.int64]
    digits: NDArray[np.uint8]
    images: NDArray[np.uint8]

    def where(self, chosen: NDArray[np.bool_]) -> "Drawn":
        """Return some of them: bool `[N]`."""
        return Drawn(self.ids[chosen], self.students[chosen], self.digits[chosen], self.images[chosen])

    def of_digits(self, digits: tuple[int, ...]) -> "Drawn":
        """Return those of some digits."""
        return self.where(np.isin(self.digits, digits))
