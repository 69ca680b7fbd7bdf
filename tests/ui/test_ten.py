"""All ten digits in the Lab, on Weights and on Compare: a link or the Lab's choice, runs, and what each page says."""

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist37.classes import ALL_TEN
from mnist37.data import Digits, load_digits
from mnist37.evaluation import Answer, Answers
from mnist37.events import Snapshot
from mnist37.rungs import settings_for
from mnist37.ui.answers.answer_words import short_answer, spoken_answer
from mnist37.ui.compare.ladder_chart import ladder_figure
from mnist37.ui.lab.result import mistakes
from mnist37.ui.live.pictures import first_layer_pictures
from mnist37.ui.shell.start import start
from mnist37.ui.visit import SELECTED
from tests.ui.conftest import visit_of
from tests.ui.kept import run_info
from tests.ui.test_pairs import texts, trained

OpenApp = Callable[..., AppTest]


def nodes(app: AppTest) -> str:
    """All that the live nodes of a page hold."""
    return "\n".join(node.proto.bytes.decode(errors="replace") for node in app.get("bidi_component"))


@pytest.fixture(scope="module")
def ten() -> Digits:
    return load_digits(classes=ALL_TEN)


def test_a_link_opens_all_ten_and_the_lab_and_weights_speak_of_them(open_app: OpenApp) -> None:
    app = open_app(digits="all", rung="linear-scratch", epochs="2")
    box = app.selectbox(key="lab_digits")
    assert (box.value, box.options[0]) == ("all", "0 to 9")
    info = trained(app)
    assert not app.exception
    assert info.settings.digits == "all"
    assert "**Linear from scratch** · 0 to 9, lr" in texts(app)
    assert "a digit from 0 to 9; the model says which" in texts(app)
    assert all(words in nodes(app) for words in ("Confused most", "The weights of a 4", "Pixel similarity: "))
    app.select_slider(key=f"look_back {info.id}").set_value(0).run()
    assert not app.exception
    assert "after step 0" in nodes(app)
    app.switch_page("pages/weights.py").run()
    assert not app.exception
    assert "The weights of an 8" in nodes(app)
    assert "**The weights of a 0**" in texts(app)
    assert "A picture for each digit" in texts(app)
    app.switch_page("pages/lab.py").run()
    assert app.selectbox(key="lab_digits").value == "all"
    assert app.query_params["digits"] in ("all", ["all"])


@pytest.mark.parametrize("rung", ["pixel-similarity", "simple-net"])
def test_each_kind_of_picture_is_shown_for_ten(open_app: OpenApp, rung: str) -> None:
    app = open_app(digits="all", rung=rung, epochs="1")
    info = trained(app)
    assert not app.exception
    assert info.settings.digits == "all"
    app.switch_page("pages/weights.py").run()
    assert not app.exception
    assert ("it speaks for that digit most" in texts(app)) == (rung == "simple-net")
    assert "mean 9" in nodes(app)


def test_the_choice_of_all_ten_counts_from_the_next_run_on(open_app: OpenApp) -> None:
    app = open_app()
    first = visit_of(app)["run"]
    app.selectbox(key="lab_digits").set_value("all").run()
    assert visit_of(app)["run"] == first
    assert any("Settings changed. Press Train" in caption.value for caption in app.caption)
    assert trained(app).settings.digits == "all"
    app.selectbox(key="lab_digits").set_value("3,7").run()
    assert not app.exception  # a run of ten is shown while the next one is to be of two


def test_the_last_lesson_leads_to_all_ten(open_app: OpenApp) -> None:
    app = open_app().switch_page("pages/to_ten.py").run()
    assert not app.exception
    (link,) = [link for link in app.get("page_link") if "all ten digits" in link.proto.label]
    assert "digits=all" in link.proto.query_string


def test_runs_of_ten_stand_beside_runs_of_two(open_app: OpenApp) -> None:
    app = open_app(digits="all")
    info = trained(app)
    two = start().first_run
    visit_of(app)[SELECTED.key] = [info.id, two]
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    assert "of them" not in texts(app)  # accuracies on other digits are not compared
    assert "0 to 9" in nodes(app)
    table = app.dataframe[0].value
    assert {"0 to 9", "3 or 7"} <= set(table["digits"])


def test_the_three_pairs_confused_most_stand_for_the_table(ten: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    logits = np.eye(10, dtype=np.float32)[ten.valid_labels]
    fours = np.flatnonzero(ten.valid_labels == 4)[:12]
    logits[fours] = np.eye(10, dtype=np.float32)[9]
    logits[np.flatnonzero(ten.valid_labels == 1)[:1]] = np.eye(10, dtype=np.float32)[7]
    said = Answers(5, logits, ten.valid_labels, ALL_TEN)
    monkeypatch.setattr("mnist37.ui.lab.result.answers", lambda *_: said)
    info = start().engine.info(start().first_run)
    _, table, _ = mistakes(start().engine, info, ten, None)
    assert "4 and 9: 12 times<br>1 and 7: 1 time<" in table.data["body"]


def test_a_drawing_is_judged_by_ten_columns_and_the_second_digit_is_named() -> None:
    logits = np.zeros(10, np.float32)
    logits[3], logits[8] = 6, 4
    answer = Answer.of(logits, "", ALL_TEN, gives_probability=True)
    assert "It is a 3" in short_answer(answer)
    assert short_answer(answer).count("title=") == 10
    assert "then 8: " in short_answer(answer)
    assert "Second comes an 8, " in spoken_answer(answer)


def test_the_chapters_figures_are_not_joined_with_runs_of_ten() -> None:
    def joined(digits: str) -> int:
        return len(ladder_figure({"linear-scratch": run_info(digits=digits)}, {"linear-scratch": 1})["data"][0]["x"])

    assert (joined("3,7"), joined("all")) == (3, 0)


def test_of_ten_a_unit_speaks_for_the_digit_with_its_largest_weight() -> None:
    votes = np.zeros((10, 2), np.float32)
    votes[4, 0], votes[8, 0], votes[9, 1] = 0.5, -2.0, 1.25
    layers = {
        "0.weight": np.ones((2, 784), np.float32),
        "0.bias": np.zeros(2, np.float32),
        "2.weight": votes,
        "2.bias": np.zeros(10, np.float32),
    }
    pictures = first_layer_pictures(settings_for("simple-net", hidden=2, digits="all"), Snapshot(0, layers))
    assert [picture.caption for picture in pictures] == ["→ 4 0.50", "→ 9 1.25"]
