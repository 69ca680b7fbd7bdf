"""Lesson 11: each number on the page is torch's, for the chosen digit and temperature."""

import re
from collections.abc import Callable

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch.nn import functional

from mnist37.lessons.to_ten import TenModel, learn
from mnist37.ui.lessons.to_ten.choice import TEMPERATURES
from mnist37.ui.lessons.to_ten.figures import losses_figure, probabilities_figure
from mnist37.ui.lessons.to_ten.parts import PARTS, by_temperature
from mnist37.ui.widgets.numbers import decimals, percent, probability
from tests.ui.conftest import visit_of

OpenApp = Callable[..., AppTest]


@pytest.fixture(scope="module")
def model() -> TenModel:
    return learn()


@pytest.fixture
def lesson(open_app: OpenApp) -> AppTest:
    return open_app().switch_page("pages/to_ten.py").run()


def open_part(app: AppTest, part: str) -> None:
    app.segmented_control(key="to_ten_view").set_value(part).run()
    assert not app.exception
    assert not app.error


def rows(app: AppTest, place: int = 0) -> list[list[str]]:
    """Return the texts of all cells of a table of the page, row by row."""
    tables = [element.proto.body for element in app.get("html") if "<table" in element.proto.body]
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", tables[place])]


def said(app: AppTest, words: str) -> str:
    return next(text.value for text in app.markdown if words in text.value)


def logits_of(app: AppTest, model: TenModel, temperature: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
    index = visit_of(app)["to_ten digit"]
    return model.logits[index : index + 1] / temperature, model.labels[index : index + 1]


def test_the_table_of_softmax_follows_the_temperature(lesson: AppTest, model: TenModel) -> None:
    for temperature in (1.0, 5.0, 0.1):
        lesson.select_slider(key="to_ten_temperature").set_value(temperature).run()
        assert not lesson.exception
        logits, labels = logits_of(lesson, model, temperature)
        head, *digits, total = rows(lesson)
        assert head[1:] == ["logit", "÷ T", "exp", "÷ sum"]
        assert [row[0] for row in digits] == [f"{n} ✓" if n == labels.item() else str(n) for n in range(10)]
        assert [row[2] for row in digits] == [decimals(logit, 2) for logit in logits[0].tolist()]
        assert [row[4] for row in digits] == [probability(prob) for prob in logits.softmax(1)[0].tolist()]
        assert total[-1] == "1.0000"
        assert lesson.metric[0].value == percent(logits.softmax(1)[0, labels].item())
        assert lesson.metric[1].value == decimals(functional.cross_entropy(logits, labels).item())


@pytest.mark.parametrize("other", [0, 8])
def test_two_logits_are_the_sigmoid_of_their_difference(lesson: AppTest, model: TenModel, other: int) -> None:
    logits, labels = logits_of(lesson, model)
    lesson.segmented_control(key=f"to_ten_other_{labels.item()}").set_value(other).run()
    assert not lesson.exception
    expected = decimals((logits[0, labels] - logits[0, other]).sigmoid().item())
    assert said(lesson, "sigmoid of their difference").count(f"**{expected}**") == 2


def test_the_loss_by_hand_is_torchs(lesson: AppTest, model: TenModel) -> None:
    open_part(lesson, "mnist_loss → cross-entropy")
    logits, labels = logits_of(lesson, model)
    expected, prob = functional.cross_entropy(logits, labels).item(), logits.softmax(1)[0, labels].item()
    assert [row[1] for row in rows(lesson)[1:]] == [decimals(expected), decimals(expected), decimals(1 - prob)]
    assert decimals(functional.cross_entropy(model.logits, model.labels).item()) in said(lesson, "Mean over all 1,000")


@pytest.mark.parametrize("label", [3, 6])
def test_an_index_and_a_one_hot_label_give_the_same_loss(lesson: AppTest, model: TenModel, label: int) -> None:
    open_part(lesson, "labels")
    key = f"to_ten_label_{visit_of(lesson)['to_ten digit']}"
    lesson.segmented_control(key=key).set_value(label).run()
    assert not lesson.exception
    logits, _ = logits_of(lesson, model)
    expected = functional.cross_entropy(logits, torch.tensor([label])).item()
    _, *digits, total = rows(lesson)
    assert [row[1] for row in digits] == ["1" if digit == label else "0" for digit in range(10)]
    assert total[-1] == decimals(-expected)
    assert [row[1:] for row in rows(lesson, 1)[1:]] == [[decimals(expected)] * 2] * 2


def test_argmax_answers_and_above_0_does_not(lesson: AppTest, model: TenModel) -> None:
    open_part(lesson, "> 0 → argmax")
    logits, _ = logits_of(lesson, model)
    assert f"is **{logits.argmax()}**" in said(lesson, "This digit")
    assert ", ".join(str(n) for n in range(10) if logits[0, n] > 0) in said(lesson, "This digit")
    right = (model.logits.argmax(1) == model.labels).double().mean().item()
    assert percent(right) in said(lesson, "argmax is right for")
    fewest = int((model.logits > 0).sum(1).min())
    lesson.segmented_control(key="to_ten_above_0").set_value(fewest).run()
    assert not lesson.exception
    found = int(((model.logits > 0).sum(1) == fewest).sum())
    assert any(element.value.startswith(f"{found} digit") for element in lesson.caption)


def test_the_temperature_moves_the_loss_and_not_the_accuracy(lesson: AppTest, model: TenModel) -> None:
    open_part(lesson, "temperature")
    before = said(lesson, "validation digits at T = 1:")
    lesson.select_slider(key="to_ten_temperature").set_value(10.0).run()
    after = said(lesson, "validation digits at T = 10:")
    assert re.findall(r"loss \*\*(\S+)\*\*", before) != re.findall(r"loss \*\*(\S+)\*\*", after)
    assert re.findall(r"accuracy \*\*(.+?)\*\*", before) == re.findall(r"accuracy \*\*(.+?)\*\*", after)
    losses, accuracies = by_temperature(model)
    assert len(set(accuracies)) == 1
    assert losses == pytest.approx(
        [functional.cross_entropy(model.logits / t, model.labels).item() for t in TEMPERATURES]
    )


def test_every_part_shows_digits_that_the_model_gets_wrong(lesson: AppTest, model: TenModel) -> None:
    seen = set()
    for part in PARTS:
        lesson.button(key="to_ten_wrong").click().run()
        open_part(lesson, part)
        index = visit_of(lesson)["to_ten digit"]
        seen.add(index)
        assert model.logits[index].argmax() != model.labels[index]
        assert "✗" in said(lesson, "The model calls it")
    assert len(seen) == len(PARTS)


def test_figures_show_the_numbers() -> None:
    probs = [0.0, 0.7, 0.3] + [0.0] * 7
    (bars,) = probabilities_figure(probs, label=2, largest=1)["data"]
    assert bars["y"] == probs
    assert len({*bars["marker"]["color"][1:4]}) == 3
    figure = losses_figure(1e-7, 16.1)
    assert figure["data"][2]["y"] == [16.1]
    assert figure["layout"]["yaxis"]["range"][1] > 16.1


def test_zero_has_no_sign_and_a_small_probability_its_digits() -> None:
    assert [decimals(value) for value in (-0.0, -0.00004, -0.25)] == ["0.0000", "0.0000", "−0.2500"]
    assert [probability(value) for value in (0.0, 1e-5, 0.25, 1.0)] == ["0.0000", "1e−5", "0.2500", "1.0000"]
