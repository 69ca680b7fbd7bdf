"""Whose run is whose: others look at it, and change nothing."""

from collections.abc import Callable
from typing import get_args

import pytest

from mnist37.controls import Pause, Resume, RunControl, SetBatchSize, SetDrawing, SetLr, SetPace, Step, Stop
from mnist37.engine import Engine
from mnist37.errors import NotYours
from mnist37.events import Status
from mnist37.runs import RunStore
from mnist37.visitor import HOST, Visitor

from .conftest import SHORT, Watched, until

OWNER, STRANGER = Visitor("a" * 32), Visitor("b" * 32)
CONTROLS = (Pause(), Step(), Resume(), Stop(), SetLr(0.5), SetBatchSize(8), SetPace(1.0), SetDrawing(bytes(784)))
CHANGES = [*(("control", (control,)) for control in CONTROLS), ("rename", ("stolen",)), ("delete", ())]
READS = {
    "asked", "close", "find_lr", "greet", "history", "info", "is_stepping", "make_room", "not_yours", "place",
    "seconds_left", "submit", "trains", "visitors", "wait_until_as_asked", "wait_until_ready", "worker_of",
}  # fmt: skip

Ask = Callable[[Visitor], None]


@pytest.fixture
def ask_as(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> Ask:
    return lambda visitor: monkeypatch.setattr(watched.engine, "_asking", lambda: visitor)


def refused(engine: Engine, run_id: str, whose: str) -> None:
    for name, values in CHANGES:
        with pytest.raises(NotYours, match=f"{whose}.*for a run of your own"):
            getattr(engine, name)(run_id, *values)


def test_each_method_is_known_to_change_a_run_or_not_to() -> None:
    methods = {name for name, value in vars(Engine).items() if callable(value) and not name.startswith("_")}
    assert methods == {*dict(CHANGES), *READS}
    assert {type(control) for control in CONTROLS} == {*get_args(RunControl)}


def test_a_stranger_looks_and_changes_nothing(watched: Watched, ask_as: Ask) -> None:
    engine, run_id = watched.engine, watched.submit(visitor=OWNER.id)
    watched.wait_until_it_trains(run_id)
    ask_as(STRANGER)
    refused(engine, run_id, "another visitor's")
    assert engine.asked(run_id) is None
    assert not engine.is_stepping(run_id)
    step = watched.step(run_id)
    until(lambda: watched.step(run_id) > step)  # whatever was turned would be turned by now
    assert watched.status(run_id) is Status.RUNNING
    assert (len(engine.history(run_id).lr_changes()), engine.info(run_id).name) == (1, "")

    ask_as(OWNER)
    assert engine.not_yours(run_id) is None
    assert engine.rename(run_id, "mine").name == "mine"
    engine.control(run_id, Stop())
    assert watched.wait_until_over(run_id) is Status.STOPPED

    ask_as(STRANGER)
    refused(engine, run_id, "another visitor's")
    ask_as(HOST)
    engine.delete(run_id)


def test_a_run_has_the_same_owner_after_a_restart(watched: Watched, ask_as: Ask) -> None:
    run_id = watched.submit(SHORT, visitor=OWNER.id)
    watched.wait_until_over(run_id)
    del watched.engine._runs[run_id]  # as after a restart
    assert RunStore(watched.engine.store.folder).info(run_id).visitor == OWNER.id
    ask_as(STRANGER)
    for name in ("rename", "delete"):
        with pytest.raises(NotYours):
            getattr(watched.engine, name)(run_id, *dict(CHANGES)[name])
    ask_as(OWNER)
    watched.engine.delete(run_id)


def test_what_nobody_owns_is_the_hosts(watched: Watched, ask_as: Ask) -> None:
    run_id = watched.submit(SHORT)
    watched.wait_until_over(run_id)
    ask_as(STRANGER)
    refused(watched.engine, run_id, "the host's")
    (watched.engine.store.folder / run_id / "run.json").write_bytes(b"")
    del watched.engine._runs[run_id]
    with pytest.raises(NotYours, match="the host's"):
        watched.engine.delete(run_id)  # who trained what is broken cannot be told
    ask_as(HOST)
    watched.engine.delete(run_id)
    assert watched.engine.not_yours(run_id) is None
