"""The whole app, killed in mid-run: what is on disk, and what the next start makes of it."""

import random
import signal
from pathlib import Path

import psutil
import pytest

from mnist37.events import Status
from mnist37.runs import BrokenRun, RunStore
from mnist37.runs.store import ABANDONED
from tests.browser.server import Server
from tests.engine.conftest import PATIENCE, until

from .counts import times
from .tab import Tab

LONG_RUN = "rung=simple-net&epochs=1000&batch_size=8"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed") / "home"


def train_until(server: Server, store: RunStore, step: int) -> str:
    """Train a run from a tab until so many of its steps are on disk; its id."""
    before = {run.id for run in store.runs()}
    with Tab(server.url, LONG_RUN) as tab:
        tab.open().press("Train")

        def trains() -> list[str]:
            tab.run()
            kept = [run for run in store.runs() if run.id not in before and not isinstance(run, BrokenRun)]
            new = [run.id for run in kept if run.settings.rung == "simple-net"]  # and not the app's first run
            return [run_id for run_id in new if store.history(run_id).step > step]

        until(trains)
        assert tab.exceptions == []
        return trains()[0]


@pytest.mark.timeout(times(900, 3600))
def test_an_app_that_is_killed_keeps_its_runs_and_leaves_no_process(home: Path, tmp_path: Path) -> None:
    where, store, killed = random.Random(37), RunStore(home / "runs"), []
    for number in range(times(1, 20)):
        with Server(home, tmp_path / f"log-{number}", workers=2) as server:
            killed.append(train_until(server, store, where.randrange(times(300, 3000))))
            step, children = store.history(killed[-1]).step, server.children()
            assert children
            server.end(signal.SIGKILL)
        _, alive = psutil.wait_procs(children, timeout=PATIENCE)
        assert not alive
        info = store.info(killed[-1])
        assert (info.status, info.reason, store.has_weights(info.id)) == (Status.FAILED, ABANDONED, False)
        assert "app.py" not in server.log.read_text()  # no traceback of ours: Python's own tracker may leave one
        assert store.history(info.id).step >= step
        assert not [run for run in store.runs() if isinstance(run, BrokenRun)]
    with Server(home, tmp_path / "log", workers=2) as server:
        for query, page in (("", "compare"), (f"run={killed[0]}", ""), (f"run={killed[-1]}", "inside")):
            with Tab(server.url, query, page) as tab:
                assert tab.open().exceptions == []
        with Tab(server.url, f"run={killed[-1]}") as tab:
            tab.open().wait_until_said("The program ended while this run was under way")
    assert {run.id for run in RunStore(home / "runs").runs()} >= {*killed}
