"""The descent lesson without a browser: its buttons, its presets, and what it says of a rate that is too big."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from mnist37.ui.widgets.numbers import number, rate_words

OpenApp = Callable[..., AppTest]


@pytest.fixture
def lesson(open_app: OpenApp) -> AppTest:
    return open_app().switch_page("pages/descent.py").run()


def press(app: AppTest, name: str) -> None:
    app.button(key=f"descent_{name}").click().run()
    assert not app.exception


def sentence(app: AppTest) -> str:
    return next(text.value for text in app.markdown if text.value.startswith(("Step **", ":red[**Diverged")))


def test_the_step_stays_when_the_rate_changes(lesson: AppTest) -> None:
    assert sentence(lesson).startswith("Step **0**")
    for _ in range(3):
        press(lesson, "button step")
    at_the_chapters = sentence(lesson)
    assert at_the_chapters.startswith("Step **3** of 60")
    press(lesson, "preset Too small")
    assert sentence(lesson).startswith("Step **3** of 60")
    assert sentence(lesson) != at_the_chapters
    press(lesson, "button reset")
    assert sentence(lesson).startswith("Step **0**")


def test_divergence_is_a_sentence_that_names_the_step(lesson: AppTest) -> None:
    press(lesson, "preset Diverging")
    steps = 0
    while not lesson.button(key="descent_button step").disabled:
        press(lesson, "button step")
        steps += 1
    assert f"Diverged at step {steps}**" in sentence(lesson)
    press(lesson, "preset Good")
    assert sentence(lesson).startswith(f"Step **{steps}**")


def test_a_rate_for_scaled_t_is_brought_into_the_slider_when_t_is_not_scaled_any_more(lesson: AppTest) -> None:
    lesson.toggle(key="descent_scaled").set_value(True).run()
    press(lesson, "preset Good")
    assert lesson.select_slider(key="descent_lr").value > 0.1
    lesson.toggle(key="descent_scaled").set_value(False).run()
    assert not lesson.exception
    assert lesson.select_slider(key="descent_lr").value < 1e-3


@pytest.mark.parametrize(
    ("value", "words"),
    [(1e-5, "1e-5"), (1.5e-6, "1.5e-6"), (3.3e-5, "3.3e-5"), (0.39, "0.39"), (2.2, "2.2")],
)
def test_rates_are_written_as_people_write_them(value: float, words: str) -> None:
    assert rate_words(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0"), (56499.36, "56,499"), (0.2586, "0.2586"), (-3.2e-5, "−3.2e−5"), (7.5e12, "7.5e12")]
)
def test_numbers_of_any_size_are_short(value: float, words: str) -> None:
    assert number(value) == words
