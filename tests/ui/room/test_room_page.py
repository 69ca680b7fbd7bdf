"""The room's page, and what a room does on other pages, without a browser."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist37.errors import RoomError
from mnist37.rooms import BEST, Place, Room, Rooms, Task
from mnist37.rungs import settings_for
from mnist37.ui.room.files import room_zip
from mnist37.ui.room.progress import class_progress
from mnist37.ui.shell import classroom
from mnist37.ui.shell.start import start
from mnist37.ui.visit import PLACE, ROOM_TAUGHT, VISITOR
from mnist37.visitor import Visitor
from tests.engine.conftest import until
from tests.ui.conftest import visit_of

TEACHER = Visitor("the teacher", is_host=True)

OpenApp = Callable[..., AppTest]


@pytest.fixture
def all_rooms(engine_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rooms]:
    monkeypatch.setenv("MNIST37_HOME", str(engine_home))
    classroom.rooms.cache_clear()
    classroom.tries.cache_clear()
    found = classroom.rooms()
    yield found
    for room in found.rooms():
        found.delete(room.code)
    found.close()


@pytest.fixture
def room(all_rooms: Rooms) -> Room:
    return all_rooms.open(TEACHER.id)


@pytest.fixture
def as_visitor(open_app: OpenApp) -> Callable[..., AppTest]:
    """The app as a visitor sees it, on the room's page or another one."""

    def open_as(visitor: Visitor, page: str = "pages/room.py", **query: str) -> AppTest:
        app = open_app(**query)
        visit_of(app)[VISITOR.key] = visitor
        return app.switch_page(page).run()

    return open_as


def texts(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(
        str(element.value) for kind in (app.markdown, app.caption, app.error, app.info) for element in kind
    )


def join(app: AppTest, code: str, nickname: str) -> AppTest:
    app.text_input(key="room_code").set_value(code)
    app.text_input(key="room_nickname").set_value(nickname)
    next(button for button in app.button if button.label == "Join").click()
    return app.run()


def toasts(app: AppTest) -> str:
    return "\n".join(toast.value for toast in app.toast)


def test_only_the_host_opens_a_room(as_visitor: Callable[..., AppTest], all_rooms: Rooms) -> None:
    stranger = as_visitor(Visitor("a stranger"))
    assert not [button for button in stranger.button if button.key == "room_open"]
    assert "Ask them for a code" in texts(stranger)
    teacher = as_visitor(TEACHER)
    teacher.button(key="room_open").click().run()
    (room,) = all_rooms.rooms()
    assert room.host == TEACHER.id
    assert f"{room.code[:3]} {room.code[3:]}" in texts(teacher)
    assert "Nobody has joined yet" in texts(teacher)


def test_a_stranger_does_not_teach_by_the_code(as_visitor: Callable[..., AppTest], room: Room) -> None:
    app = as_visitor(Visitor("a stranger"), room=room.code)
    assert not [button for button in app.button if button.key == "room_pause"]
    visit_of(app)[ROOM_TAUGHT.key] = room.code
    app.run()
    assert not [button for button in app.button if button.key == "room_pause"]


def test_a_student_joins_trains_and_is_on_the_board(
    as_visitor: Callable[..., AppTest], all_rooms: Rooms, room: Room
) -> None:
    app = join(as_visitor(Visitor("ada")), f" {room.code.lower()}", "Ada")
    assert "You are **Ada**" in texts(app)
    app.switch_page("pages/lab.py").run()
    app.button(key="train").click().run()
    (run,) = all_rooms.runs(room.code)
    assert start().engine.wait_until_as_asked(run.run_id, 0)
    board = as_visitor(TEACHER, room=room.code)
    assert "1 student" in texts(board)


def test_wrong_codes_are_said_and_counted(as_visitor: Callable[..., AppTest], room: Room) -> None:
    app = as_visitor(Visitor("eve"))
    for _ in range(8):
        assert "No room has this code" in toasts(join(app, "ABCDEF", "Eve"))
    assert "too many wrong codes" in toasts(join(app, room.code, "Eve"))
    assert PLACE.key not in visit_of(app) or visit_of(app)[PLACE.key] is None


def test_a_nickname_that_is_taken_or_empty_is_refused(as_visitor: Callable[..., AppTest], room: Room) -> None:
    join(as_visitor(Visitor("ada")), room.code, "Ada")
    app = as_visitor(Visitor("ben"))
    assert "is taken" in toasts(join(app, room.code, "ada"))
    assert "no letter" in toasts(join(app, room.code, " . "))
    assert "You are **Ben**" in texts(join(app, room.code, "Ben"))


def test_the_teacher_s_settings_reach_the_lab_and_are_locked(
    as_visitor: Callable[..., AppTest], all_rooms: Rooms, room: Room
) -> None:
    app = join(as_visitor(Visitor("ada")), room.code, "Ada")
    all_rooms.preset(room.code, "simple-net", {"lr": 0.5, "hidden": 7}, {"lr", "rung"})
    all_rooms.give(room.code, Task(BEST, 5))
    app.switch_page("pages/lab.py").run()
    assert "Locked by your teacher: model, learning rate." in texts(app)
    assert "Reach the best accuracy within 5 epochs" in texts(app).replace("\\", "")
    lr = app.select_slider(key="lab_simple-net_lr")
    assert (lr.value, lr.disabled) == (0.5, True)
    assert app.session_state["lab_simple-net_hidden"] == 7
    all_rooms.delete(room.code)
    app.run()
    assert not app.select_slider(key="lab_simple-net_lr").disabled


def test_a_paused_screen_is_covered(as_visitor: Callable[..., AppTest], all_rooms: Rooms, room: Room) -> None:
    app = join(as_visitor(Visitor("ada")), room.code, "Ada")
    teacher = as_visitor(TEACHER, room=room.code)
    teacher.button(key="room_pause").click().run()
    app.run()
    assert any("Eyes up" in element.proto.body for element in app.get("html"))
    teacher.button(key="room_pause").click().run()
    app.run()
    assert not any("Eyes up" in element.proto.body for element in app.get("html"))


def test_a_class_moves_no_part_of_a_page(as_visitor: Callable[..., AppTest], all_rooms: Rooms, room: Room) -> None:
    """What a fragment sends would arrive at another part's place, and the browser would show an empty page."""

    def places(app: AppTest) -> list[int]:
        return [place for place, block in app.main.children.items() if block.type != "html"]

    app = as_visitor(Visitor("ada"), "pages/words.py")
    before = places(app)
    join(as_visitor(Visitor("ada")), room.code, "Ada")
    assert places(app.run()) == before
    assert f"in the class {room.code[:3]}" in texts(app)
    all_rooms.pause(room.code, is_paused=True)
    assert places(app.run()) == before


def test_a_class_is_sent_to_a_lesson_once(as_visitor: Callable[..., AppTest], all_rooms: Rooms, room: Room) -> None:
    app = join(as_visitor(Visitor("ada")), room.code, "Ada")
    all_rooms.send(room.code, "loss")
    app.run()
    assert any("Why accuracy cannot be the loss" in title.value for title in app.title)
    app.switch_page("pages/draw.py").run()
    assert any("Draw" in title.value for title in app.title)


def test_answers_are_listed_by_lesson_with_the_wrong_ones_first(
    as_visitor: Callable[..., AppTest], all_rooms: Rooms, room: Room
) -> None:
    app = join(as_visitor(Visitor("ada")), room.code, "Ada")
    join(as_visitor(Visitor("ben")), room.code, "Ben")
    app.switch_page("pages/loss.py").run()
    question = app.radio(key="loss_answer")
    wrong = question.options[-1]
    question.set_value(wrong).run()
    (answer,) = all_rooms.answers(room.code)
    assert (answer.lesson, answer.answer, answer.is_right) == ("loss", wrong, False)
    teacher = as_visitor(TEACHER, room=room.code)
    teacher.session_state["room_view"] = "Answers"
    teacher.run()
    shown = texts(teacher).replace("\\", "")
    assert "1 of 2 answered, 0 of them right at the first try" in shown
    assert f"wrong, 1 ×: “{wrong}” (Ada)" in shown
    assert "not answered: Ben" in shown


def some_digits(number: int) -> tuple[np.ndarray, list[int]]:
    digits = start().digits
    assert digits is not None
    return digits.valid_images[:number], [digits.classes.digit(int(label)) for label in digits.valid_labels[:number]]


def test_the_class_s_digits_judge_each_model_and_train_one_without_a_student(
    as_visitor: Callable[..., AppTest], all_rooms: Rooms, room: Room
) -> None:
    places = [Place(room, all_rooms.join(room.code, name, name)) for name in ("Ada", "Ben")]
    for index, (image, digit) in enumerate(zip(*some_digits(10), strict=True)):
        all_rooms.keep_drawing(places[index % 2], image, digit)
    engine, digits = start().engine, start().digits
    assert digits is not None
    run_id = engine.submit(settings_for("linear-scratch"), digits, "Ada")
    all_rooms.note_run(places[0], run_id)
    wait_until_over(run_id)
    teacher = as_visitor(TEACHER, room=room.code)
    teacher.session_state["room_view"] = "The class's digits"
    teacher.run()
    assert "**10 digits**" in texts(teacher)
    teacher.selectbox(key="class_rung").set_value("linear-scratch")
    teacher.button(key="class_leave_out").click().run()
    left_out = [run for run in all_rooms.runs(room.code) if run.left_out is not None]
    assert [run.left_out for run in left_out] == [place.student.id for place in places]
    for run in left_out:
        wait_until_over(run.run_id)
        assert engine.info(run.run_id).n_own == 5  # those of the other one
    teacher.run()
    assert not teacher.exception


def wait_until_over(run_id: str) -> None:
    until(lambda: start().engine.info(run_id).status.is_over)


def test_a_room_is_taken_along_and_deleted_with_its_runs(
    as_visitor: Callable[..., AppTest], all_rooms: Rooms, room: Room
) -> None:
    place = Place(room, all_rooms.join(room.code, "ada", "=Ada()"))
    image, digit = (values[0] for values in some_digits(1))
    all_rooms.keep_drawing(place, image, digit)
    all_rooms.answer(place, "loss", "No", is_right=True)
    engine, digits = start().engine, start().digits
    assert digits is not None
    run_id = engine.submit(settings_for("linear-scratch"), digits, "ada")
    all_rooms.note_run(place, run_id)
    teacher = as_visitor(TEACHER, room=room.code)
    teacher.session_state["room_view"] = "Set up"
    teacher.run()
    packed = room_zip(
        class_progress(engine, all_rooms, room), all_rooms.answers(room.code), all_rooms.drawings(room.code)
    )
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        number = all_rooms.drawings(room.code).ids[0]
        assert sorted(archive.namelist()) == ["answers.csv", f"digits/{digit}/_Ada__-{number}.png", "runs.csv"]
        (row,) = csv.DictReader(io.StringIO(archive.read("runs.csv").decode("utf-8-sig")))
    assert row["student"] == "'=Ada()"  # no formula
    assert row["id"] == run_id
    teacher.button(key="room_delete").click().run()
    assert all_rooms.rooms() == []
    assert run_id not in [run.id for run in engine.store.runs()]


def test_a_student_leaves_and_is_forgotten(as_visitor: Callable[..., AppTest], all_rooms: Rooms, room: Room) -> None:
    app = join(as_visitor(Visitor("ada")), room.code, "Ada")
    app.button(key="room_leave").click().run()
    assert all_rooms.students(room.code) == []
    assert [button for button in app.button if button.label == "Join"]


def test_a_damaged_file_of_rooms_is_said_on_a_page(
    as_visitor: Callable[..., AppTest], all_rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RoomError("The class rooms cannot be used (database disk image is malformed).", "Move it away.")

    all_rooms.open(TEACHER.id)
    monkeypatch.setattr(Rooms, "place", fail)
    app = as_visitor(Visitor("ada"), "pages/lab.py")
    assert "The class rooms cannot be used" in texts(app).replace("\\", "")
    assert app.button(key="train")
