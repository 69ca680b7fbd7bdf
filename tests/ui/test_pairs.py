"""Any two digits on the pages: a link or the Lab's choice, a run on them, and what each page says of it."""

from collections.abc import Callable

import numpy as np
from streamlit.testing.v1 import AppTest

from mnist37.classes import Classes
from mnist37.data import load_digits
from mnist37.events import Status
from mnist37.runs import RunInfo, RunStore
from mnist37.ui.shell import start
from mnist37.ui.visit import ADDRESS_READY, DRAWING, FIRST_ADDRESS
from tests.ui.conftest import APP, START_SECONDS, visit_of
from tests.ui.test_pages import wait_until_over

OpenApp = Callable[..., AppTest]


def texts(app: AppTest) -> str:
    """All that a page says in words."""
    elements = [*app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    return "\n".join(str(element.value) for element in elements) + str([box.options for box in app.selectbox])


def trained(app: AppTest) -> RunInfo:
    app.button(key="train").click().run()
    run_id = visit_of(app)["run"]
    assert wait_until_over(run_id) is Status.FINISHED
    app.run()
    return RunStore().info(run_id)


def test_a_link_opens_two_other_digits_and_every_page_speaks_of_them(open_app: OpenApp) -> None:
    app = open_app(digits="4,9", rung="linear-scratch", epochs="2")
    assert app.selectbox(key="lab_digits").value == "4,9"
    visit_of(app)[DRAWING.key] = load_digits(classes=Classes((4, 9))).valid_images[0].tobytes()
    info = trained(app)
    assert not app.exception
    assert info.settings.digits == "4,9"
    assert "500 fours and 500 nines" in info.source
    assert info.accuracy is not None
    assert info.accuracy > 0.85
    assert app.query_params["digits"] in ("4,9", ["4,9"])
    assert "a 4 or a 9; the model says which" in texts(app)
    assert "**Linear from scratch** · 4 or 9, lr" in texts(app)
    for page, says in (
        ("draw", "Draw a 4 or a 9"),
        ("inside", "the share of the 4s that it finds"),
        ("weights", "where 4s have ink and 9s have none"),
    ):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        assert says in texts(app)
    app.switch_page("pages/lab.py").run()
    assert app.selectbox(key="lab_digits").value == "4,9"


def test_another_choice_is_for_all_models_and_for_the_next_run_only(open_app: OpenApp) -> None:
    app = open_app()
    first = visit_of(app)["run"]
    app.selectbox(key="lab_digits").set_value("1,7").run()
    assert visit_of(app)["run"] == first
    assert any("Settings changed. Press Train" in caption.value for caption in app.caption)
    app.radio(key="lab_rung").set_value("pixel-similarity").run()
    assert app.selectbox(key="lab_digits").value == "1,7"
    info = trained(app)
    assert (info.settings.rung, info.settings.digits) == ("pixel-similarity", "1,7")
    digits = start.digits_of(info.settings)
    assert digits.classes == Classes((1, 7))
    assert np.array_equal(digits.valid_images, load_digits(classes=Classes((1, 7))).valid_images)


def test_two_digits_in_the_other_order_are_offered_where_a_link_asks_for_them(open_app: OpenApp) -> None:
    app = open_app(digits="94")
    box = app.selectbox(key="lab_digits")
    assert box.value == "9,4"
    assert "9 or 4" in box.options
    assert len(box.options) == 47  # 45 pairs in ascending order, this one, and all ten
    wrong = open_app(digits="9,9")
    assert wrong.selectbox(key="lab_digits").value == "3,7"
    assert any("“9?9”" in toast.value for toast in wrong.toast)


def test_the_address_of_each_page_keeps_the_choice_for_a_reload(open_app: OpenApp) -> None:
    app = open_app()
    app.selectbox(key="lab_digits").set_value("4,9").run()
    app.switch_page("pages/draw.py").run()
    assert app.query_params["digits"] in ("4,9", ["4,9"])
    again = open_app(digits="4,9").switch_page("pages/draw.py").run()
    assert "Draw a 4 or a 9" in texts(again)


def test_a_link_counts_though_a_click_while_the_app_started_has_dropped_its_address(open_app: OpenApp) -> None:
    app = AppTest.from_file(APP, default_timeout=START_SECONDS)
    visit_of(app)[ADDRESS_READY.key] = True
    visit_of(app)[FIRST_ADDRESS.key] = {"digits": "4,9"}
    app.run()
    assert app.selectbox(key="lab_digits").value == "4,9"


def test_an_8_has_its_article(open_app: OpenApp) -> None:
    app = open_app(digits="8,3").switch_page("pages/draw.py").run()
    assert "Draw an 8 or a 3" in texts(app)
