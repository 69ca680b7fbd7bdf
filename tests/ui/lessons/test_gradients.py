"""Lesson 3: the page tells what autograd says, whatever is pressed, on every function."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from mnist37.ui.lessons.gradients.choice import LOSS, NAMES, PLAIN
from mnist37.ui.lessons.gradients.lesson import LINE, MANY, SLOPE, ZERO
from mnist37.ui.lessons.gradients.slope import slope_figure
from mnist37.ui.lessons.gradients.zero import descents_figure

OpenApp = Callable[..., AppTest]


@pytest.fixture
def lesson(open_app: OpenApp) -> AppTest:
    return open_app().switch_page("pages/gradients.py").run()


def said(app: AppTest, sign: str) -> str:
    return next(element.value for element in app.markdown if sign in element.value)


def test_the_slope_follows_x_and_the_nudge_comes_near(lesson: AppTest) -> None:
    lesson.slider(key="gradients_x_x**2").set_value(-2.0).run()
    assert "**-4**" in said(lesson, "by autograd")
    assert "| -3 |" in said(lesson, "by autograd")
    lesson.select_slider(key="gradients_h").set_value(0.01).run()
    assert "| +0.01 |" in said(lesson, "by autograd")
    lesson.select_slider(key="gradients_h").set_value(1e-6).run()
    assert any("7 digits" in caption.value for caption in lesson.caption)


@pytest.mark.parametrize("view", [SLOPE, LINE, ZERO, MANY])
def test_every_look_at_every_function_works(lesson: AppTest, view: str) -> None:
    lesson.segmented_control(key="gradients_view").set_value(view).run()
    for name in NAMES if view != MANY else ():
        lesson.pills(key="gradients_function").set_value(name).run()
        assert not lesson.exception
        assert not lesson.error


def test_two_backwards_add_up_and_zero_starts_anew(lesson: AppTest) -> None:
    lesson.segmented_control(key="gradients_view").set_value(LINE).run()
    for line, told in (
        ("y.backward()", "used the record up"),
        ("y = f(x)", "PowBackward0"),
        ("y.backward()", "now it is **12**"),
        ("x.grad.zero_()", "0 again"),
    ):
        lesson.button(key=f"gradients_{line}").click().run()
        assert told in "".join(element.value for element in (*lesson.info, *lesson.warning))
    lesson.button(key="gradients_over").click().run()
    lesson.button(key="gradients_x.grad.zero_()").click().run()
    assert "first backward" in lesson.warning[0].value
    for _ in range(13):
        lesson.button(key="gradients_y = f(x)").click().run()
    assert lesson.button(key="gradients_y = f(x)").disabled
    assert not lesson.exception


def test_a_function_stays_as_it_was_left(lesson: AppTest) -> None:
    lesson.pills(key="gradients_function").set_value(LOSS).run()
    assert "0.5" in said(lesson, "by autograd")
    lesson.switch_page("pages/weights.py").run()
    lesson.switch_page("pages/gradients.py").run()
    assert lesson.pills(key="gradients_function").value == LOSS


def test_the_tangent_touches_the_curve() -> None:
    figure = slope_figure(PLAIN[0], 3.0, 1.0)
    tangent = next(trace for trace in figure["data"] if trace["name"] == "tangent")
    (left, right), (low, high) = tangent["x"], tangent["y"]
    assert (high - low) / (right - left) == pytest.approx(6)
    assert low + (3 - left) * 6 == pytest.approx(9)


def test_a_descent_out_of_all_bounds_ends() -> None:
    figure = descents_figure({True: [1.0, 0.5], False: [1.0, float("nan"), 1e9, float("inf")]}, PLAIN[0])
    assert figure["data"][1]["y"] == [1.0, None, None, None]
