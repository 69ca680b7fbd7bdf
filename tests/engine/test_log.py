"""MNIST37_LOG: a run's life on standard error, with its id in each line; nothing without it."""

import logging
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mnist37.engine import Engine, log
from mnist37.errors import EngineError

PROGRAM = """
    from mnist37.controls import Pause, Resume, Stop
    from mnist37.data import load_digits
    from mnist37.engine import Engine
    from mnist37.events import Status
    from tests.engine.conftest import LONG, PATIENCE, Watched

    if __name__ == "__main__":
        watched = Watched(Engine(), load_digits())
        run = watched.submit(LONG)
        watched.wait_until_it_trains(run)
        watched.engine.control(run, Pause())
        watched.wait_for(run, Status.PAUSED)
        watched.engine.control(run, Resume())
        watched.wait_for(run, Status.RUNNING)
        watched.engine.control(run, Stop())
        watched.wait_until_over(run)
        print(run)
"""


def logged(asked: str | None, folder: Path) -> tuple[str, list[str]]:
    """The id of a run that is paused, resumed and stopped in a program of its own, and the lines on standard error."""
    script = folder / "program.py"
    script.write_text(textwrap.dedent(PROGRAM))
    env = {**os.environ, "MNIST37_WORKERS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    env.pop(log.VARIABLE, None)
    env |= {log.VARIABLE: asked} if asked else {}
    program = subprocess.run([sys.executable, str(script)], capture_output=True, env=env, text=True, check=True)
    return program.stdout.strip(), program.stderr.splitlines()


def test_it_is_silent_unless_it_is_asked_for(tmp_path: Path) -> None:
    assert logged(None, tmp_path)[1] == []


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    folder = tmp_path_factory.mktemp("log")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST37_HOME", str(folder / "home"))
        return logged("debug,dask", folder)


def test_a_runs_life_is_logged_with_its_id(told: tuple[str, list[str]]) -> None:
    run_id, lines = told
    life = [line for line in lines if " INFO mnist37." in line]
    assert all(f" run {run_id}: " in line for line in life)
    engine, worker, recorder = (
        [line.partition(f" run {run_id}: ")[2] for line in life if f" mnist37.{name} pid " in line]
        for name in ("engine.engine_thread", "engine.worker", "runs.recorder")
    )
    assert engine == ["sent to Dask with priority 0"]
    assert [line.split()[0] for line in worker] == ["arrived", "ended"]
    assert [line.split()[0] for line in recorder] == ["queued", "started", "paused", "resumed", "stopped"]
    assert len({line.partition(" pid ")[2].split()[0] for line in life}) == 2  # the program's and a worker's


def test_debug_adds_what_is_asked_and_each_event(told: tuple[str, list[str]]) -> None:
    run_id, lines = told
    debug = [line for line in lines if f" run {run_id}: " in line and " DEBUG " in line]
    emitted, received = (
        [line.partition(f": {way}: ")[2] for line in debug if f": {way}: " in line] for way in ("emits", "received")
    )
    assert any(line.startswith("Batches(step=1,") for line in emitted)
    assert len(received) > 4
    assert received == emitted[: len(received)]
    assert any(line.endswith("asked for: Pause()") for line in debug)
    assert any(line.endswith("takes: Pause()") for line in debug)
    assert any(" - distributed." in line for line in lines)


@pytest.mark.parametrize(
    ("asked", "level", "dask"),
    [
        ("", None, logging.CRITICAL),
        ("info", logging.INFO, logging.CRITICAL),
        ("DEBUG, dask", logging.DEBUG, logging.DEBUG),
        ("dask", logging.INFO, logging.INFO),
    ],
)
def test_levels(asked: str, level: int | None, dask: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(log.VARIABLE, asked)
    assert (log.log_level(), log.dask_level()) == (level, dask)


@pytest.mark.parametrize("asked", ["loud", "debug,dusk", "1"])
def test_an_unknown_word_is_refused(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(log.VARIABLE, asked)
    with pytest.raises(EngineError, match=rf"MNIST37_LOG is '{asked}'. Set it to info or debug"):
        Engine()
