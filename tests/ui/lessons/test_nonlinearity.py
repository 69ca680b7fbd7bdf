"""The lesson on the ReLU without a browser: what is said of a net as its knobs are turned."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

OpenApp = Callable[..., AppTest]


@pytest.fixture
def lesson(open_app: OpenApp) -> AppTest:
    return open_app().switch_page("pages/nonlinearity.py").run()


def says(app: AppTest, words: str) -> bool:
    assert not app.exception
    return any(words in text.value for text in app.markdown)


def test_without_the_relu_it_is_one_straight_line_whatever_the_number(lesson: AppTest) -> None:
    assert not says(lesson, "one straight line")
    lesson.toggle(key="nonlinearity_relu").set_value(False).run()
    assert says(lesson, "8 hidden units, and still **one straight line**")
    lesson.select_slider(key="nonlinearity_hidden").set_value(1).run()
    assert says(lesson, "1 hidden unit, and still **one straight line**")


def test_units_die_and_the_page_counts_them(lesson: AppTest) -> None:
    assert says(lesson, "All **30** units fire")
    lesson.select_slider(key="nonlinearity_digits_start").set_value(-1.0).run()
    assert says(lesson, "**30 of 30 units are dead**")
    lesson.toggle(key="nonlinearity_digits_relu").set_value(False).run()
    assert says(lesson, "none can die")


def test_a_net_that_diverges_is_told_in_a_sentence(lesson: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist37.lessons.nonlinearity.relu_net.math.isfinite", lambda loss: False)
    lesson.select_slider(key="nonlinearity_digits_hidden").set_value(2).run()
    assert not lesson.exception
    assert "diverged at step 1" in lesson.error[0].value


def test_two_layers_are_compared_with_one(lesson: AppTest) -> None:
    assert says(lesson, "answers all 200 validation digits the same")
    lesson.toggle(key="nonlinearity_between").set_value(True).run()
    assert says(lesson, "two layers are more than one")
    lesson.button(key="nonlinearity_others").click().run()
    assert not lesson.exception
