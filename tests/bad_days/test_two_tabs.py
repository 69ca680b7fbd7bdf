"""Two tabs that steer one run, and a thousand quick clicks."""

import random
import threading
import urllib.request
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from mnist37.controls import Pause, Resume, RunControl, SetBatchSize, SetLr, Step, Stop
from mnist37.events import Status
from mnist37.runs import RunStore
from mnist37.ui.shell.start import engine
from tests.browser.server import Server
from tests.engine.conftest import Watched, until
from tests.ui.conftest import visit_of

from .counts import times
from .tab import Tab

LONG_LINK = {"rung": "simple-net", "epochs": "1000", "batch_size": "8"}
CLICKS = ("Train", "Pause", "Step", "Stop", "Again")


def test_two_tabs_steer_one_run(open_app: Callable[..., AppTest]) -> None:
    one = open_app(**LONG_LINK)
    run_id = visit_of(one.button(key="train").click().run())["run"]
    until(lambda: engine().history(run_id).step > 0)
    other = open_app(run=run_id)
    for tab, stale in ((one, other), (other, one)):
        stale.run()
        tab.run().button(key="pause").click().run()
        until(lambda: engine().info(run_id).status is Status.PAUSED)
        stale.button(key="pause").click().run()  # it still says Pause there
        step = engine().history(run_id).step
        assert engine().info(run_id).status is Status.PAUSED
        stale.button(key="step").click()
        tab.button(key="step").click().run()
        stale.run()
        until(lambda at=step: engine().history(run_id).step > at)
        stale.run().button(key="pause").click().run()  # Resume
        until(lambda at=step: engine().history(run_id).step > at + 10)
        assert not tab.exception
        assert not stale.exception
    one.button(key="stop").click().run()
    until(lambda: engine().info(run_id).status.is_over)
    other.button(key="stop").click().run()  # of a run that is over
    other.run()
    assert not other.exception
    assert engine().info(run_id).status is Status.STOPPED
    assert {visit_of(one.run())["run"], visit_of(other.run())["run"]} == {run_id}


@pytest.mark.parametrize("seed", range(2))
def test_whatever_two_ask_for_at_once_the_last_stop_counts(seed: int, watched: Watched) -> None:
    run_id = watched.submit()
    watched.wait_until_it_trains(run_id)
    asked: list[Callable[[], RunControl]] = [Pause, Resume, Step, lambda: SetLr(0.01), lambda: SetBatchSize(4)]

    def steer(chooses: random.Random) -> None:
        for _ in range(times(50, 500)):
            watched.engine.control(run_id, chooses.choice(asked)())

    threads = [threading.Thread(target=steer, args=(random.Random(10 * seed + number),)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    watched.engine.control(run_id, Resume())
    until(lambda: watched.status(run_id) is Status.RUNNING)
    step = watched.step(run_id)
    until(lambda: watched.step(run_id) > step)
    watched.engine.control(run_id, Stop())
    watched.engine.control(run_id, Resume())
    assert watched.wait_until_over(run_id) is Status.STOPPED
    assert watched.engine.store.history(run_id).step == watched.step(run_id)


def test_quick_clicks_leave_the_last_state_and_a_server_that_answers(server: Server) -> None:
    chooses, store = random.Random(37), RunStore(server.home / "runs")
    before = len(server.log.read_text())  # other tests send what Streamlit logs as a traceback
    with Tab(server.url, "&".join(f"{name}={value}" for name, value in LONG_LINK.items())) as tab:
        tab.open()
        for number in range(times(30, 1000)):
            tab.press(chooses.choice([label for label in CLICKS if label in tab.buttons]))
            if number % 20 == 19:
                tab.wait()
        assert tab.answers()
        tab.settle()  # Streamlit gives clicks that wait together in an order of its own
        tab.press("Train")
        until(lambda: (tab.run(), [run for run in store.runs() if run.status is Status.RUNNING])[1])
        until(lambda: (tab.press("Stop"), tab.settle(), all(run.status.is_over for run in store.runs()))[2])
        assert tab.exceptions == []
        assert store.runs()[0].status is Status.STOPPED
    with urllib.request.urlopen(f"{server.url}/_stcore/health") as answer:
        assert answer.status == 200
    assert "Traceback" not in server.log.read_text()[before:]
