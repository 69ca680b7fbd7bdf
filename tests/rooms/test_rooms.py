"""Rooms: who is in them, what is kept, for how long, and by several processes at once."""

import multiprocessing
import os
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sqlalchemy import create_engine, inspect

from mnist37.errors import RoomError, RoomNotFound
from mnist37.rooms import (
    BEST,
    FILE,
    Place,
    Room,
    Rooms,
    Student,
    Task,
    Tries,
    clean_code,
    clean_nickname,
    rooms,
    spaced,
)
from mnist37.rooms.codes import LETTERS, new_code
from mnist37.rooms.database import TABLES
from mnist37.rooms.rooms import SET, UPLOAD
from mnist37.rooms.tries import PER_ADDRESS, PER_VISITOR


@pytest.fixture
def all_rooms() -> Rooms:
    return Rooms()


def a_drawing(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)


def joined(all_rooms: Rooms, room: Room, *names: str) -> list[Place]:
    return [Place(room, all_rooms.join(room.code, f"visitor {name}", name)) for name in names]


def test_a_code_can_be_typed_in_any_way() -> None:
    code = new_code()
    assert len(code) == 6
    assert set(code) <= set(LETTERS)
    assert clean_code(f" {spaced(code).lower()} ") == code
    assert clean_code(f"{code[:3]}-{code[3:]}") == code


@given(st.text())
def test_no_other_text_is_a_code(text: str) -> None:
    code = clean_code(text)
    assert code == "" or (len(code) == 6 and set(code) <= set(LETTERS))


@given(st.text())
def test_a_nickname_is_one_line_of_text_that_can_be_seen_or_is_refused(text: str) -> None:
    try:
        nickname = clean_nickname(text)
    except RoomError:
        return
    assert nickname == " ".join(nickname.split())
    assert 0 < len(nickname) <= 20
    assert nickname.isprintable()


def test_a_visitor_joins_by_the_code_and_is_found_again(all_rooms: Rooms) -> None:
    room = all_rooms.open("the teacher")
    student = all_rooms.join(room.code, "a visitor", "  Ada   Lovelace ")
    assert student.nickname == "Ada Lovelace"
    assert Rooms().place("a visitor") == Place(room, student)  # after a restart, too
    assert all_rooms.place("another visitor") is None


def test_a_nickname_is_given_once_and_can_be_refused(all_rooms: Rooms) -> None:
    room = all_rooms.open("the teacher")
    (ada,) = joined(all_rooms, room, "Ada")
    with pytest.raises(RoomError, match="“ADA” is taken in this room"):
        all_rooms.join(room.code, "a visitor", "ADA")
    all_rooms.refuse(ada.student.id)
    with pytest.raises(RoomError, match="another nickname"):
        all_rooms.join(room.code, ada.student.visitor, "ada")
    renamed = all_rooms.join(room.code, ada.student.visitor, "Grace")
    assert (renamed.id, renamed.nickname, renamed.is_refused) == (ada.student.id, "Grace", False)


def test_a_code_of_no_room_is_refused(all_rooms: Rooms) -> None:
    for code in ("", "ABCDEF", "'; drop table room; --"):
        with pytest.raises(RoomNotFound, match="No room has this code"):
            all_rooms.join(code, "a visitor", "Ada")


def test_what_the_teacher_sets_is_what_a_student_finds(all_rooms: Rooms) -> None:
    room = all_rooms.open("the teacher")
    joined(all_rooms, room, "Ada")
    all_rooms.preset(room.code, "simple-net", {"lr": 0.5}, {"lr", "rung"})
    all_rooms.give(room.code, Task(BEST, 5))
    all_rooms.send(room.code, "loss")
    all_rooms.pause(room.code, is_paused=True)
    all_rooms.show(room.code, "wall")
    place = all_rooms.place("visitor Ada")
    assert place is not None
    found = place.room
    assert (found.rung, found.settings, found.locked, found.presets) == (
        "simple-net",
        {"lr": 0.5},
        {"lr", "rung"},
        1,
    )
    assert found.task.words == "Reach the best accuracy within 5 epochs."
    assert (found.page, found.sendings, found.is_paused, found.shown) == ("loss", 1, True, "wall")


def test_drawings_are_kept_once_and_as_they_were(all_rooms: Rooms) -> None:
    room = all_rooms.open("the teacher")
    ada, ben = joined(all_rooms, room, "Ada", "Ben")
    image = a_drawing(1)
    assert all_rooms.keep_drawing(ada, image, 3)
    assert not all_rooms.keep_drawing(ada, image, 3)
    assert all_rooms.keep_drawing(ben, image, 3)
    assert all_rooms.keep_drawing(ada, a_drawing(2), 7)
    drawn = all_rooms.drawings(room.code)
    assert drawn.students.tolist() == [ada.student.id, ben.student.id, ada.student.id]
    assert drawn.digits.tolist() == [3, 3, 7]
    np.testing.assert_array_equal(drawn.images, [image, image, a_drawing(2)])
    assert drawn.of_digits((7,)).ids.tolist() == drawn.ids[2:].tolist()
    all_rooms.remove_drawing(ben.student, int(drawn.ids[0]))
    assert all_rooms.drawings(room.code).ids.tolist() == drawn.ids.tolist()  # it is not Ben's
    all_rooms.remove_drawing(ada.student, int(drawn.ids[0]))
    assert all_rooms.drawings(room.code).ids.tolist() == drawn.ids[1:].tolist()


def test_runs_come_in_the_order_of_adding(all_rooms: Rooms) -> None:
    room = all_rooms.open("the teacher")
    (ada,) = joined(all_rooms, room, "Ada")
    for run_id in ("b", "c", "a"):  # ids of runs of one second differ by chance
        all_rooms.note_run(ada, run_id)
    assert [run.run_id for run in all_rooms.runs(room.code)] == ["b", "c", "a"]


def test_a_student_who_leaves_takes_everything_along(all_rooms: Rooms) -> None:
    room = all_rooms.open("the teacher")
    ada, ben = joined(all_rooms, room, "Ada", "Ben")
    for place in (ada, ben):
        all_rooms.keep_drawing(place, a_drawing(1), 3)
        all_rooms.answer(place, "loss", "No", is_right=True)
        all_rooms.note_run(place, f"run of {place.student.nickname}")
    all_rooms.leave(ada.student)
    assert [student.nickname for student in all_rooms.students(room.code)] == ["Ben"]
    assert all_rooms.drawings(room.code).students.tolist() == [ben.student.id]
    assert [answer.student for answer in all_rooms.answers(room.code)] == [ben.student.id]
    assert [run.run_id for run in all_rooms.runs(room.code)] == ["run of Ben"]


def test_nothing_of_a_deleted_room_is_left_in_the_files(all_rooms: Rooms, home: Path) -> None:
    room = all_rooms.open("the teacher")
    (ada,) = joined(all_rooms, room, "Adalovelace")
    all_rooms.keep_drawing(ada, a_drawing(1), 3)
    assert b"Adalovelace" in read_all(home)
    all_rooms.delete(room.code)
    content = read_all(home)
    assert b"Adalovelace" not in content
    assert a_drawing(1).tobytes() not in content


@pytest.mark.skipif(os.name != "posix", reason="there are no such permissions")
def test_other_users_of_the_machine_read_no_nickname(all_rooms: Rooms, home: Path) -> None:
    joined(all_rooms, all_rooms.open("the teacher"), "Ada")
    assert {path.stat().st_mode & 0o077 for path in home.glob(f"{FILE}*")} == {0}


def read_all(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.glob(f"{FILE}*"))


def test_a_closed_room_takes_nothing_more_and_keeps_what_it_has(all_rooms: Rooms) -> None:
    room = all_rooms.open("the teacher")
    (ada,) = joined(all_rooms, room, "Ada")
    all_rooms.keep_drawing(ada, a_drawing(1), 3)
    all_rooms.close_room(room.code)
    with pytest.raises(RoomError, match="closed"):
        all_rooms.join(room.code, "another", "Ben")
    with pytest.raises(RoomError, match="closed"):
        all_rooms.keep_drawing(ada, a_drawing(2), 3)
    assert all_rooms.place(ada.student.visitor) is None
    assert len(all_rooms.drawings(room.code).ids) == 1


def test_a_room_is_over_after_a_day_and_then_deleted(all_rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    room = all_rooms.open("the teacher")
    (ada,) = joined(all_rooms, room, "Ada")
    assert room.ends - room.opened == 24 * 3600
    monkeypatch.setattr(rooms.time, "time", lambda: room.ends + 1)
    assert all_rooms.place(ada.student.visitor) is None
    with pytest.raises(RoomNotFound):
        all_rooms.room(room.code)
    all_rooms.purge()
    monkeypatch.undo()
    assert all_rooms.students(room.code) == []


def test_each_limit_is_said_in_words(all_rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STUDENTS", "DRAWINGS", "UPLOADS", "SETS"):
        monkeypatch.setenv(f"MNIST37_ROOM_{name}", "1")
    monkeypatch.setenv("MNIST37_ROOMS", "1")
    room = all_rooms.open("the teacher")
    (ada,) = joined(all_rooms, room, "Ada")
    all_rooms.keep_drawing(ada, a_drawing(1), 3)
    all_rooms.spend(ada, UPLOAD)
    all_rooms.spend(ada, SET)
    with pytest.raises(RoomError, match=r"1 rooms.*MNIST37_ROOMS"):
        all_rooms.open("another teacher")
    with pytest.raises(RoomError, match=r"1 students.*MNIST37_ROOM_STUDENTS"):
        joined(all_rooms, room, "Ben")
    with pytest.raises(RoomError, match=r"1 drawings.*MNIST37_ROOM_DRAWINGS"):
        all_rooms.keep_drawing(ada, a_drawing(2), 3)
    with pytest.raises(RoomError, match=r"1 uploads.*MNIST37_ROOM_UPLOADS"):
        all_rooms.spend(ada, UPLOAD)
    with pytest.raises(RoomError, match=r"1 sets of own digits.*MNIST37_ROOM_SETS"):
        all_rooms.spend(ada, SET)


def test_many_threads_lose_and_double_nothing(all_rooms: Rooms) -> None:
    room = all_rooms.open("the teacher")
    places = joined(all_rooms, room, *(f"student {number}" for number in range(10)))

    def draw(number: int, place: Place) -> None:
        for seed in range(10):
            for _ in range(2):
                all_rooms.keep_drawing(place, a_drawing(100 * number + seed), seed)

    threads = [threading.Thread(target=draw, args=(number, place)) for number, place in enumerate(places)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drawn = all_rooms.drawings(room.code)
    assert sorted(zip(drawn.students.tolist(), drawn.digits.tolist(), strict=True)) == sorted(
        (place.student.id, seed) for place in places for seed in range(10)
    )


def _draw_elsewhere(path: Path, code: str, student: Student, seeds: range) -> None:
    elsewhere = Rooms(path)
    place = Place(elsewhere.room(code), student)
    for seed in seeds:
        elsewhere.keep_drawing(place, a_drawing(seed), seed % 10)


def test_two_processes_write_to_one_file_at_the_same_time(home: Path) -> None:
    path = home / FILE
    all_rooms = Rooms(path)
    room = all_rooms.open("the teacher")
    (ada,) = joined(all_rooms, room, "Ada")
    args = path, room.code, ada.student, range(20)
    other = multiprocessing.get_context("spawn").Process(target=_draw_elsewhere, args=args)
    other.start()
    seed = 1000
    while other.exitcode is None:  # this one writes meanwhile, too
        all_rooms.keep_drawing(ada, a_drawing(seed), seed % 10)
        seed += 1
        other.join(0.02)
    assert other.exitcode == 0
    assert len(all_rooms.drawings(room.code).ids) == 20 + seed - 1000


def test_the_migrations_make_the_tables_that_the_code_uses(home: Path) -> None:
    Rooms(home / FILE).open("the teacher")
    made, meant = (create_engine(f"sqlite:///{home / name}") for name in (FILE, "meant.sqlite"))
    TABLES.create_all(meant)

    def forms(engine: object) -> dict[str, list[tuple[str, str, bool]]]:
        found = inspect(engine)
        return {
            table: [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)]
            for table in sorted(found.get_table_names())
            if table != "alembic_version"
        }

    assert forms(made) == forms(meant)
    for engine in (made, meant):
        engine.dispose()


def test_a_damaged_file_is_said_and_left_as_it_is(home: Path) -> None:
    home.mkdir(exist_ok=True)
    path = home / FILE
    path.write_bytes(b"no database, but something of somebody's" * 100)
    with pytest.raises(RoomError, match=r"cannot be used.*must be moved away"):
        Rooms(path).open("the teacher")
    assert path.read_bytes().startswith(b"no database")


def test_a_full_disk_is_said_and_nothing_is_half_kept(home: Path) -> None:
    all_rooms = Rooms(home / FILE)
    room = all_rooms.open("the teacher")
    (ada,) = joined(all_rooms, room, "Ada")
    all_rooms.close()
    with sqlite3.connect(home / FILE) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    full = Rooms(home / FILE)
    with full._database.writing() as connection:  # SQLite's own way to say that there is no room
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    for seed in range(100):
        try:
            full.keep_drawing(ada, a_drawing(seed), 3)
        except RoomError as error:
            assert "full" in str(error)  # noqa: PT017 - which drawing is the first too many is SQLite's affair
            break
    else:
        pytest.fail("the disk was never full")
    assert len(full.drawings(room.code).ids) == seed


def test_nobody_guesses_codes() -> None:
    tries = Tries()
    for _ in range(PER_VISITOR):
        tries.check("a visitor", "")
        tries.note_wrong("a visitor", "")
    with pytest.raises(RoomError, match="too many wrong codes"):
        tries.check("a visitor", "")
    tries.check("another visitor", "")


def test_new_visitors_of_one_address_do_not_guess_codes_either() -> None:
    tries = Tries()
    for number in range(PER_ADDRESS):
        tries.check(f"visitor {number}", "192.0.2.1")
        tries.note_wrong(f"visitor {number}", "192.0.2.1")
    with pytest.raises(RoomError, match="too many wrong codes"):
        tries.check("one more", "192.0.2.1")
    tries.check("one more", "192.0.2.2")
