"""Naming and deleting runs, also while they train: no update is lost, and nothing is taken from under a training."""

import pytest

from mnist37.controls import Stop
from mnist37.engine.inbox import Inbox
from mnist37.errors import EngineError, RunError, RunNotFound

from .conftest import SHORT, Watched


def test_a_run_is_named_while_it_trains_and_keeps_the_name(watched: Watched) -> None:
    run_id = watched.submit()
    watched.wait_until_it_trains(run_id)
    assert watched.engine.rename(run_id, "mine\n").name == "mine"
    assert watched.engine.info(run_id).name == watched.engine.store.info(run_id).name == "mine"
    watched.engine.control(run_id, Stop())
    watched.wait_until_over(run_id)
    assert watched.engine.info(run_id).name == watched.engine.store.info(run_id).name == "mine"


def test_a_kept_run_is_named(watched: Watched) -> None:
    run_id = watched.submit(SHORT)
    watched.wait_until_over(run_id)
    del watched.engine._runs[run_id]
    assert watched.engine.rename(run_id, "old one").name == watched.engine.info(run_id).name == "old one"


def test_a_run_that_trains_is_not_deleted(watched: Watched) -> None:
    run_id = watched.submit()
    with pytest.raises(RunError, match=r"still learning.*Stop it"):
        watched.engine.delete(run_id)
    assert watched.engine.trains(run_id)


def test_a_deleted_run_is_gone_from_memory_too(watched: Watched) -> None:
    run_id = watched.submit(SHORT)
    watched.wait_until_over(run_id)
    watched.engine.delete(run_id)
    for ask in (watched.engine.info, watched.engine.history, watched.engine.delete):
        with pytest.raises(RunNotFound):
            ask(run_id)


def test_an_engine_that_does_not_answer_is_said(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id, nobody = watched.submit(SHORT), Inbox()
    watched.wait_until_over(run_id)
    monkeypatch.setattr("mnist37.engine.inbox.ANSWER_TIMEOUT_S", 0.0)
    monkeypatch.setattr(watched.engine, "_inbox", nobody)
    with pytest.raises(EngineError, match="Try again"):
        watched.engine.rename(run_id, "too late")
    nobody.work_until(lambda: False, timeout_s=0.0)
    assert watched.engine.info(run_id).name == ""  # an error was raised, so the job is not done later either
