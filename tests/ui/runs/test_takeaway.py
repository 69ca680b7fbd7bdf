"""The buttons that take a run along, and the place where one is brought in; both without an engine that trains."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mnist37.data import Digits
from mnist37.errors import EngineError
from mnist37.events import Status
from mnist37.rungs import settings_for
from mnist37.runs import Recorder, RunInfo, RunStore, weights_to_bytes
from mnist37.takeaway import FORMS, KeptRun, to_bundle
from mnist37.train import train
from mnist37.ui.runs import takeaway


@dataclass
class StoreOnly:
    """What an engine is to these widgets."""

    store: RunStore = field(default_factory=RunStore)

    refusal: EngineError | None = None

    def info(self, run_id: str) -> RunInfo:
        return self.store.info(run_id)

    def make_room(self) -> None:
        if self.refusal is not None:
            raise self.refusal


@pytest.fixture
def engine() -> StoreOnly:
    return StoreOnly()


@pytest.fixture
def run_id(engine: StoreOnly, tiny: Digits) -> str:
    settings = settings_for("linear-scratch", epochs=2, batch_size=16)
    recorder = Recorder(engine.store, settings, tiny)
    outcome = train(settings, tiny, recorder.add)
    recorder.finish(outcome.status, outcome.reason, weights_to_bytes(outcome.weights))
    return recorder.info.id


def take(engine: object, run_id: str) -> None:
    from mnist37.ui.runs.takeaway import take_away

    take_away(engine, run_id)


def bring(engine: object) -> None:
    import streamlit as st

    from mnist37.ui.runs.takeaway import import_run

    if run_id := import_run(engine):
        st.markdown(f"came in: {run_id}")


def open_app(script: Any, **arguments: Any) -> AppTest:
    app = AppTest.from_function(script, kwargs=arguments, default_timeout=180).run()
    assert not app.exception
    return app


def test_every_form_has_a_button_that_makes_its_file_at_a_click_only(
    engine: StoreOnly, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    asked: dict[str, Any] = {}
    button = st.download_button

    def spy(label: str, data: Any, **options: Any) -> Any:
        asked[label] = (data, options)
        return button(label, data, **options)

    def make(store: RunStore, run_id: str, form: Any) -> bytes:
        made.append(form.name)
        return b"file"

    monkeypatch.setattr(st, "download_button", spy)
    monkeypatch.setattr(takeaway, "take_along", make)
    app = open_app(take, engine=engine, run_id=run_id)
    assert [widget.label for widget in app.download_button] == [form.title for form in FORMS.values()]
    assert [caption.value for caption in app.caption] == [form.purpose for form in FORMS.values()]
    assert made == []
    for data, options in asked.values():
        assert data() == b"file"
        assert options["on_click"] == "ignore"
        assert options["file_name"].startswith(run_id)
    assert made == list(FORMS)
    assert set(takeaway.ICONS) == set(FORMS)


def test_only_what_a_run_has_is_offered(engine: StoreOnly, run_id: str) -> None:
    (engine.store.folder / run_id / "weights.safetensors").unlink()
    app = open_app(take, engine=engine, run_id=run_id)
    assert [widget.label for widget in app.download_button] == ["Notebook", "History", "Whole run"]
    engine.store.write_info(engine.store.info(run_id).replace(status=Status.RUNNING))
    app = open_app(take, engine=engine, run_id=run_id)
    assert not app.download_button
    assert [caption.value for caption in app.caption] == ["This run can be exported when it is over."]


def test_a_run_is_brought_in_once(engine: StoreOnly, run_id: str) -> None:
    bundle = to_bundle(KeptRun.of(engine.store, run_id))
    app = open_app(bring, engine=engine)
    app.file_uploader[0].set_value(("run.zip", bundle, "application/zip")).run()
    assert not app.exception
    new = next(run.id for run in engine.store.runs() if run.id != run_id)
    assert [words.value for words in app.markdown] == [f"came in: {new}"]
    app.run()
    assert [words.value for words in app.markdown] == []
    assert [words.value for words in app.caption] == ["This run was imported."]
    assert len(engine.store.runs()) == 2
    app.file_uploader[0].set_value(("run.zip", bundle, "application/zip")).run()
    assert len(engine.store.runs()) == 3


def test_a_file_that_is_no_run_is_said_in_words(engine: StoreOnly) -> None:
    app = open_app(bring, engine=engine)
    app.file_uploader[0].set_value(("run.zip", b"PK nonsense", "application/zip")).run()
    for _ in range(2):  # and it stays said
        assert not app.exception
        assert "no run that was exported here" in app.error[0].value
        assert "Give a .zip" in app.error[0].value
        app.run()
    app.file_uploader[0].clear().run()
    assert not app.error
    assert engine.store.runs() == []


def test_a_run_for_which_there_is_no_room_is_refused_in_words(engine: StoreOnly, run_id: str) -> None:
    engine.refusal = EngineError("1 runs are kept here.", "Delete some.")
    app = open_app(bring, engine=engine)
    app.file_uploader[0].set_value(("run.zip", to_bundle(KeptRun.of(engine.store, run_id)), "application/zip")).run()
    assert not app.exception
    assert app.error[0].value == "**1 runs are kept here.** Delete some."
    assert len(engine.store.runs()) == 1
