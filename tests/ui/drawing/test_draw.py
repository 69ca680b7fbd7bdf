"""The Draw page's parts that need no browser: the sheet, the answering runs, the digits to take, and the answers."""

import io
from collections.abc import Callable

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist37.data import load_digits, to_mnist
from mnist37.evaluation import Answers
from mnist37.rungs import LADDER
from mnist37.ui.answers.answering import answering_runs
from mnist37.ui.drawing import stages
from mnist37.ui.drawing.brought import _offered, _take, bring, brought, go_on_offering
from mnist37.ui.drawing.sheet import (
    BLANK,
    MAX_STATES,
    PLACED_SIDE,
    Sheet,
    State,
    first_drawing,
    lay_digit,
    lay_ink,
    sheet,
)
from mnist37.ui.drawing.unlike import FULL_SHARE, ink_share
from mnist37.ui.shell.start import engine
from tests.ui.conftest import visit_of

OpenApp = Callable[..., AppTest]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A visitor's memory without a visitor."""
    memory: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", memory)
    return memory


def png(ink: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(ink).save(file, "PNG")
    return file.getvalue()


def test_what_was_on_the_sheet_can_be_had_back() -> None:
    page, first, second = Sheet(), State(b"1", {}, 280), State(b"2", {}, 280)
    page.receive(first)
    page.receive(first)  # the canvas sends the same again and again
    page.receive(second)
    assert (page.now, page.number) == (second, 0)
    page.undo()
    assert (page.now, page.number) == (first, 1)
    page.clear()
    assert (page.now, page.number) == (BLANK, 2)
    page.undo()
    assert page.now == first
    page.undo()
    page.undo()
    assert page.now is BLANK
    assert not page.can_undo


def test_the_sheet_forgets_the_oldest() -> None:
    page = Sheet()
    for number in range(100):
        page.receive(State(bytes([number]), {}, 280))
    assert len(page.states) == MAX_STATES
    assert page.now.png == bytes([99])


@pytest.mark.usefixtures("session")
def test_a_digit_on_the_sheet_is_the_same_digit_to_a_model() -> None:
    digits = load_digits()
    same = 0
    for image in digits.valid_images[:60]:
        lay_digit(image)
        prepared = sheet().prepared()
        assert prepared is not None
        assert (prepared.as_drawn == image).all()
        same += bool((prepared.image == image).all())
    assert same >= 57  # of MNIST's digits, 99 of 100 come back from their own preparation unchanged


@pytest.mark.usefixtures("session")
def test_the_ink_of_a_picture_lies_in_the_middle_as_large_as_a_digit() -> None:
    ink = np.zeros((600, 900), np.uint8)
    ink[100:200, 700:720] = 255
    lay_ink(ink)
    prepared = sheet().prepared()
    assert prepared is not None
    left, top, right, bottom = prepared.box
    assert (bottom - top, right - left) == (200, 40)
    assert (left + right, top + bottom) == (PLACED_SIDE, PLACED_SIDE)


@pytest.mark.usefixtures("session")
def test_a_blank_picture_is_a_blank_drawing() -> None:
    lay_ink(np.zeros((60, 90), np.uint8))
    prepared = sheet().prepared()
    assert prepared is None or prepared.is_blank


def sevens(count: int) -> np.ndarray:
    """Sevens side by side, at most ten in a row, uint8 `[280 * rows, 200 * columns]`."""
    seven = np.zeros((280, 200), np.uint8)
    seven[40:60, 40:160] = seven[60:240, 130:155] = 255
    row = np.concatenate([seven] * min(count, 10), axis=1)
    return np.concatenate([row] * -(-count // 10))


@pytest.mark.usefixtures("session")
def test_a_picture_that_is_refused_or_blank_leaves_the_drawing_as_it_is() -> None:
    bring(png(sevens(1)))
    drawn = sheet().now
    assert drawn is not BLANK
    for data, why in ((b"%PDF-1.7", "it is a PDF document"), (png(np.zeros((50, 60), np.uint8)), "Nothing is drawn")):
        bring(data)
        assert why in brought().refusal
        assert sheet().now is drawn
    bring(png(sevens(1)))
    assert brought().refusal == ""


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(("count", "difference"), [(2, 0.1), (5, 8), (60, 15)])  # a large picture is made smaller
def test_several_digits_wait_until_one_is_taken(count: int, difference: float) -> None:
    bring(png(sevens(count)))
    assert sheet().now is BLANK
    several = brought().several
    assert several is not None
    assert len(several.digits) == count
    _take(str(count - 1))
    prepared = sheet().prepared()
    assert prepared is not None
    assert np.abs(prepared.image.astype(int) - to_mnist(sevens(1)).image).mean() < difference
    assert brought().several is not None  # the others stay
    _take("60")  # an old page may ask for what is not there
    bring(png(sevens(1)))
    assert brought().several is None


@pytest.mark.usefixtures("session")
def test_several_digits_drawn_on_the_canvas_are_offered_until_it_is_cleared() -> None:
    sheet().receive(
        State(png(np.stack([sevens(2)] * 3 + [np.full((280, 400), 255, np.uint8)], 2)), {"objects": []}, 280)
    )
    both = sheet().now
    several = _offered(sheet().prepared())
    assert several is not None
    assert (len(several.digits), several.drawing) == (2, both.png)
    _take("1")
    assert _offered(sheet().prepared()) is not None
    sheet().undo()
    assert sheet().now is both
    sheet().clear()
    assert _offered(sheet().prepared()) is None
    sheet().undo()
    assert _offered(sheet().prepared()) is not None
    _take("0")
    go_on_offering()  # what was taken is kept as one's own, and the canvas is clear for the next one
    sheet().clear()
    assert _offered(sheet().prepared()) is not None


def test_a_canvas_begins_with_the_strokes_or_with_a_picture_of_them() -> None:
    drawn = State(png(np.zeros((280, 280), np.uint8)), {"objects": [{"type": "Path"}]}, 280)
    assert first_drawing(BLANK, 280) is None
    assert first_drawing(drawn, 280) == drawn.strokes
    (picture,) = first_drawing(drawn, 140)["objects"]
    assert (picture["type"], picture["scaleX"], picture["scaleY"]) == ("Image", 0.5, 0.5)


def test_each_rung_has_a_judge_and_the_current_run_judges_its_rung(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = visit_of(open_app())["run"]
    monkeypatch.setattr("mnist37.ui.answers.answering.current_run", lambda _: run_id)
    models = answering_runs(engine(), load_digits())
    assert [model.rung.name for model in models] == list(LADDER)
    assert [model.info.id for model in models if model.rung.name == "linear-scratch" and model.info] == [run_id]


def test_the_losses_of_answers_are_the_logistic_ones() -> None:
    logits, labels = np.float32([2.0, -2.0, 0.5, -300.0]), np.uint8([1, 1, 0, 0])
    said = Answers(1, logits, labels)
    expected = -np.log(1 / (1 + np.exp(-np.where(labels == 1, 1, -1) * logits.astype(np.float64))))
    np.testing.assert_allclose(said.losses, expected, atol=1e-12)
    assert said.by_loss() == [1, 2, 0, 3]
    assert said.mistakes() == [1, 2]
    assert said.count(7, 3) == 1
    assert said.count(7, 3, above=1.0) == 0
    assert said.accuracy_above(1.0) == 0.75


def test_no_digit_is_taken_for_a_filled_shape() -> None:
    digits = load_digits()
    assert max(ink_share(to_mnist(image)) for image in digits.train_images) < FULL_SHARE
    assert ink_share(to_mnist(np.full((280, 280), 255, np.uint8))) == 1.0


@pytest.mark.parametrize("size", [1, 2, 3, 40, 280])
def test_the_box_is_drawn_around_ink_of_any_size(size: int) -> None:
    ink = np.zeros((280, 280), np.uint8)
    ink[280 - size :, 280 - size :] = 255
    prepared = to_mnist(ink)
    assert stages._with_box(prepared).shape == (stages.SIZE, stages.SIZE)
