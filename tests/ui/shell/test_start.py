"""What a visitor sees when the app cannot start, or has not yet."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist37.events import Status
from mnist37.ui.shell.start import STAGES, Progress, Start, _begun, start
from mnist37.ui.shell.welcome import _bar
from mnist37.ui.visit import ADDRESS_READY
from tests.data.samples import layout_files, write_folder
from tests.ui.conftest import APP, START_SECONDS, visit_of


@pytest.fixture(autouse=True)
def fresh_start(closed_app: None) -> None:
    _begun.clear()


def test_bad_digits_are_told_with_their_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MNIST37_DATA", str(tmp_path / "nowhere"))
    start().ready.wait(START_SECONDS)
    app = AppTest.from_file(APP, default_timeout=START_SECONDS).run()
    assert not app.exception
    assert "nowhere does not exist" in app.error[0].value
    assert "embedded" in app.error[0].value
    _begun.clear()


def test_digits_that_the_server_lacks_are_named_and_3s_and_7s_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MNIST37_DATA", str(write_folder(tmp_path / "set", layout_files())))
    monkeypatch.setenv("MNIST37_WORKERS", "1")
    start().ready.wait(START_SECONDS)
    app = AppTest.from_file(APP, default_timeout=START_SECONDS)
    visit_of(app)[ADDRESS_READY.key] = True
    app.query_params["digits"] = "4,9"
    app.run()
    assert not app.exception
    assert app.selectbox(key="lab_digits").value == "3,7"
    said = " ".join(toast.value for toast in app.toast)
    assert "There is no 4 or 9 here" in said
    assert "folders of 3, 7 only" in said
    start().engine.close()
    _begun.clear()


def test_the_first_paint_needs_no_torch() -> None:
    code = "import sys, mnist37.ui.app; sys.exit('torch' in sys.modules or 'fastai' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(APP).parent)


def test_the_web_process_never_imports_fastai() -> None:
    pages = "mnist37.ui.lab.watch_run, mnist37.ui.answers.answer_words, mnist37.ui.shell.session"
    code = f"import sys, {pages}; sys.exit('fastai' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(APP).parent)


def test_the_first_run_is_trained_beside_a_busy_thread(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With Python's own interval between threads it took 270 times as long as alone; pages are such threads."""
    trained = threading.Event()

    def compute() -> None:
        while not trained.is_set():
            sum(range(200))

    def seconds(home: str) -> float:
        monkeypatch.setenv("MNIST37_HOME", str(tmp_path / home))
        started = Start()
        started.work()
        started.engine.close()
        return started.engine.info(started.first_run).seconds

    seconds("first calls")
    alone = seconds("alone")
    threading.Thread(target=compute, daemon=True).start()
    try:
        assert seconds("beside") < 60 * alone
    finally:
        trained.set()


def test_the_first_run_is_trained_at_the_start_and_kept_for_the_next_one() -> None:
    told: list[float | None] = []

    class Watched(Start):
        def _report_steps(self, made: int, to_make: int) -> None:
            super()._report_steps(made, to_make)
            told.append(self.progress.share)

    ids = []
    for _ in range(2):
        started = Watched()
        started.work()
        ids.append(started.first_run)
        assert started.engine.info(started.first_run).status is Status.FINISHED
        assert started.engine.store.has_weights(started.first_run)
        assert not started.engine.trains(started.first_run)
        started.engine.close()
    assert ids[0] == ids[1]
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_the_bar_goes_on_as_slowly_as_it_came() -> None:
    digits, torch, _ = STAGES
    usual, slow = (_bar(Progress(1, None, "", (seconds,), seconds + 1.0)) for seconds in (0.1, 5 * digits.seconds))
    assert usual["expected"] == torch.seconds
    assert slow["expected"] == pytest.approx(5 * torch.seconds)
    assert slow["inside"] == pytest.approx(1.0)
    assert 0 < slow["from"] < slow["to"] < 1
    last = _bar(Progress(2, 0.5, "", (0.1, 2.0), 2.2))
    assert (last["from"], last["to"], last["share"]) == (slow["to"], 1.0, 0.5)


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
    monkeypatch.setattr("mnist37.data.load_digits", _no_digits)
    go_on.set()
    assert start().ready.wait(START_SECONDS)
    _begun.clear()


def _no_digits(**_: object) -> None:
    from mnist37.errors import DataNotFound

    raise DataNotFound("There are no digits.", "Give some.")
