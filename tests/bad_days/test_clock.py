"""A clock that is set back, or forward, while runs train and between them."""

import json
import random
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import psutil
import pytest
from distributed import Scheduler
from streamlit.testing.v1 import AppTest

from mnist37.clock import _latest
from mnist37.controls import Stop
from mnist37.data import Digits
from mnist37.events import Status
from mnist37.runs import RunInfo, RunStore
from mnist37.ui.live import nodes
from tests.engine.conftest import LONG, SHORT, Watched, until
from tests.ui.conftest import visit_of

HOUR_S, DAY_S = 3600.0, 86400.0
SET = {"an hour back": -HOUR_S, "a week back": -7 * DAY_S, "an hour on": HOUR_S, "two days on": 2 * DAY_S}


class Clock:
    """The machine's clock for what is ours; the time of its start, and of each process's, are told by it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.by_s = 0.0
        boot, began, own = psutil.boot_time, psutil.Process.create_time, SimpleNamespace(time=self.now)
        patch.setattr(psutil, "boot_time", lambda: boot() + self.by_s)
        patch.setattr(psutil.Process, "create_time", lambda process: began(process) + self.by_s)
        patch.setattr("mnist37.clock.time", own)
        patch.setattr("mnist37.runs.store.time", own)

    def now(self) -> float:
        return time.time() + self.by_s

    def set(self, by_s: float) -> None:
        """Set it to so many seconds from the real time."""
        self.by_s = by_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """A clock that can be set; afterwards the latest time is the real one again."""
    clock = Clock(monkeypatch)
    yield clock
    _latest[0] = 0.0


def test_runs_keep_their_order_whatever_the_clock_says(clock: Clock, home: object, tiny: Digits) -> None:
    store, jump, ids = RunStore(), random.Random(37), []
    for _ in range(100):
        clock.set(jump.uniform(-30 * DAY_S, 0))
        ids.append(store.create(SHORT, tiny).id)
    assert len({*ids}) == 100
    assert [run.id for run in store.runs()] == ids[::-1]
    assert store.find("last") == ids[-1]
    assert all(run.status is Status.QUEUED for run in store.runs())


@pytest.mark.parametrize("by_s", SET.values(), ids=SET)
def test_a_run_that_trains_is_not_taken_for_an_abandoned_one(by_s: float, clock: Clock, tiny: Digits) -> None:
    store = RunStore()
    run_id = store.create(SHORT, tiny).id
    clock.set(by_s)
    assert store.info(run_id).status is Status.QUEUED
    record = store.folder / run_id / "run.json"
    told = json.loads(record.read_text())
    told["owner"] |= {"started": told["owner"]["started"] - 100, "since_boot": told["owner"]["since_boot"] - 100}
    record.write_text(json.dumps(told))
    assert RunStore().info(run_id).status is Status.FAILED  # of another process that had the same number


@pytest.mark.parametrize("by_s", SET.values(), ids=SET)
def test_a_run_trains_on_while_the_clock_is_set(
    by_s: float, watched: Watched, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = watched.engine._thread.client
    run_id = watched.submit(LONG.replace(batch_size=16))
    watched.wait_until_it_trains(run_id)
    worker, created = watched.engine.worker_of(run_id), watched.engine.info(run_id).created
    clock.set(by_s)
    with monkeypatch.context() as patch:
        patch.setattr("distributed.scheduler.time", clock.now)
        client.run_on_scheduler(_do_what_is_due)
    step = watched.step(run_id)
    until(lambda: watched.step(run_id) > step)
    assert (watched.status(run_id), watched.engine.worker_of(run_id)) == (Status.RUNNING, worker)
    left = watched.engine.seconds_left(run_id)
    assert left is None or left > 0
    short = watched.submit(SHORT)
    assert watched.wait_until_over(short) is Status.FINISHED
    watched.engine.control(run_id, Stop())
    assert watched.wait_until_over(run_id) is Status.STOPPED
    for info in (watched.engine.info(run_id), watched.engine.info(short)):
        assert 0 <= info.seconds < 600
        assert all(0 <= epoch.seconds < 600 for epoch in watched.engine.history(info.id).epochs())
    assert watched.engine.info(short).created > created
    listed = [run.id for run in watched.engine.store.runs()]
    assert listed.index(short) < listed.index(run_id)


async def _do_what_is_due(dask_scheduler: Scheduler) -> None:
    """Do all that the scheduler does at intervals, such as looking for workers that were not heard of for long."""
    for name, regular in dask_scheduler.periodic_callbacks.items():
        if name not in {"heartbeat", "monitor"} and (done := regular.callback()) is not None:
            await done


def test_a_page_takes_what_was_made_after_the_clock_was_set_back(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node keeps the newer of two contents: an hour's updates would be dropped."""
    sent: list[float] = []
    monkeypatch.setattr(nodes, "_serve_files", lambda: None)
    monkeypatch.setattr(nodes, "_news", lambda **news: sent.append(json.loads(news["data"])["at"]))
    for by_s in (0.0, -HOUR_S, -2 * HOUR_S, -HOUR_S):
        clock.set(by_s)
        nodes.update_nodes([])
    assert sent == sorted(sent)
    assert len({*sent}) == 4


def test_the_pages_open_whatever_the_clock_says(open_app: Callable[..., AppTest], clock: Clock) -> None:
    app = open_app()
    run_id = visit_of(app)["run"]
    for by_s in SET.values():
        clock.set(by_s)
        for page in ("lab", "compare", "inside"):
            app.switch_page(f"pages/{page}.py").run()
            assert not app.exception
        app.switch_page("pages/lab.py").run()
        assert visit_of(app)["run"] == run_id
        assert not app.error
    kept = RunStore().info(run_id)
    assert isinstance(kept, RunInfo)
    assert kept.status.is_over
