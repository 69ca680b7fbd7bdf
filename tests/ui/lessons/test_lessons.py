"""Every lesson opens populated, asks a question with one right answer, shows the code that ran and leads to the Lab."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from mnist37.ui.lessons.shared.table import LESSONS, Lesson, number_of
from tests.ui.conftest import visit_of

OpenApp = Callable[..., AppTest]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_opens_and_its_question_has_one_right_answer(open_app: OpenApp, lesson: Lesson) -> None:
    app = open_app().switch_page(lesson.page).run()
    assert not app.exception
    assert not app.error
    assert any(lesson.first in element.value for element in app.markdown)
    assert any("def " in block.value or "class " in block.value for block in app.code)
    link = next(element for element in app.get("page_link") if "Try it in the Lab" in element.proto.label)
    assert "rung=" in link.proto.query_string
    right = []
    for answer in app.radio(key=f"{lesson.name}_answer").options:
        app.radio(key=f"{lesson.name}_answer").set_value(answer).run()
        assert not app.exception
        right += [answer] * bool(app.success)
        assert bool(app.success) != bool(app.warning)
    assert len(right) == 1
    assert app.query_params["done"] == str(number_of(lesson))


def test_progress_comes_back_by_link_and_goes_on(open_app: OpenApp) -> None:
    app = open_app(done="2-4-99-x-²")
    assert visit_of(app)["lessons_done"] == {2, 4}
    app.switch_page("pages/weights.py").run()
    assert app.query_params["done"] == "2-4"


def test_a_lesson_sets_the_labs_knobs_once(open_app: OpenApp) -> None:
    app = open_app()
    for name, value in {"rung": "simple-net", "lr": "1", "take": "1"}.items():
        app.query_params[name] = value
    app.run()
    assert app.radio(key="lab_rung").value == "simple-net"
    assert app.select_slider(key="lab_simple-net_lr").value == 1.0
    assert "take" not in app.query_params
    app.query_params["rung"], app.query_params["take"] = "linear-torch", "1"
    app.run()
    assert app.radio(key="lab_rung").value == "simple-net"


def test_a_lesson_does_not_turn_what_a_teacher_froze(open_app: OpenApp) -> None:
    app = open_app(rung="linear-scratch", lr="0.5", lock="lr")
    for name, value in {"rung": "linear-scratch", "lr": "1", "batch_size": "16", "take": "1"}.items():
        app.query_params[name] = value
    app.run()
    assert app.select_slider(key="lab_linear-scratch_lr").value == 0.5
    assert app.select_slider(key="lab_linear-scratch_batch_size").value == 16
