"""Pages without a browser, from `app.py`, on one engine for all of them."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist37.ui.shell.start import _begun, start
from mnist37.ui.visit import ADDRESS_READY

APP = str(Path(__file__).parents[2] / "app.py")
START_SECONDS = 180


@pytest.fixture(autouse=True)
def same_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest leaves its script as `__main__`, which the next engine's workers would import."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="module")
def engine_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home and an engine of their own; the engine is told its home when it starts."""
    home = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST37_HOME", str(home))
        patch.setenv("MNIST37_WORKERS", "1")
        _begun.clear()
        start().ready.wait(START_SECONDS)
        start().engine.wait_until_ready(START_SECONDS)
    yield home
    start().engine.close()
    _begun.clear()


@pytest.fixture
def open_app(engine_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    monkeypatch.setenv("MNIST37_HOME", str(engine_home))

    def open_app(**query: str) -> AppTest:
        app = AppTest.from_file(APP, default_timeout=START_SECONDS)
        app.session_state[ADDRESS_READY.key] = True  # here is no browser that says so
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    assert os.environ["MNIST37_HOME"] == str(engine_home)
    return open_app
