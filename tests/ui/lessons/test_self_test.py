"""The self-test: 22 questions whose answers hold, counted at the first try."""

from collections.abc import Callable

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch.nn.functional import cross_entropy

from mnist37.ui.lessons.shared.table import LESSONS
from mnist37.ui.lessons.words.self_test import QUESTIONS

OpenApp = Callable[..., AppTest]


def test_there_are_22_and_each_points_to_a_lesson() -> None:
    assert len(QUESTIONS) == 22
    names = [lesson.name for lesson in LESSONS]
    for lesson, question in QUESTIONS:
        assert lesson in names
        assert question.right in question.answers
        assert len(set(question.answers)) == 3
        assert question.because
        assert question.hint
    assert sorted({names.index(lesson) for lesson, _ in QUESTIONS}) == [*range(9), 10]


def right(part: str) -> str:
    return next(question.right for _, question in QUESTIONS if part in question.asks)


def test_the_numbers_in_it_are_torchs() -> None:
    assert right("stacked") == str(list(torch.stack([torch.zeros(28, 28)] * 1000).shape))
    assert right("rank") == str(torch.zeros(64, 784).ndim)
    assert right("times (`@`)") == str(list((torch.zeros(64, 784) @ torch.zeros(784, 1)).shape))
    assert (torch.zeros(1010, 28, 28) - torch.zeros(28, 28)).shape[0] == 1010
    x = torch.tensor(3.0, requires_grad=True)
    (x**2).backward()
    assert right("x²") == f"{x.grad:g}"
    assert right("ReLU make") == f"{torch.tensor(-2.0).relu():g}"
    assert right("Softmax turns") == f"{torch.randn(10).softmax(0).sum():.4g}"
    assert right("same probability") == f"{cross_entropy(torch.zeros(1, 10), torch.tensor([4])):.2f}"


@pytest.fixture
def words_page(open_app: OpenApp) -> AppTest:
    app = open_app().switch_page("pages/words.py").run()
    return app.segmented_control(key="words_view").set_value("Test yourself").run()


def test_the_first_try_counts(words_page: AppTest) -> None:
    app = words_page
    for place, (_, question) in enumerate(QUESTIONS):
        answers = [next(a for a in question.answers if a != question.right)] if place == 3 else []
        for answer in [*answers, question.right]:
            app.radio(key=f"self_test_{place}").set_value(answer).run()
            assert not app.exception
        if place < len(QUESTIONS) - 1:
            app.button(key="self_test_next").click().run()
    assert any("21 of 22 right" in element.value for element in app.info)
    app.button(key="self_test_again").click().run()
    assert app.radio(key="self_test_0").value is None
    assert not app.info


def test_an_answer_points_back(words_page: AppTest) -> None:
    question = QUESTIONS[0][1]
    wrong = next(answer for answer in question.answers if answer != question.right)
    app = words_page.radio(key="self_test_0").set_value(wrong).run()
    assert any(element.value == question.hint for element in app.warning)
    assert any("See it in the lesson" in element.proto.label for element in app.get("page_link"))
