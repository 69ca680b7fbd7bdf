"""Lesson 1: what the page says of a digit is what its pixels are."""

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from streamlit.testing.v1 import AppTest

from mnist37.data import Digits
from mnist37.ui.lessons.pixels.choice import COMPARED
from mnist37.ui.lessons.pixels.figure import Crop, digit_figure, greys_table
from tests.ui.conftest import visit_of

OpenApp = Callable[..., AppTest]
PAGE = "pages/pixels.py"


def test_digits_on_which_the_distances_disagree_come_one_after_the_other(open_app: OpenApp) -> None:
    app = open_app().switch_page(PAGE).run()
    seen = []
    for _ in range(4):
        app.button(key="pixels_disagree").click().run()
        assert app.segmented_control(key="pixels_view").value == COMPARED
        table = next(element.value for element in app.markdown if "| L1 |" in element.value)
        assert table.count("✗") == 1
        seen.append(visit_of(app)["pixels digit"])
    assert all(one != other for one, other in pairwise(seen))


def test_means_of_one_digit_are_worse(open_app: OpenApp) -> None:
    app = open_app().switch_page(PAGE).run()
    app.segmented_control(key="pixels_view").set_value(COMPARED).run()

    def by_rmse() -> float:
        words = next(element.value for element in app.markdown if "by RMSE" in element.value)
        return float(words.split("**")[3].removesuffix(" %"))

    with_all = by_rmse()
    app.select_slider(key="pixels_n").set_value(1).run()
    assert by_rmse() < with_all
    assert not app.exception


def test_an_empty_slice_is_no_error(open_app: OpenApp) -> None:
    app = open_app().switch_page(PAGE).run()
    app.slider(key="pixels_rows").set_value((9, 9)).run()
    assert not app.exception
    assert any("[0, 11]" in element.value for element in app.markdown)
    app.button(key="pixels_any").click().run()
    assert app.slider(key="pixels_rows").value == (9, 9)


def test_the_table_holds_the_greys_and_the_figure_too(embedded: Digits) -> None:
    image = embedded.valid_images[3]
    crop = Crop(2, 9, 5, 28)
    table = greys_table(image, crop, as_floats=False)
    greys = [int(grey) for grey in re.findall(r"<td[^>]*>(\d+)</td>", table)]
    np.testing.assert_array_equal(np.reshape(greys, (7, 23)), crop.of(image))
    headings = [int(heading) for heading in re.findall(r"<th[^>]*>(\d+)</th>", table)]
    assert headings == [*range(5, 28), *range(2, 9)]
    figure = digit_figure(image, crop, None)
    np.testing.assert_array_equal(figure["data"][0]["z"], image)
    compared = digit_figure(image, None, np.stack([image / 255, image / 510]).astype(np.float32))
    brightest = np.unravel_index(image.argmax(), image.shape)
    assert "difference <b>+0.000</b>" in compared["data"][0]["text"][brightest[0]][brightest[1]]
    assert "difference <b>+0.5" in compared["data"][0]["text"][brightest[0]][brightest[1]]
