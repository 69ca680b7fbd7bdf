"""Lesson 2: every example gives a value or says why not, and any tensor can be shown."""

import re
from collections.abc import Callable

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor

from mnist37.lessons.tensors.broadcasting import example_sum
from mnist37.ui.lessons.tensors.broadcast import alignment, drawn
from mnist37.ui.lessons.tensors.compute import EXAMPLES
from mnist37.ui.lessons.tensors.result import boxes, tables

OpenApp = Callable[..., AppTest]
FAILING = {"tensor([[1, 2], [3]])": "jagged", "a + ones(2)": "do not fit", "x @ a": "do not fit for @"}


def test_every_example_is_computed_or_explained(open_app: OpenApp) -> None:
    app = open_app().switch_page("pages/tensors.py").run()
    for group, expressions in EXAMPLES.items():
        for expression in expressions:
            app.pills(key=f"tensors_{group}").set_value(expression).run()
            assert not app.exception
            assert app.text_input(key="tensors_expression").value == expression
            warnings = [warning.value for warning in app.warning]
            if expression in FAILING:
                assert FAILING[expression] in warnings[0]
            else:
                assert not warnings
                assert any("shape **" in element.value for element in app.markdown)
    assert {name for group in EXAMPLES.values() for name in group} >= set(FAILING)


def test_a_hostile_expression_is_a_sentence_and_the_page_goes_on(open_app: OpenApp) -> None:
    app = open_app().switch_page("pages/tensors.py").run()
    for text in ("img.__class__", "9**9**9", "zeros(10**6, 10**6)", "__import__('os')", "$x$ **b** [a](b)"):
        app.text_input(key="tensors_expression").set_value(text).run()
        assert not app.exception
        assert len(app.warning) == 1
    app.text_input(key="tensors_expression").set_value("a.shape").run()
    assert not app.warning
    assert any("(2, 3)" in element.value for element in app.markdown)


def test_broadcasting_tells_each_cell_and_where_shapes_do_not_fit(open_app: OpenApp) -> None:
    app = open_app().switch_page("pages/tensors.py").run()
    app.segmented_control(key="tensors_view").set_value("Broadcasting").run()
    app.slider(key="tensors_cell_3_4").set_value(11).run()
    assert any("30 + 4 = **34**" in element.value for element in app.markdown)
    app.pills(key="tensors_pair").set_value("does not fit").run()
    assert "on axis -1, 3 meets 2" in app.warning[0].value
    app.text_input(key="tensors_shape_b").set_value("two").run()
    assert "whole numbers" in app.warning[0].value
    app.text_input(key="tensors_shape_b").set_value("1").run()
    assert not app.warning
    app.pills(key="tensors_pair").set_value("stacked threes − mean 3").run()
    assert any("313,600 sums" in element.value for element in app.markdown)
    assert not app.exception


def test_ghosts_are_the_cells_that_are_not_there() -> None:
    html = drawn(example_sum((3, 1), (4,)), 6)
    for name, real in (("A", 3), ("B", 4), ("r", 12)):
        cells = re.findall(rf'<td class="{name}\d+( ghost)?">(\d+)</td>', html)
        assert len(cells) == 12
        assert [ghost for ghost, _ in cells].count("") == real
    sums = re.findall(r'<td class="r\d+">(\d+)</td>', html)
    assert sums == [str(ten + one) for ten in (10, 20, 30) for one in (1, 2, 3, 4)]
    assert "✗ 3 ≠ 2" in alignment((2, 3), (2,))
    assert alignment((), ()).count("<td") == 3


@pytest.mark.parametrize(
    "x",
    [
        torch.tensor(3.5), torch.tensor([]), torch.zeros(0, 3), torch.zeros(2, 0, 4), torch.arange(40),
        torch.ones(2, 3, 4, 5, 6, 1),
        torch.tensor([True, False]), torch.tensor([float("nan"), float("inf"), -1.0]), torch.tensor([[2**62, -5]]),
    ],
    ids=lambda x: str(list(x.shape)),
)  # fmt: skip
def test_any_tensor_can_be_shown(x: Tensor) -> None:
    html = tables(x) + boxes(tuple(x.shape))
    assert ("It holds no numbers." in html) == (x.numel() == 0)
    assert f"rank {x.ndim}" in html
