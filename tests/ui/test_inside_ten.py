"""A run of all ten digits on Inside and Draw: what it confuses, how sure it is, and each answer between two digits."""

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from mnist37.classes import ALL_TEN
from mnist37.data import load_digits
from mnist37.evaluation import Answers
from mnist37.rungs import settings_for
from mnist37.ui.answers.ask import answers
from mnist37.ui.answers.confusion import confusion_buttons, plain_confusion, read_cell
from mnist37.ui.answers.histogram import confusion_table
from mnist37.ui.drawing.sheet import BLANK, PLACED_SIDE, Sheet, State, _png
from mnist37.ui.drawing.sources import _sample
from mnist37.ui.inside.ten import answered_words
from mnist37.ui.shell.start import engine
from mnist37.ui.visit import OPENED_CELL, SHEET
from tests.ui.conftest import visit_of
from tests.ui.test_pages import wait_until_over
from tests.ui.test_pairs import texts

OpenApp = Callable[..., AppTest]


def trained(rung: str, **settings: object) -> str:
    """The id of a finished run of ten digits."""
    run_id = engine().submit(settings_for(rung, digits="all", **settings), load_digits(classes=ALL_TEN))
    wait_until_over(run_id)
    return run_id


def predictions(run_id: str) -> Answers:
    found = answers(engine(), run_id, load_digits(classes=ALL_TEN))
    assert found is not None
    return found


def against(app: AppTest) -> Selectbox:
    return next(box for box in app.selectbox if box.label.startswith("Why"))


@pytest.fixture
def few() -> Answers:
    """Six predictions: one 4 is called 9, surely, and one 9 is called 4, hardly."""
    labels, said, sure = [4, 4, 4, 9, 9, 0], [4, 9, 4, 4, 9, 0], [9, 5, 9, 0.1, 9, 0.1]
    logits = np.zeros((6, 10), np.float32)
    logits[range(6), said] = sure
    return Answers(1, logits, np.array(labels, np.uint8), ALL_TEN)


def test_each_mistake_is_a_button_and_an_empty_cell_is_none(few: Answers) -> None:
    html = confusion_buttons(few, (4, 9))
    assert html.count("<button") == 100 + 2
    assert html.count("disabled") == 95
    assert html.count('aria-pressed="true"') == 1
    assert 'data-value="4,9" style="--tint:60%" aria-pressed="true" aria-label="A 4 that it calls 9">1<' in html
    assert 'aria-label="2 fours that it calls 4">2<' in html
    assert "Most confused: <button" in html
    assert read_cell("4,9") == (4, 9)
    assert confusion_table(few) == plain_confusion(few)
    assert "<button" not in plain_confusion(few)


def test_a_model_that_may_be_unsure_answers_fewer_digits_better(few: Answers) -> None:
    assert answered_words(few, 0.1) == "It answers **6 of 6** digits (100.00 %), and **66.67 %** of these are right; " \
        "it is unsure of none."  # fmt: skip
    assert answered_words(few, 0.5) == (
        "It answers **4 of 6** digits (66.67 %), and **75.00 %** of these are right; "
        "unsure: **2**, of which 1 would have been right."
    )
    assert "answers **0 of 6** digits (0.00 %); unsure: **6**" in answered_words(few, 0.999999)


def test_inside_opens_a_cell_and_explains_between_any_two_digits(open_app: OpenApp) -> None:
    run_id = trained("linear-scratch", epochs=3)
    found = predictions(run_id)
    app = open_app(run=run_id, digits="all").switch_page("pages/inside.py").run()
    assert not app.exception
    assert not app.error
    assert "digits (" in texts(app)
    assert "of these two alone" in texts(app)
    worst = found.by_loss()[0]
    said = found.digit_said(worst)
    assert against(app).label == f"Why {'an' if said == 8 else 'a'} {said} rather than"
    runner_up = int(np.argsort(-found.logits[worst])[1])
    assert against(app).value == runner_up
    other = next(digit for digit in range(10) if digit not in (said, runner_up))
    against(app).select(other).run()
    assert against(app).value == other
    assert f"together, the logit of {said} less that of {other}" in texts(app)
    app.button(key="opened_flip").click().run()
    assert not app.exception
    assert f"it says **{other}**" in texts(app)
    app.button(key="opened_cover").click().run()
    assert f"orange ink speaks for a{'n' * (said == 8)} {said}, blue ink for" in texts(app)
    one, another, _ = found.most_confused(1)[0]
    count = found.count(one, another)
    visit_of(app)[OPENED_CELL.key] = (one, another)
    app.run()
    assert not app.exception
    assert f"that it calls {another}**" in texts(app)
    assert count == len(found.cell(one, another))
    app.button(key="all_cells").click().run()
    assert f"**{found.score}**" in texts(app)
    below = app.slider(key="unsure_below")
    below.set_value(0.9).run()
    assert answered_words(found, 0.9) in texts(app)


@pytest.mark.parametrize("rung", ["pixel-similarity", "simple-net"])
def test_inside_shows_every_kind_of_model(open_app: OpenApp, rung: str) -> None:
    run_id = trained(rung, epochs=1)
    app = open_app(run=run_id, digits="all").switch_page("pages/inside.py").run()
    assert not app.exception
    assert not app.error
    says = {"pixel-similarity": "gives no probability, so it cannot say how sure it is", "simple-net": "units fired"}
    assert says[rung] in texts(app)
    next(box for box in app.selectbox if box.label == "Other run").select_index(0).run()
    assert "Is the difference real?" in texts(app)


def test_draw_answers_and_keeps_any_of_the_ten_digits(open_app: OpenApp) -> None:
    trained("pixel-similarity")
    trained("linear-scratch", epochs=3)
    app = open_app(digits="all").switch_page("pages/draw.py").run()
    assert not app.exception
    assert not app.error
    assert "Draw a digit from 0 to 9" in texts(app)
    digits = load_digits(classes=ALL_TEN)
    visit_of(app)[SHEET.key] = _sheet_with(digits.valid_images[digits.valid_labels == 6][3])
    app.run()
    assert not app.exception
    assert not app.error
    assert "of a letter they say one of the ten" in texts(app)
    assert any("how sure · the ten digits" in part.body for part in app.get("html"))
    app.button(key="keep_6").click().run()
    assert not app.exception
    assert "Right of your digits: " in texts(app)
    assert "which these models do not know" not in texts(app)
    app.button(key="own_train").click().run()
    assert not app.exception
    assert not app.error
    assert engine().info(visit_of(app)["run"]).n_train == digits.n_train + 1


def _sheet_with(image: np.ndarray) -> Sheet:
    scale = PLACED_SIDE // 28
    return Sheet([BLANK, State(_png(image.repeat(scale, 0).repeat(scale, 1)), None, PLACED_SIDE)])


def test_one_of_each_digit_is_offered() -> None:
    digits = load_digits(classes=ALL_TEN)
    assert sorted(digits.valid_labels[_sample(digits, 0)].tolist()) == list(range(10))
