"""A visitor's own digits on the Draw page: kept as any of the ten; scored and trained with as the current two."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist37.classes import Classes
from mnist37.data import Digits, OwnSet
from mnist37.ui.drawing.sheet import BLANK, Sheet, State
from mnist37.ui.shell.start import engine, start
from mnist37.ui.visit import OWN_SET, SHEET
from tests.ui.conftest import visit_of

OpenApp = Callable[..., AppTest]


@pytest.fixture
def digits(open_app: OpenApp) -> Digits:
    found = start().digits
    assert found is not None
    return found


@pytest.fixture
def open_draw(open_app: OpenApp) -> OpenApp:
    def open_draw(own: OwnSet | None = None, **query: str) -> AppTest:
        app = open_app(**query)
        if own is not None:
            visit_of(app)[OWN_SET.key] = own.id
        return app.switch_page("pages/draw.py").run()

    return open_draw


def own_set(digits: Digits, *kept: int) -> OwnSet:
    """A set of the same 3 as each of these digits."""
    own = OwnSet.new()
    for digit in kept:
        own.add(digits.train_images[0], digit)
    return own


def put_a_drawing(app: AppTest) -> AppTest:
    ink = np.zeros((280, 280), np.uint8)
    ink[60:220, 120:150] = 255
    file = io.BytesIO()
    Image.fromarray(ink).save(file, "PNG")
    visit_of(app)[SHEET.key] = Sheet([BLANK, State(file.getvalue(), None, 280)])
    return app.run()


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


@pytest.mark.parametrize(("pair", "other"), [((3, 7), 4), ((4, 9), 3)])
def test_a_drawing_is_kept_as_one_of_both_digits_or_as_any_other(
    open_draw: OpenApp, pair: tuple[int, int], other: int
) -> None:
    app = open_draw(digits=str(Classes(pair)))
    assert "Draw a {} or a {} and keep it".format(*pair) in text(app)
    assert app.button(key=f"keep_{pair[0]}").disabled
    for digit in pair:
        put_a_drawing(app).button(key=f"keep_{digit}").click().run()
    put_a_drawing(app).menu_button(key="keep_other").click(other).run()
    assert not app.exception
    assert OwnSet(visit_of(app)[OWN_SET.key]).read().digits.tolist() == sorted([*pair, other])
    assert app.query_params["own"] == visit_of(app)[OWN_SET.key]


def test_a_score_is_of_both_digits_and_the_others_are_counted(open_draw: OpenApp, digits: Digits) -> None:
    app = open_draw(own_set(digits, 3, 3, 7, 8, 0))
    assert "Right of your 3s and 7s: " in text(app)
    assert "Linear from scratch **2 of 3**" in text(app)  # as the 7 is a 3, too
    assert "and 2 others, which these models do not know" in text(app)
    assert "other" not in text(open_draw(own_set(digits, 3))).partition("Right of your")[2]


def test_both_digits_of_the_set_are_trained_with(open_draw: OpenApp, digits: Digits) -> None:
    own = own_set(digits, 8, 7, 3)
    app = open_draw(own)
    before = visit_of(app)["run"]
    run_id = visit_of(app.button(key="own_train").click().run())["run"]
    assert run_id != before
    threes_first = np.stack([digits.train_images[0]] * 2), np.uint8([1, 0])
    assert engine().info(run_id).fingerprint == digits.with_own(*threes_first).fingerprint


def test_a_set_without_both_digits_cannot_be_trained_with(open_draw: OpenApp, digits: Digits) -> None:
    app = open_draw(own_set(digits, 4, 9))
    assert "Your digits: 2. None is a 3 or a 7" in text(app)
    assert app.button(key="own_train").disabled
    assert "None of your digits is a 3 or a 7" in app.button(key="own_train").help


def test_without_a_model_of_both_digits_the_page_says_so(open_draw: OpenApp, digits: Digits) -> None:
    app = open_draw(own_set(digits, 4, 8, 8), digits="8,4")
    assert not app.exception
    assert "No model was trained to tell 8s from 4s yet" in text(app)
    assert "Your 8s and 4s: 3" in text(app)
    assert app.button(key="keep_8").label == "Keep as an 8"
    assert "own_train" not in [button.key for button in app.button]
