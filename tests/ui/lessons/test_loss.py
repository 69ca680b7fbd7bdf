"""The lesson on the loss without a browser: what is said of a move, of a zoom and of a wrong reading."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

OpenApp = Callable[..., AppTest]


@pytest.fixture
def lesson(open_app: OpenApp) -> AppTest:
    return open_app().switch_page("pages/loss.py").run()


def said(app: AppTest, start: str) -> str:
    return next(text.value for text in app.markdown if text.value.startswith(start))


def test_a_move_keeps_its_place_in_the_figure_when_one_zooms(lesson: AppTest) -> None:
    lesson.slider(key="loss_move").set_value(100).run()
    far = lesson.metric[1].value
    lesson.select_slider(key="loss_width").set_value(0.001).run()
    assert not lesson.exception
    assert lesson.slider(key="loss_move").value == 100
    assert lesson.metric[1].value != far
    assert lesson.metric[0].delta == "no change"
    assert float(lesson.metric[1].delta) < 0


def test_raw_outputs_read_as_probabilities_are_other_answers(lesson: AppTest) -> None:
    before = said(lesson, "Accuracy read this way")
    lesson.button_group(key="loss_read").set_value("preds > 0.5").run()
    assert not lesson.exception
    assert said(lesson, "Accuracy read this way") != before


def test_autograd_is_quoted(lesson: AppTest) -> None:
    assert "does not require grad" in said(lesson, "**autograd**")
