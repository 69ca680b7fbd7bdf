"""What whoever shows runs may ask of an engine."""

import math
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress

import numpy as np
import pytest

from mnist37.controls import Pause, Resume, SetBatchSize, SetDrawing, SetLr, SetPace, Step, Stop
from mnist37.errors import EngineError, RunError, RunNotFound, SettingsError
from mnist37.events import Status
from mnist37.rungs import settings_for
from mnist37.runs import Recorder, RunInfo

from ..train.told import teach
from .conftest import LONG, SHORT, Watched, until


def test_a_run_trains_and_is_kept(watched: Watched) -> None:
    run_id = watched.submit(SHORT)
    assert watched.engine.info(run_id).settings == SHORT
    assert watched.wait_until_over(run_id) is Status.FINISHED
    store = watched.engine.store
    assert store.info(run_id) == watched.engine.info(run_id)
    assert store.history(run_id).step == 150
    assert store.has_weights(run_id)
    assert watched.engine.place(run_id) is None
    assert watched.engine.seconds_left(run_id) is None


@pytest.mark.parametrize(
    "settings",
    [SHORT, SHORT.replace(rung="linear-torch"), settings_for("simple-net", epochs=2), settings_for("pixel-similarity")],
    ids=lambda settings: settings.rung,
)
def test_it_trains_as_here_to_the_last_bit(settings: object, watched: Watched) -> None:
    run_id = watched.submit(settings)
    here = teach(settings, watched.digits)
    assert watched.wait_until_over(run_id) is Status.FINISHED
    history = watched.engine.history(run_id)
    assert history.losses().tolist() == np.float32(here.losses).tolist()
    assert [e.accuracy for e in history.epochs()] == [e.accuracy for e in here.epochs]
    kept = watched.engine.store.weights(run_id)
    assert all((kept[name] == tensor).all() for name, tensor in here.outcome.weights.items())


def test_pause_stands_still_and_resume_goes_on(watched: Watched) -> None:
    run_id = watched.submit()
    watched.wait_until_it_trains(run_id)
    watched.engine.control(run_id, Pause())
    watched.wait_for(run_id, Status.PAUSED)
    step = watched.step(run_id)
    other = watched.submit(SHORT)  # what takes a while, in place of a sleep
    watched.wait_until_over(other)
    assert watched.step(run_id) == step
    assert watched.engine.history(run_id).snapshot().step == step
    watched.engine.control(run_id, Resume())
    watched.wait_for(run_id, Status.RUNNING)
    until(lambda: watched.step(run_id) > step)


def test_a_turned_learning_rate_takes_effect(watched: Watched) -> None:
    run_id = watched.submit()
    watched.wait_until_it_trains(run_id)
    watched.engine.control(run_id, SetLr(0.5))
    until(lambda: len(watched.engine.history(run_id).lr_changes()) > 1)
    first, second = watched.engine.history(run_id).lr_changes()
    assert (first.step, first.lr, second.lr) == (1, LONG.lr, 0.5)
    assert second.step > 1


@pytest.mark.parametrize("lr", [0, -1, math.nan, math.inf, 1e6, "1"])
def test_a_learning_rate_out_of_range_is_refused(lr: float, watched: Watched) -> None:
    with pytest.raises(SettingsError, match=r"^lr is"):
        watched.engine.control("any", SetLr(lr))


@pytest.mark.parametrize("paused", [False, True])
def test_stop_keeps_what_was_learned(paused: bool, watched: Watched) -> None:
    run_id = watched.submit()
    watched.wait_until_it_trains(run_id)
    if paused:
        watched.engine.control(run_id, Pause())
        watched.wait_for(run_id, Status.PAUSED)
    assert paused or watched.engine.seconds_left(run_id) > 0
    watched.engine.control(run_id, Stop())
    assert watched.wait_until_over(run_id) is Status.STOPPED
    step = watched.step(run_id)
    assert watched.engine.info(run_id).reason == f"Stopped after step {step}."
    assert watched.engine.store.history(run_id).step == step
    assert watched.engine.store.has_weights(run_id)
    watched.engine.control(run_id, Resume())  # too late, and no harm
    watched.engine.control(run_id, Stop())


def test_runs_wait_in_line_and_can_be_stopped_there(watched: Watched) -> None:
    running = [watched.submit(visitor="a") for _ in range(2)]
    for run_id in running:
        watched.wait_until_it_trains(run_id)
    first, second, third = (watched.submit(visitor="a") for _ in range(3))
    assert [watched.engine.place(run_id) for run_id in (*running, first, second, third)] == [None, None, 1, 2, 3]
    assert watched.status(first) is Status.QUEUED
    assert watched.engine.seconds_left(first) is None
    assert watched.engine.worker_of(first) is None
    watched.engine.control(first, Stop())
    assert watched.wait_until_over(first) is Status.STOPPED
    assert watched.engine.info(first).reason == "Stopped before it began."
    assert [watched.engine.place(run_id) for run_id in (first, second, third)] == [None, 1, 2]
    watched.engine.control(running[0], Stop())
    watched.wait_until_it_trains(second)
    assert watched.engine.place(third) == 1
    assert watched.step(first) == 0


def test_a_visitor_with_fewer_runs_goes_first(watched: Watched) -> None:
    running = [watched.submit(visitor="many") for _ in range(2)]
    for run_id in running:
        watched.wait_until_it_trains(run_id)
    many = [watched.submit(visitor="many") for _ in range(2)]
    few = watched.submit(visitor="few")
    assert [watched.engine.place(run_id) for run_id in (few, *many)] == [1, 2, 3]
    watched.wait_until_it_stands_in_line(few)
    watched.engine.control(running[0], Stop())
    watched.wait_until_it_trains(few)
    assert [watched.step(run_id) for run_id in many] == [0, 0]


def test_knobs_turned_while_a_run_waits_take_effect(watched: Watched) -> None:
    running = [watched.submit() for _ in range(2)]
    waiting = watched.submit()
    for run_id in running:
        watched.wait_until_it_trains(run_id)
    watched.engine.control(waiting, Pause())
    watched.engine.control(waiting, Resume())
    watched.engine.control(waiting, SetLr(0.25))
    watched.engine.control(waiting, Pause())
    watched.engine.control(running[0], Stop())
    watched.wait_for(waiting, Status.PAUSED)
    step = watched.step(waiting)
    assert step < LONG.epochs * LONG.steps_per_epoch(800)
    watched.engine.control(waiting, Resume())
    until(lambda: watched.step(waiting) > step)
    assert watched.engine.history(waiting).lr_changes()[-1].lr == 0.25


def test_a_run_can_begin_step_by_step(watched: Watched) -> None:
    run_id = watched.engine.submit(LONG, watched.digits, opening=[Step()])
    watched.wait_for(run_id, Status.PAUSED)
    until(lambda: watched.step(run_id) == 1)
    for step in (2, 3):
        watched.engine.control(run_id, Step())
        until(lambda: watched.step(run_id) >= step)  # noqa: B023 - asked before the next turn
        assert watched.step(run_id) == step
        until(lambda: watched.engine.history(run_id).snapshot().step == step)  # noqa: B023 - asked before the next turn
    watched.engine.control(run_id, Resume())
    watched.wait_for(run_id, Status.RUNNING)


def test_what_was_asked_is_known_until_it_is_so(watched: Watched) -> None:
    run_id = watched.submit()
    watched.wait_until_it_trains(run_id)
    assert watched.engine.asked(run_id) is None
    watched.engine.control(run_id, Pause())
    assert watched.engine.asked(run_id) is Status.PAUSED or watched.status(run_id) is Status.PAUSED
    watched.wait_for(run_id, Status.PAUSED)
    until(lambda: watched.engine.asked(run_id) is None)


def test_a_step_that_is_still_to_come_is_known(watched: Watched) -> None:
    run_id = watched.engine.submit(LONG, watched.digits, opening=[SetPace(0.2)])
    watched.wait_until_it_trains(run_id)
    watched.engine.control(run_id, Pause())
    watched.wait_for(run_id, Status.PAUSED)
    assert not watched.engine.is_stepping(run_id)
    step = watched.step(run_id)
    watched.engine.control(run_id, Step())  # at this pace it takes seconds
    assert watched.engine.is_stepping(run_id)
    watched.engine.control(run_id, SetPace(0.0))
    until(lambda: watched.step(run_id) > step)
    assert not watched.engine.is_stepping(run_id)


def test_batch_size_pace_and_drawing_reach_a_run(watched: Watched) -> None:
    settings = LONG.replace(batch_size=200)
    opening = [SetPace(0.001)]
    run_id = watched.engine.submit(settings, watched.digits, opening=opening)
    watched.wait_until_it_trains(run_id)  # a size that comes before the first batch would be its first
    watched.engine.control(run_id, SetBatchSize(100))
    watched.engine.control(run_id, SetPace(0))
    until(lambda: len(watched.engine.history(run_id).batch_size_changes()) == 2)
    assert [change.batch_size for change in watched.engine.history(run_id).batch_size_changes()] == [200, 100]
    watched.engine.control(run_id, SetDrawing(bytes(784)))


def test_batches_that_the_model_cannot_learn_from_are_refused(watched: Watched) -> None:
    run_id = watched.submit(settings_for("resnet18", epochs=50))
    with pytest.raises(SettingsError, match="alone in its batch"):
        watched.engine.control(run_id, SetBatchSize(1))
    with pytest.raises(SettingsError, match="batch_size is 0"):
        watched.engine.control(run_id, SetBatchSize(0))


def test_a_learning_rate_is_found(watched: Watched) -> None:
    search = watched.engine.find_lr(SHORT, watched.digits)
    untrained = watched.engine.find_lr(settings_for("pixel-similarity"), watched.digits)
    until(lambda: search.is_over and untrained.is_over)
    assert search.problem == ""
    assert 1e-4 < search.curve.suggestion < 50
    assert untrained.curve is None
    assert "nothing is trained" in untrained.problem


def test_what_goes_wrong_in_a_worker_is_told(watched: Watched) -> None:
    unknown = watched.submit(SHORT.replace(rung="transformer"))
    lone = watched.submit(settings_for("resnet18", batch_size=1, epochs=1))
    wrong = watched.submit(SHORT.replace(loss="hinge"))
    for run_id in (unknown, lone, wrong):
        assert watched.wait_until_over(run_id) is Status.FAILED
    assert watched.engine.info(unknown).reason.startswith("There is no model 'transformer'. The models are:")
    assert "Choose another batch size" in watched.engine.info(lone).reason
    assert "hinge" in watched.engine.info(wrong).reason
    assert watched.engine.store.info(wrong).status is Status.FAILED


def test_a_run_whose_folder_is_deleted_meanwhile_harms_no_other(watched: Watched) -> None:
    gone = watched.submit()
    watched.wait_until_it_trains(gone)
    shutil.rmtree(watched.engine.store.folder / gone)
    watched.engine.control(gone, Stop())
    assert watched.wait_until_over(gone) is Status.FAILED  # it was stopped, but nothing of it could be kept
    assert "could not be kept" in watched.engine.info(gone).reason
    assert watched.wait_until_over(watched.submit(SHORT)) is Status.FINISHED


def test_what_is_no_run_is_said(watched: Watched) -> None:
    for ask in (watched.engine.info, watched.engine.history):
        with pytest.raises(RunNotFound):
            ask("../x")
    assert watched.engine.place("../x") is None
    assert watched.engine.seconds_left("../x") is None
    watched.engine.control("../x", Stop())


def test_runs_of_before_are_read_from_the_store(watched: Watched) -> None:
    run_id = watched.submit(SHORT)
    watched.wait_until_over(run_id)
    info, losses = watched.engine.info(run_id), watched.engine.history(run_id).losses()
    del watched.engine._runs[run_id]  # as after many more runs, or after a restart
    assert watched.engine.info(run_id) == info
    assert (watched.engine.history(run_id).losses() == losses).all()


def test_a_run_that_halts_for_long_makes_room_for_others(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    halting, stepped = watched.submit(), watched.submit()
    for run in (halting, stepped):
        watched.wait_until_it_trains(run)
        watched.engine.control(run, Pause())
        watched.wait_for(run, Status.PAUSED)
    monkeypatch.setenv("MNIST37_HALT_MINUTES", "0.003")
    watched.engine.control(halting, Step())
    until(lambda: not watched.engine.is_stepping(halting))
    assert watched.status(halting) is watched.status(stepped) is Status.PAUSED  # nobody waits
    third = watched.submit(SHORT)
    assert watched.wait_until_over(third) is Status.FINISHED
    ended = [run for run in (halting, stepped) if watched.status(run) is Status.STOPPED]
    assert len(ended) == 1
    assert "paused for 0.003 min while others waited" in watched.engine.info(ended[0]).reason
    for run in {halting, stepped} - {*ended}:
        watched.engine.control(run, Stop())
        watched.wait_until_over(run)


def test_a_visitor_may_have_so_many_runs_and_no_more(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST37_RUNS_PER_VISITOR", "2")
    first, second = watched.submit(visitor="a"), watched.submit(visitor="a")
    with pytest.raises(EngineError, match=r"^2 of your runs .* Stop one.* MNIST37_RUNS_PER_VISITOR"):
        watched.submit(visitor="a")
    other = watched.submit(SHORT, visitor="b")
    watched.engine.control(first, Stop())
    third = watched.submit(SHORT, visitor="a")  # one that is about to stop counts no more
    watched.engine.control(second, Stop())
    assert {watched.wait_until_over(run_id) for run_id in (other, third)} == {Status.FINISHED}


@pytest.mark.parametrize(("name", "told"), [("KEPT_RUNS", "1"), ("DISK_GB", "0.000000001")])
def test_so_much_is_kept_and_no_more(name: str, told: str, watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.wait_until_over(watched.submit(SHORT))
    monkeypatch.setenv(f"MNIST37_{name}", told)
    with pytest.raises(EngineError, match=rf"are kept here, and no more .* Delete some on Compare.* MNIST37_{name}"):
        watched.submit(SHORT)


@pytest.fixture
def keep(watched: Watched) -> Iterator[Callable[..., str]]:
    """Keeps a run without training it; no run of a visitor is there before, and none of these behind it."""
    store = watched.engine.store
    for run in store.runs():
        if isinstance(run, RunInfo) and run.visitor:
            watched.engine.delete(run.id)
    kept = []

    def keep(visitor: str = "", name: str = "", status: Status = Status.FINISHED) -> str:
        recorder = Recorder(store, SHORT, watched.digits, visitor)
        recorder.rename(name)
        recorder.set_status(status)
        kept.append(recorder.info.id)
        return recorder.info.id

    yield keep
    for run_id in kept:
        with suppress(RunNotFound):
            watched.engine.delete(run_id)


@pytest.mark.parametrize("limit", ["KEPT_RUNS", "DISK_GB"])
def test_a_full_store_loses_the_oldest_unnamed_runs_of_visitors(
    limit: str, watched: Watched, keep: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = watched.engine.store
    others = [keep(), keep("a", name="my best"), keep("a", status=Status.RUNNING), keep("b", status=Status.PAUSED)]
    oldest, failed, newest = keep("a"), keep("b", status=Status.FAILED), keep("a")
    sizes = store.sizes()
    monkeypatch.setenv(f"MNIST37_{limit}", str(len(sizes) if limit == "KEPT_RUNS" else sum(sizes.values()) / 1e9))
    new = watched.submit(SHORT, "c")
    assert set(sizes) - set(store.sizes()) == {oldest}
    assert watched.wait_until_over(new) is Status.FINISHED
    monkeypatch.setenv(f"MNIST37_{limit}", "1" if limit == "KEPT_RUNS" else "0.000000001")
    with pytest.raises(EngineError, match=r"are kept here, and no more are allowed\. Delete some on Compare"):
        watched.submit(SHORT, "c")
    assert {oldest, failed, newest, new}.isdisjoint(store.sizes())
    assert set(others) <= set(store.sizes())


def test_a_run_that_cannot_be_deleted_is_passed_over(
    watched: Watched, keep: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, delete = watched.engine.store, watched.engine.store.delete
    stuck, next_one = keep("a"), keep("a")

    def delete_others(run_id: str) -> None:
        if run_id == stuck:
            raise RunError("It could not be deleted.", "Delete its folder.")
        delete(run_id)

    with monkeypatch.context() as patch:
        patch.setattr(store, "delete", delete_others)
        patch.setenv("MNIST37_KEPT_RUNS", str(len(store.sizes())))
        watched.engine.make_room()
    assert stuck in store.sizes()
    assert next_one not in store.sizes()
