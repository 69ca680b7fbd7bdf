"""Turns on the cores: only so many runs compute at once, visitors in fair turns, and who waits holds no core."""

import pickle
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest

from mnist37.train import Control, Turns

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no flock: all runs compute at once")

PATIENCE = 30.0


def until(condition: Callable[[], object]) -> None:
    end, never = time.monotonic() + PATIENCE, threading.Event()
    while not condition():
        assert time.monotonic() < end, "it did not come to pass in time"
        never.wait(0.002)


class Run:
    """A thread that computes as a training does, a millisecond a step, until it is stopped."""

    def __init__(self, turns: Turns, told: list[str], name: str) -> None:
        self.control, self.steps = Control(turns), 0
        self._told, self._name = told, name
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.control.stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _work(self) -> None:
        with self.control.turns as turns:
            while not self.control.stopped:
                self._told.append(self._name)
                time.sleep(0.001)
                self.steps += 1
                turns.give_way(time.perf_counter())
                if self.control.paused:
                    self.control.wait_while_paused(self.control.drawing)


def test_visitors_take_turns_however_many_runs_they_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist37.train.turns.TURN_SECONDS", 0.02)
    told: list[str] = []
    runs = [Run(Turns(str(tmp_path), 1, name[:4]), told, name) for name in ("many1", "many2", "many3", "many4", "one")]

    def turns() -> Counter[str]:
        return Counter(name for name, _ in groupby(list(told)))

    until(lambda: min(run.steps for run in runs) > 0)
    told.clear()  # each run's first turn comes before the others'
    until(lambda: min(turns()[run] for run in ("many1", "many2", "many3", "many4")) > 8)
    for run in runs:
        run.stop()
    counts = turns()
    assert 0.4 < counts["one"] / (counts.total() - counts["one"]) < 2.5, counts  # with turns of runs, 0.25


def test_only_so_many_compute_at_once_and_who_waits_holds_no_core(tmp_path: Path) -> None:
    first, second, third = (Turns(str(tmp_path), 2, visitor) for visitor in "abc")
    entered = threading.Event()

    def enter() -> None:
        with third:
            entered.set()

    waiting = threading.Thread(target=enter, daemon=True)
    with first, second:
        waiting.start()
        until(lambda: not first._is_free("rested"))
        assert not entered.is_set()
        with first.given_back():
            assert entered.wait(PATIENCE)
    waiting.join(PATIENCE)


def test_a_run_that_begins_or_is_stepped_need_not_wait_for_all_that_compute(tmp_path: Path) -> None:
    told: list[str] = []  # turns of full length: in one, a busy machine lets the new run come to its lane
    busy = [Run(Turns(str(tmp_path), 1, str(number)), told, str(number)) for number in range(12)]
    until(lambda: min(run.steps for run in busy) > 0)
    before = len(told)
    new = Run(Turns(str(tmp_path), 1, "new"), told, "new")
    until(lambda: new.steps > 0)
    assert len(set(told[before : told.index("new")])) < len(busy)
    new.control.pause()
    until(lambda: new.control.turns._core is None and new.control.turns._ended > 0)
    for run in (*busy, new):
        run.stop()


def test_a_pace_gives_the_core_back_only_where_there_is_something_to_wait_for(tmp_path: Path) -> None:
    with Turns(str(tmp_path), 1, "a") as turns:
        control = Control(turns)
        control.set_pace(100)
        began = turns._began
        control.wait_for_pace(time.perf_counter() - 1)
        assert turns._began == began
        control.wait_for_pace(time.perf_counter())
        assert turns._began > began


def test_where_no_folder_is_named_nothing_is_shared() -> None:
    turns = pickle.loads(pickle.dumps(Turns()))
    with turns, turns.given_back():
        turns.give_way(time.perf_counter() + 100)


def test_a_run_takes_its_turns_along_to_its_worker(tmp_path: Path) -> None:
    with pickle.loads(pickle.dumps(Turns(str(tmp_path / "gone"), 2, "../visitor"))):
        assert {path.name.partition("-")[0] for path in (tmp_path / "gone").iterdir()} == {
            "rested",
            "busy",
            "visitor",
            "core",
        }
