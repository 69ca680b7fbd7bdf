"""The Compare page: what it shows, what can be done with the selected runs, and what it says when it cannot."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist37.controls import Stop
from mnist37.data import Digits
from mnist37.errors import EngineError
from mnist37.rungs import settings_for
from mnist37.runs import RunInfo
from mnist37.ui.runs import overlay
from mnist37.ui.shell.start import start
from mnist37.ui.visit import SELECTED
from mnist37.visitor import Visitor
from tests.engine.conftest import until
from tests.ui.conftest import visit_of
from tests.ui.kept import keep_run

OpenApp = Callable[..., AppTest]
NOT_ENDING = settings_for("linear-scratch", epochs=1000, batch_size=1, lr=1e-3)


@pytest.fixture
def kept(engine_home: Path, open_app: OpenApp, embedded: Digits) -> Iterator[list[RunInfo]]:
    """Two linear runs and a broken one, the newest first, beside the first visitor's."""
    engine = start().engine
    until(lambda: engine.info(start().first_run).status.is_over)
    runs = [keep_run(embedded, 0.9, 0.97, lr=0.1), keep_run(embedded, 0.95, 0.99, lr=1.0)][::-1]
    (engine_home / "runs" / "oops").mkdir()
    yield runs
    for run in engine.store.runs():
        if run.id != start().first_run:
            engine.delete(run.id)


def open_compare(open_app: OpenApp, *selected: str) -> AppTest:
    app = open_app().switch_page("pages/compare.py")
    visit_of(app)[SELECTED.key] = list(selected)
    app.run()
    assert not app.exception
    assert not app.error
    return app


def words(app: AppTest) -> str:
    elements = [*app.caption, *app.markdown, *app.info, *app.toast]
    return " ".join(element.value for element in elements)


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def can(app: AppTest) -> list[bool]:
    return [not app.button(key=key).disabled for key in ("open", "overlay_in_lab")]


def test_all_runs_are_listed_the_broken_one_too(open_app: OpenApp, kept: list[RunInfo]) -> None:
    table = open_compare(open_app).dataframe[0].value
    assert table["lr"].tolist()[:2] == [1.0, 0.1]
    assert table["digits"].tolist()[:2] == ["3 or 7", "3 or 7"]
    assert table["accuracy"].tolist()[:2] == pytest.approx([99.0, 97.0])
    assert table["status"].tolist() == ["finished", "finished", "finished", "broken"]
    assert "missing" in table["note"].tolist()[-1]


def test_filters_and_no_match(open_app: OpenApp, kept: list[RunInfo]) -> None:
    app = open_compare(open_app)
    app.multiselect(key="compare_statuses").set_value(["broken"]).run()
    assert app.dataframe[0].value["model"].tolist() == ["oops"]
    app.toggle(key="compare_same").set_value(True).run()
    assert "No run matches" in words(app)
    assert not app.dataframe
    press(app, "compare_clear")
    assert len(app.dataframe[0].value) == 4
    app.text_input(key="compare_text").set_value("lr 1 ").run()
    assert "4 runs" in words(app)
    app.switch_page("pages/lab.py").run()
    app.switch_page("pages/compare.py").run()
    assert app.text_input(key="compare_text").value == "lr 1 "


def test_buttons_say_what_they_need(open_app: OpenApp, kept: list[RunInfo]) -> None:
    first, second = kept
    app = open_compare(open_app)
    assert can(app) == [False, False]
    assert "Select one run" in app.button(key="open").help
    assert can(open_compare(open_app, first.id)) == [True, True]
    assert can(open_compare(open_app, first.id, second.id)) == [False, True]
    assert can(open_compare(open_app, "oops")) == [False, False]
    assert can(open_compare(open_app, "was-deleted-meanwhile")) == [False, False]


def test_open_and_overlay_lead_to_the_lab(open_app: OpenApp, kept: list[RunInfo]) -> None:
    first, second = kept
    app = press(open_compare(open_app, second.id), "open")
    assert visit_of(app)["run"] == second.id
    assert app.button(key="train")
    app = press(open_compare(open_app, first.id, second.id), "overlay_in_lab")
    assert visit_of(app)["overlay"] == [first.id, second.id]
    assert app.button(key="train")


def test_a_run_is_named(open_app: OpenApp, kept: list[RunInfo], monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = kept[0].id
    app = open_compare(open_app, run_id)
    app.session_state["compare_naming-0"] = True
    app.run()
    app.text_input(key=f"compare_name_{run_id}").set_value("*mine*")
    next(button for button in app.button if button.label == "Save").click().run()
    assert app.dataframe[0].value["name"].tolist()[0] == "*mine*"
    assert start().engine.info(run_id).name == "*mine*"
    app.session_state["compare_naming-1"] = True
    app.run()
    monkeypatch.setattr(start().engine, "rename", no_answer)
    next(button for button in app.button if button.label == "Save").click().run()
    assert "does not answer. Try again" in words(app)
    assert not app.exception


def no_answer(*_: object) -> None:
    raise EngineError("The training engine does not answer.", "Try again in a moment.")


def test_runs_are_deleted_but_not_one_that_still_learns(
    open_app: OpenApp, kept: list[RunInfo], embedded: Digits
) -> None:
    engine = start().engine
    learning = engine.submit(NOT_ENDING, embedded)
    app = open_compare(open_app, kept[0].id, "oops", learning)
    app.session_state["compare_deleting"] = True
    app.run()
    assert "1 run is still training" in words(app)
    assert "Delete 2 runs" in words(app)
    press(app, "compare_delete")
    assert "Deleted 2 runs." in words(app)
    assert {kept[0].id, "oops"}.isdisjoint(run.id for run in engine.store.runs())
    assert engine.trains(learning)
    assert visit_of(app)[SELECTED.key] == [learning]
    engine.control(learning, Stop())
    while engine.trains(learning):
        app.run()
    assert not app.exception


def test_a_rung_without_a_run_is_offered(open_app: OpenApp, kept: list[RunInfo]) -> None:
    app = press(open_compare(open_app), "train_resnet18")
    assert app.radio(key="lab_rung").value == "resnet18"


def test_the_loss_on_demand(open_app: OpenApp, kept: list[RunInfo]) -> None:
    app = open_compare(open_app, *(run.id for run in kept))
    app.session_state["compare_shows"] = "loss"
    app.run()
    assert not app.exception
    assert "do not compare" not in words(app)


def test_an_overlay_holds_runs_that_are_there(kept: list[RunInfo], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.session_state", {})
    engine, (first, second) = start().engine, kept
    assert overlay.overlaid(engine) == []
    overlay.set_overlay([second.id, first.id, "gone", second.id])
    assert overlay.overlaid(engine) == [second.id, first.id]
    overlay.set_overlay(str(n) for n in range(100))
    assert overlay.overlaid(engine) == []
    overlay.set_overlay([])
    assert overlay.overlaid(engine) == []


def test_only_own_runs_are_named_and_deleted(open_app: OpenApp, kept: list[RunInfo]) -> None:
    store, me = start().engine.store, Visitor("b" * 32)
    store.write_info(kept[0].replace(visitor=me.id))
    store.write_info(kept[1].replace(visitor="a" * 32))
    app = open_app()
    visit_of(app)["visitor"] = me
    app.switch_page("pages/compare.py")
    visit_of(app)[SELECTED.key] = [kept[1].id]
    app.session_state["compare_naming-0"] = app.session_state["compare_deleting"] = True
    app.run()
    assert not app.exception
    assert f"compare_name_{kept[1].id}" not in {given.key for given in app.text_input}
    assert "Delete 1 run" not in words(app)
    visit_of(app)[SELECTED.key] = [run.id for run in kept]
    app.run()
    assert "1 run is not yours" in words(app)
    press(app, "compare_delete")
    assert "Deleted 1 run." in words(app)
    assert kept[1].id in {run.id for run in store.runs()}
