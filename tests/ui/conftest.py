"""Pages without a browser, from `app.py`, on one engine for all of them."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest, local_script_runner

from mnist37.controls import Stop
from mnist37.ui.shell.start import Start, _begun, start
from mnist37.ui.visit import ADDRESS_READY, KEY
from tests.engine.conftest import until

APP = str(Path(__file__).parents[2] / "app.py")
START_SECONDS = 180


@pytest.fixture(autouse=True)
def same_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest leaves its script as `__main__`, which the next engine's workers would import."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def visit_of(app: AppTest) -> dict[str, Any]:
    """The values of a visit, by their names."""
    if KEY not in app.session_state:
        app.session_state[KEY] = {}
    values: dict[str, Any] = app.session_state[KEY]
    return values


def run_fragment(app: AppTest, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the fragment with this widget, and no more, as a browser asks for it."""
    state = app.session_state._state._state if hasattr(app.session_state._state, "_state") else app.session_state._state
    known = state._new_widget_state.widget_metadata
    fragment = next(known[widget].fragment_id for widget in known if widget.endswith(key))
    assert fragment

    def of_the_fragment(**data: object) -> RerunData:
        return RerunData(**data, fragment_id_queue=[fragment])

    with monkeypatch.context() as patch:
        patch.setattr(local_script_runner, "RerunData", of_the_fragment)
        app.run()


class App:
    """What the pages stand on: a home and an engine, which start where a test first asks for them."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory, self._home = factory, Path()
        self._begun: Start | None = None

    def start(self) -> Path:
        """Return the home; the engine is told it when it starts."""
        if not self._home.name:
            self._home = self._factory.mktemp("pages")
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("MNIST37_HOME", str(self._home))
                patch.setenv("MNIST37_WORKERS", "1")
                _begun.clear()
                self._begun = start()
                self._begun.ready.wait(START_SECONDS)
                self._begun.engine.wait_until_ready(START_SECONDS)
        assert self._begun is not None
        _begun[:] = [self._begun]  # another folder's tests may have begun a start of their own since
        return self._home

    def tidy(self) -> None:
        """Leave the first run only, as a new home has it."""
        engine, first = start().engine, start().first_run
        runs = [run.id for run in engine.store.runs() if run.id != first]
        for run_id in runs:
            engine.control(run_id, Stop())
        until(lambda: not any(engine.trains(run_id) for run_id in runs))
        for run_id in runs:
            engine.delete(run_id)
        shutil.rmtree(self._home / "own", ignore_errors=True)

    def close(self) -> None:
        if self._begun is not None:
            self._begun.engine.close()
            _begun.clear()
            self._begun, self._home = None, Path()


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = App(tmp_path_factory)
    yield app
    app.close()


@pytest.fixture(scope="module")
def closed_app(shared_app: App) -> Iterator[None]:
    """For a module that starts the app itself, or changes what it is made of: the shared one is closed around it."""
    shared_app.close()
    yield
    shared_app.close()


@pytest.fixture(scope="module")
def engine_home(shared_app: App) -> Iterator[Path]:
    """The home of the engine that all modules share; what a module left there is deleted behind it."""
    yield shared_app.start()
    shared_app.tidy()


@pytest.fixture
def open_app(engine_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    monkeypatch.setenv("MNIST37_HOME", str(engine_home))

    def open_app(**query: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=START_SECONDS)
        visit_of(app)[ADDRESS_READY.key] = True  # here is no browser that says so
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    assert os.environ["MNIST37_HOME"] == str(engine_home)
    return open_app
