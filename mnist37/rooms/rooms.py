"""The rooms of this server: what pages and tests call. All state is in the file; see `Database`."""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, delete, func, insert, literal_column, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from mnist37.errors import RoomError, RoomNotFound
from mnist37.rooms.codes import clean_nickname, new_code
from mnist37.rooms.database import ANSWER, DRAWING, ROOM, RUN, SPENT, STUDENT, Database, rooms_file
from mnist37.rooms.limits import DRAWINGS, HOURS, ROOMS, SETS, STUDENTS, UPLOADS, refuse_more
from mnist37.rooms.room import Answered, Drawn, Place, Room, RoomRun, Student
from mnist37.rooms.task import Task

UPLOAD, SET = "uploads", "sets of own digits"
_SPENDABLE = {UPLOAD: UPLOADS, SET: SETS}
PURGE_INTERVAL_S = 60.0
FRESH_S = 0.5
"""Age up to which `Rooms.place` takes what was read before."""
ANSWERS_OF_A_STUDENT = 500
"""Maximum answers that are kept of a student; later ones are dropped."""


@dataclass(frozen=True, slots=True)
class _Places:
    """Where all students are.

    Args:
        n_moves: how often this process had changed it before it was read.
        read_at: when it was read, in seconds of the monotonic clock.
        of_visitor: by the visitor's id.
    """

    n_moves: int
    read_at: float
    of_visitor: Mapping[str, Place]


class Rooms:
    """All rooms. Any thread may call it, and other processes may use the same file.

    Args:
        path: the file; None for the one in the home folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._database = Database(path or rooms_file())
        self._purged = 0.0
        self._n_moves = 0
        self._places = _Places(-1, 0.0, {})

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def open(self, host: str) -> Room:
        """Open a room.

        Args:
            host: the visitor id of the teacher.

        Raises:
            RoomError: there are as many rooms as are allowed, or it cannot be kept.
        """
        self.purge()
        with self._database.writing() as connection:
            refuse_more(ROOMS, _count(connection, ROOM), "rooms", "Close and delete another one first.")
            code = next(code for code in iter(new_code, "") if _row(connection, code) is None)
            now = time.time()
            values = {"code": code, "host": host, "opened": now, "ends": now + 3600 * HOURS.value}
            connection.execute(insert(ROOM).values(task=Task().to_json(), **values))
            return _room(connection, code)

    def room(self, code: str) -> Room:
        """Return a room.

        Raises:
            RoomNotFound: no room has this code, or it is over.
        """
        with self._database.reading() as connection:
            return _room(connection, code)

    def rooms(self) -> list[Room]:
        """Return all rooms that are not over, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(ROOM).where(ROOM.c.ends > time.time()).order_by(ROOM.c.opened.desc()))
            return [_to_room(row) for row in rows]

    def place(self, visitor: str) -> Place | None:
        """Return the room that a visitor joined last, and who they are in it; None if they are in none.

        What another process wrote in the last `FRESH_S` may be missing: the page of each student asks all the time.
        """
        if time.monotonic() > self._purged + PURGE_INTERVAL_S:
            self.purge()
        places = self._places
        if places.n_moves != self._n_moves or time.monotonic() > places.read_at + FRESH_S:
            places = self._places = self._read_places()
        found = places.of_visitor.get(visitor)
        return found if found is not None and found.room.ends > time.time() else None

    def _read_places(self) -> "_Places":
        n_moves, read_at = self._n_moves, time.monotonic()
        with self._database.reading() as connection:
            rooms = {row.code: _to_room(row) for row in connection.execute(select(ROOM).where(~ROOM.c.is_closed))}
            students = [_to_student(row) for row in connection.execute(select(STUDENT).order_by(STUDENT.c.joined))]
        of_visitor = {one.visitor: Place(rooms[one.room], one) for one in students if one.room in rooms}
        return _Places(n_moves, read_at, of_visitor)

    def join(self, code: str, visitor: str, nickname: str) -> Student:
        """Join a room, or take another nickname in it.

        Args:
            code: the room's code.
            visitor: the visitor's id.
            nickname: as typed.

        Raises:
            RoomNotFound: no room has this code, or it is over.
            RoomError: the room is closed or full, or the nickname is taken or not allowed.
        """
        nickname = clean_nickname(nickname)
        with self._moving() as connection:
            room = _room(connection, code)
            if room.is_closed:
                raise RoomError("This room is closed.", "Ask your teacher for a new one.")
            known = connection.execute(_student_of(code, visitor)).first()
            self._refuse_taken(connection, code, visitor, nickname)
            if known is not None:
                if known.is_refused and known.folded == nickname.casefold():
                    raise RoomError("Your teacher asks for another nickname.", "Type a different one.")
                named = {"nickname": nickname, "folded": nickname.casefold(), "is_refused": False}
                connection.execute(update(STUDENT).where(STUDENT.c.id == known.id).values(joined=time.time(), **named))
            else:
                has = _count(connection, STUDENT, STUDENT.c.room == code)
                refuse_more(STUDENTS, has, "students", "Ask your teacher.")
                named = {"nickname": nickname, "folded": nickname.casefold()}
                connection.execute(insert(STUDENT).values(room=code, visitor=visitor, joined=time.time(), **named))
            return _to_student(connection.execute(_student_of(code, visitor)).one())

    def _refuse_taken(self, connection: Connection, code: str, visitor: str, nickname: str) -> None:
        taken = select(STUDENT.c.id).where(
            STUDENT.c.room == code, STUDENT.c.folded == nickname.casefold(), STUDENT.c.visitor != visitor
        )
        if connection.execute(taken).first() is not None:
            raise RoomError(f"“{nickname}” is taken in this room.", "Type another nickname, or add a letter.")

    def leave(self, student: Student) -> None:
        """Delete a student and all that a room holds of them. Their runs stay in the run store."""
        self._forget(delete(STUDENT).where(STUDENT.c.id == student.id))

    def refuse(self, student_id: int) -> None:
        """Ask a student for another nickname."""
        with self._moving() as connection:
            connection.execute(update(STUDENT).where(STUDENT.c.id == student_id).values(is_refused=True))

    def students(self, code: str) -> list[Student]:
        """Return the students of a room, in the order of joining."""
        with self._database.reading() as connection:
            rows = connection.execute(select(STUDENT).where(STUDENT.c.room == code).order_by(STUDENT.c.id))
            return [_to_student(row) for row in rows]

    def preset(self, code: str, rung: str, settings: Mapping[str, Any], locked: Collection[str]) -> None:
        """Set the Lab of all students: the model (empty for none), values of settings, and names that are locked."""
        more = ROOM.c.presets + 1
        self._set(code, rung=rung, settings=dict(settings), locked=sorted(locked), presets=more)

    def give(self, code: str, task: Task) -> None:
        """Give the class a task."""
        self._set(code, task=task.to_json())

    def send(self, code: str, page: str) -> None:
        """Send all students to a page, by its address."""
        self._set(code, page=page, sendings=ROOM.c.sendings + 1)

    def pause(self, code: str, *, is_paused: bool) -> None:
        """Cover all screens, or uncover them."""
        self._set(code, is_paused=is_paused)

    def show(self, code: str, shown: str) -> None:
        """Set what the projector shows."""
        self._set(code, shown=shown)

    def close_room(self, code: str) -> None:
        """Let nobody join, draw or answer any more; what the room holds is kept until it ends."""
        self._set(code, is_closed=True, is_paused=False)

    def delete(self, code: str) -> None:
        """Delete a room and all that it holds. Runs stay in the run store."""
        self._forget(delete(ROOM).where(ROOM.c.code == code))

    def purge(self) -> None:
        """Delete the rooms that are over."""
        self._purged = time.monotonic()
        with self._database.reading() as connection:
            over = _count(connection, ROOM, ROOM.c.ends <= time.time())
        if over:
            self._forget(delete(ROOM).where(ROOM.c.ends <= time.time()))

    def note_run(self, place: Place, run_id: str) -> None:
        """Add a student's run to their room."""
        values = {"run_id": run_id, "room": place.room.code, "student": place.student.id}
        self._change(insert_or_ignore(RUN).values(values).on_conflict_do_nothing())

    def note_class_run(self, code: str, run_id: str, left_out: int | None) -> None:
        """Add a run of the teacher on the class's digits, without those of one student or with all."""
        self._change(insert(RUN).values(run_id=run_id, room=code, left_out=left_out))

    def runs(self, code: str) -> list[RoomRun]:
        """Return the runs of a room, in the order of adding."""
        with self._database.reading() as connection:
            rows = connection.execute(select(RUN).where(RUN.c.room == code).order_by(literal_column("room_run.rowid")))
            return [RoomRun(row.run_id, row.student, row.left_out) for row in rows]

    def answer(self, place: Place, lesson: str, answer: str, *, is_right: bool) -> None:
        """Keep a student's answer to a lesson's question."""
        values = {"lesson": lesson, "answer": answer, "is_right": is_right, "at": time.time()}
        with self._database.writing() as connection:
            if _count(connection, ANSWER, ANSWER.c.student == place.student.id) < ANSWERS_OF_A_STUDENT:
                here = {"room": place.room.code, "student": place.student.id}
                connection.execute(insert(ANSWER).values(**here, **values))

    def answers(self, code: str) -> list[Answered]:
        """Return all answers of a room, in the order in which they were given."""
        with self._database.reading() as connection:
            rows = connection.execute(select(ANSWER).where(ANSWER.c.room == code).order_by(ANSWER.c.id))
            return [Answered(row.student, row.lesson, row.answer, row.is_right, row.at) for row in rows]

    def keep_drawing(self, place: Place, image: NDArray[np.uint8], digit: int) -> bool:
        """Add a labelled drawing to the class's digits.

        Args:
            place: who drew it, and where.
            image: uint8 `[28, 28]`, ink is bright.
            digit: what it shows, 0 to 9.

        Returns:
            Whether it is new: the same drawing of the same student is kept once.

        Raises:
            RoomError: the room has as many drawings as are allowed, or is closed.
        """
        code = place.room.code
        with self._database.writing() as connection:
            if _room(connection, code).is_closed:
                raise RoomError("This room is closed.", "Your digit is kept among your own ones.")
            has = _count(connection, DRAWING, DRAWING.c.room == code)
            refuse_more(DRAWINGS, has, "drawings", "Your digit is kept among your own ones.")
            values = {"room": code, "student": place.student.id, "digit": digit, "image": image.tobytes()}
            added = connection.execute(insert_or_ignore(DRAWING).values(values).on_conflict_do_nothing())
            return bool(added.rowcount)

    def remove_drawing(self, student: Student, drawing_id: int) -> None:
        """Delete a drawing of a student; do nothing if it is another one's."""
        self._forget(delete(DRAWING).where(DRAWING.c.student == student.id, DRAWING.c.id == drawing_id))

    def drawings(self, code: str) -> Drawn:
        """Return the class's digits."""
        with self._database.reading() as connection:
            rows = connection.execute(select(DRAWING).where(DRAWING.c.room == code).order_by(DRAWING.c.id)).all()
        images = np.frombuffer(b"".join(row.image for row in rows), np.uint8).reshape(-1, 28, 28)
        return Drawn(
            np.array([row.id for row in rows], np.int64),
            np.array([row.student for row in rows], np.int64),
            np.array([row.digit for row in rows], np.uint8),
            images,
        )

    def spend(self, place: Place, what: str) -> None:
        """Count an upload (`UPLOAD`) or a new set of own digits (`SET`) of a student.

        Raises:
            RoomError: the room has had as many as are allowed.
        """
        code = place.room.code
        with self._database.writing() as connection:
            row = connection.execute(select(SPENT.c.times).where(SPENT.c.room == code, SPENT.c.what == what)).first()
            times = row.times if row else 0
            refuse_more(_SPENDABLE[what], times, what, "Ask your teacher.")
            new = insert_or_ignore(SPENT).values(room=code, what=what, times=1)
            connection.execute(
                new.on_conflict_do_update(index_elements=["room", "what"], set_={"times": SPENT.c.times + 1})
            )

    @contextmanager
    def _moving(self) -> Iterator[Connection]:
        """Write something that `place` returns."""
        with self._database.writing() as connection:
            yield connection
        self._n_moves += 1  # after the commit: what was read before is old now

    def _set(self, code: str, **values: Any) -> None:
        with self._moving() as connection:
            _room(connection, code)
            connection.execute(update(ROOM).where(ROOM.c.code == code).values(**values))

    def _forget(self, statement: Any) -> None:
        """Delete something so that it can be read nowhere in the files."""
        with self._moving() as connection:
            connection.execute(statement)
        self._database.write_back()

    def _change(self, statement: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(statement)


def _student_of(code: str, visitor: str) -> Any:
    return select(STUDENT).where(STUDENT.c.room == code, STUDENT.c.visitor == visitor)


def _count(connection: Connection, table: Any, *conditions: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())


def _row(connection: Connection, code: str) -> Row[Any] | None:
    return connection.execute(select(ROOM).where(ROOM.c.code == code)).first()


def _room(connection: Connection, code: str) -> Room:
    row = _row(connection, code)
    if row is None or row.ends <= time.time():
        raise RoomNotFound("No room has this code.", "Compare it with the one that your teacher shows.")
    return _to_room(row)


def _to_room(row: Row[Any]) -> Room:
    values = dict(row._mapping)
    return Room(**{**values, "locked": frozenset(row.locked), "task": Task.from_json(row.task)})


def _to_student(row: Row[Any]) -> Student:
    return Student(row.id, row.room, row.visitor, row.nickname, row.joined, row.is_refused)
