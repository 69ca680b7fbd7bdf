"""Twenty rooms at once, two apps that share one home, and codes of rooms that there are not."""

import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from mnist37.rooms import FILE, Rooms
from mnist37.ui.shell.who import VISITOR_COOKIE
from mnist37.visitor import new_visitor, to_cookie
from tests.browser.server import Server
from tests.engine.conftest import until

from .counts import times
from .tab import Tab
from .test_malformed import ODD, odd_text

PAUSED = "Your teacher has paused this screen."
STUDENTS = 3
"""In each of the rooms."""


@pytest.fixture
def rooms(server: Server) -> Iterator[Rooms]:
    """The rooms of the server, from outside; those that a test opened are deleted."""
    rooms = Rooms(server.home / FILE)
    yield rooms
    for room in rooms.rooms():
        rooms.delete(room.code)
    rooms.close()


def student_cookie(server: Server) -> str:
    return f"{VISITOR_COOKIE}={server.by_host(lambda: to_cookie(new_visitor()))}"


def teacher_tab(server: Server) -> Tab:
    return Tab(server.url, page="room", cookie=f"{VISITOR_COOKIE}={server.host_cookie()}")


def open_room(tab: Tab) -> str:
    """Open a room by its button; its code, from the notice."""
    tab.open().run(tab.pressed("Open a room"))
    assert tab.exceptions == []
    (code,) = re.findall(r"The room (\w{3} \w{3}) is open", "\n".join(tab.said))
    return str(code).replace(" ", "")


def join(tab: Tab, nickname: str, code: str = "") -> None:
    """Fill in the form of the room's page, and press Join."""
    typed = {"Your nickname": nickname} | ({"Code of the room": code} if code else {})
    values = [WidgetState(id=tab.fields[label], string_value=text) for label, text in typed.items()]
    tab.run(*values, tab.pressed("Join"))


def test_many_rooms_at_once_get_their_own_students(server: Server, rooms: Rooms) -> None:
    def hold(number: int, teacher: Tab, cookies: list[str]) -> tuple[str, set[str]]:
        with teacher:
            code = open_room(teacher)
            names = [f"{number} and {student}" for student in range(STUDENTS)]
            for name, cookie in zip(names, cookies, strict=True):
                with Tab(server.url, f"room={code}", "room", cookie) as tab:
                    join(tab.open(), name)
                    tab.wait_until_said(f"You are **{name}** in the room")
                    assert tab.exceptions == []
            teacher.wait_until_said(f"{STUDENTS} students")
            assert teacher.exceptions == []
            return code, {*names}

    many = times(4, 20)
    teachers = [teacher_tab(server) for _ in range(many)]
    cookies = [[student_cookie(server) for _ in range(STUDENTS)] for _ in range(many)]
    with ThreadPoolExecutor(many) as together:
        held = list(together.map(hold, range(many), teachers, cookies))
    assert len({code for code, _ in held}) == many
    for code, names in held:
        assert {student.nickname for student in rooms.students(code)} == names


def test_codes_of_no_room_are_refused_in_words(server: Server, rooms: Rooms) -> None:
    chooses, room = random.Random(37), rooms.open("the teacher")
    wrong = [*ODD, *(odd_text(chooses) for _ in range(times(0, 100 - len(ODD))))]
    for code in wrong[: times(12, 100)]:
        with Tab(server.url, "", "room", student_cookie(server)) as tab:
            join(tab.open(), "Ada", code or " ")
            assert tab.exceptions == [], code
            assert not any("You are" in words for words in tab.said), code
    assert rooms.students(room.code) == []


def test_a_class_on_two_apps_that_share_their_home(server: Server, rooms: Rooms, tmp_path: Path) -> None:
    with Server(server.home, tmp_path / "log", workers=1) as other, teacher_tab(server) as teacher:
        code = open_room(teacher)
        with Tab(other.url, f"room={code}", "room", student_cookie(other)) as student:
            join(student.open(), "Ada")
            student.wait_until_said("You are **Ada** in the room")
            teacher.wait_until_said("1 student")
            student.settle()
            teacher.press("Eyes up")
            student.wait()  # its page runs again without being asked for it
            assert any(PAUSED in words for words in student.said)
            teacher.settle()
            student.said.clear()
            teacher.press("Go on")
            student.wait()
            assert student.said
            assert not any(PAUSED in words for words in student.said)
            student.connect_again()
            teacher.settle()
            teacher.press("Eyes up")
            student.wait()
            assert any(PAUSED in words for words in student.said)
            with Tab(other.url, "", cookie=student.cookie) as lab:
                lab.open().press("Train")
                until(lambda: rooms.runs(code))
            until(lambda: (teacher.run(), not any("not started" in words for words in teacher.said))[1])
            assert teacher.exceptions == student.exceptions == lab.exceptions == []
    assert [run.student for run in rooms.runs(code)] == [student.id for student in rooms.students(code)]
