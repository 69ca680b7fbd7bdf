"""What a visitor sees when the app cannot start, or has not yet."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist37.ui.start import Start, start
from tests.pages.conftest import APP, START_SECONDS


@pytest.fixture(autouse=True)
def fresh_start() -> None:
    start.clear()


def test_bad_digits_are_told_with_their_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MNIST37_DATA", str(tmp_path / "nowhere"))
    start().ready.wait(START_SECONDS)
    app = AppTest.from_file(APP, default_timeout=START_SECONDS).run()
    assert not app.exception
    assert "nowhere does not exist" in app.error[0].value
    assert "embedded" in app.error[0].value
    start.clear()


def test_the_first_paint_needs_no_torch() -> None:
    code = "import sys, app; sys.exit('torch' in sys.modules or 'fastai' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(APP).parent)


def test_the_web_process_never_imports_fastai() -> None:
    code = "import sys, mnist37.ui.watch_run, mnist37.ui.verdict, mnist37.ui.session; sys.exit('fastai' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(APP).parent)


def test_digits_are_there_before_the_engine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    work = Start.work

    def wait_first(self: Start) -> None:
        go_on.wait(START_SECONDS)
        self.problem = None
        work(self)

    monkeypatch.setattr(Start, "work", wait_first)
    app = AppTest.from_file(APP, default_timeout=START_SECONDS).run()
    assert app.title[0].value == "Is it a 3 or a 7?"
    assert not app.exception
    monkeypatch.setattr("mnist37.ui.start.load_digits", _no_digits)
    go_on.set()
    assert start().ready.wait(START_SECONDS)
    start.clear()


def _no_digits(**_: object) -> None:
    from mnist37.errors import DataNotFound

    raise DataNotFound("There are no digits.", "Give some.")
