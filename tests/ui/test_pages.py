"""Every page opens, keeps what was set, and says what is wrong instead of breaking."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from mnist37.controls import Stop
from mnist37.events import Status
from mnist37.rungs import LADDER
from mnist37.ui.lab.tour import frames
from mnist37.ui.runs import choose_run
from mnist37.ui.shell.start import start
from mnist37.ui.visit import BOARD_BEGINS, KEY
from tests.engine.conftest import until
from tests.ui.conftest import visit_of

OpenApp = Callable[..., AppTest]


def wait_until_over(run_id: str) -> Status:
    engine = start().engine
    until(lambda: engine.info(run_id).status.is_over)
    return engine.info(run_id).status


@pytest.mark.parametrize("page", ["lab", "draw", "inside", "weights", "compare"])
def test_every_page_opens(open_app: OpenApp, page: str) -> None:
    app = open_app().switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert not app.error
    assert app.button or app.selectbox


def test_the_first_run_is_there(open_app: OpenApp) -> None:
    app = open_app()
    run_id = visit_of(app)["run"]
    assert wait_until_over(run_id) is Status.FINISHED
    assert app.query_params["run"] == run_id
    app.run()
    assert any("validation digits right" in element.value for element in app.markdown)


@pytest.mark.parametrize("rung", LADDER)
def test_every_model_has_its_controls(open_app: OpenApp, rung: str) -> None:
    app = open_app()
    app.radio(key="lab_rung").set_value(rung).run()
    assert not app.exception
    for setting in LADDER[rung].uses - {"loss", "digits"}:
        widget = next(w for kind in (app.select_slider, app.slider, app.number_input) for w in kind if _is(w, setting))
        assert widget.help
        default = LADDER[rung].defaults.get(setting)
        assert widget.value == (default.value if default else 0)
    assert app.selectbox(key="lab_digits").value == "3,7"
    app.button(key="chapter").click().run()
    app.button(key="ours").click().run()
    assert not app.exception


def _is(widget: object, setting: str) -> bool:
    return str(getattr(widget, "key", "")).endswith(f"_{setting}")


def test_train_makes_a_run_with_these_settings(open_app: OpenApp) -> None:
    app = open_app()
    before = visit_of(app)["run"]
    app.select_slider(key="lab_linear-scratch_lr").set_value(0.3).run()
    app.slider(key="lab_linear-scratch_epochs").set_value(2).run()
    app.number_input(key="lab_linear-scratch_seed").set_value(7).run()
    app.button(key="train").click().run()
    run_id = visit_of(app)["run"]
    assert run_id != before
    assert wait_until_over(run_id) is Status.FINISHED
    settings = start().engine.info(run_id).settings
    assert (settings.lr, settings.epochs, settings.seed) == (0.3, 2, 7)


def test_what_was_set_survives_a_change_of_page(open_app: OpenApp) -> None:
    app = open_app()
    app.radio(key="lab_rung").set_value("simple-net").run()
    app.slider(key="lab_simple-net_hidden").set_value(12).run()
    app.switch_page("pages/weights.py").run()
    app.switch_page("pages/lab.py").run()
    assert app.radio(key="lab_rung").value == "simple-net"
    assert app.slider(key="lab_simple-net_hidden").value == 12


def test_a_link_opens_its_run_on_every_page(open_app: OpenApp) -> None:
    first = open_app()
    first.slider(key="lab_linear-scratch_epochs").set_value(1).run()
    run_id = visit_of(first.button(key="train").click().run())["run"]
    assert visit_of(open_app(run=run_id))["run"] == run_id
    assert visit_of(open_app())["run"] != run_id


@pytest.mark.parametrize("run", ["no-such-run", "../../etc", "", "."])
def test_a_link_to_no_run_opens_another_and_says_so(open_app: OpenApp, run: str) -> None:
    app = open_app(run=run)
    assert not app.exception
    assert visit_of(app)["run"] != run
    assert [toast.value for toast in app.toast] == (
        [f"The run {run} is not here (any more), so another one is shown."] if run else []
    )


def test_the_first_run_is_replayed_once_without_anybody_s_drawing(open_app: OpenApp) -> None:
    app = open_app()
    played = frames(visit_of(app)["run"], start().engine, start().digits)
    assert {"verdict", "lab_saw"}.isdisjoint(key for frame in played for key in frame)
    drawn = [len(frame["loss"]["figure"]["data"][0]["y"]) for frame in played]
    assert (drawn[0], drawn[-1]) == (0, 260)
    assert drawn == sorted(drawn)
    assert len({str(frame["loss"]["figure"]["layout"]["xaxis"]) for frame in played}) == 1
    assert "tour_looked" in visit_of(app)
    assert BOARD_BEGINS.key not in visit_of(app)


def chosen(app: AppTest) -> Selectbox:
    return next(box for box in app.selectbox if box.label == "Run")


def test_another_run_can_be_chosen_to_look_inside(open_app: OpenApp) -> None:
    app = open_app()
    first = visit_of(app)["run"]
    second = visit_of(app.button(key="train").click().run())["run"]
    wait_until_over(second)
    app.switch_page("pages/inside.py").run()
    assert chosen(app).value == second
    chosen(app).select(first).run()
    assert visit_of(app)["run"] == first
    assert chosen(app).value == first
    assert not app.exception


def test_inside_a_run_is_compared_with_pixel_similarity_too(open_app: OpenApp) -> None:
    app = open_app()
    wait_until_over(visit_of(app)["run"])
    app.switch_page("pages/inside.py").run()
    next(box for box in app.selectbox if box.label == "Other run").select("pixel-similarity").run()
    assert not app.exception
    (told,) = [element.value for element in app.markdown if "Is the difference real?" in element.value]
    assert "too few digits to tell them apart." in told
    assert any("the other: **2 wrong of 200** :small[:gray[96.4 to 99.7 % right]]" in one.value for one in app.markdown)
    app.switch_page("pages/lab.py").run()
    app.switch_page("pages/inside.py").run()
    assert next(box for box in app.selectbox if box.label == "Other run").value == "pixel-similarity"


def test_runs_that_are_alike_have_titles_of_their_own(open_app: OpenApp) -> None:
    app = open_app()
    for _ in range(3):
        wait_until_over(visit_of(app.button(key="train").click().run())["run"])
    app.switch_page("pages/inside.py").run()
    assert len(set(chosen(app).options)) == len(chosen(app).options) >= 4


def test_a_phone_folds_the_knobs_away(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not open_app().expander
    monkeypatch.setattr("mnist37.ui.lab.page.is_phone", lambda: True)
    app = open_app()
    assert [expander.label for expander in app.expander] == ["Settings"]
    assert not app.exception


def test_a_link_sets_the_knobs_as_its_run_was_set(open_app: OpenApp) -> None:
    first = open_app()
    first.radio(key="lab_rung").set_value("simple-net").run()
    first.select_slider(key="lab_simple-net_lr").set_value(0.05).run()
    first.slider(key="lab_simple-net_epochs").set_value(1).run()
    run_id = visit_of(first.button(key="train").click().run())["run"]
    app = open_app(run=run_id)
    assert app.radio(key="lab_rung").value == "simple-net"
    assert app.select_slider(key="lab_simple-net_lr").value == 0.05
    assert app.slider(key="lab_simple-net_epochs").value == 1
    app.slider(key="lab_simple-net_epochs").set_value(3).run()
    assert app.slider(key="lab_simple-net_epochs").value == 3


def test_training_again_says_what_became_of_the_run_before(open_app: OpenApp) -> None:
    app = open_app()
    app.radio(key="lab_rung").set_value("simple-net").run()
    app.slider(key="lab_simple-net_epochs").set_value(100).run()
    app.select_slider(key="lab_simple-net_batch_size").set_value(1).run()
    first = visit_of(app.button(key="train").click().run())["run"]
    app.button(key="train").click().run()
    assert any("stopped" in toast.value for toast in app.toast)
    assert wait_until_over(first) is Status.STOPPED
    start().engine.control(visit_of(app)["run"], Stop())
    assert wait_until_over(visit_of(app)["run"]) is Status.STOPPED


def test_a_narrow_page_has_links_to_the_other_pages(open_app: OpenApp) -> None:
    assert len(open_app().get("page_link")) > 5


@pytest.mark.parametrize(
    ("chosen", "looked_at", "expected"),
    [("other", "shown", ["other"]), ("shown", "new", []), ("other", "new", []), ("gone", "shown", [])],
)
def test_only_what_a_visitor_chose_is_looked_at(
    chosen: str, looked_at: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(choose_run, "look_at", seen.append)
    monkeypatch.setattr(choose_run.st, "session_state", {"widget": chosen, KEY: {"run": looked_at}})
    known = frozenset({"shown", "other", "new"})
    choose_run._choose("widget", "shown", known, lambda run: choose_run._look_at(run, "shown"))
    assert seen == expected
