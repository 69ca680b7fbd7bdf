"""A recorder: what is on disk while a run goes on, and what a disk that fails does to it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mnist37.data import Digits
from mnist37.events import Batches, Epoch, Status, StatusChanged
from mnist37.home import write_whole
from mnist37.runs import Recorder, RunStore
from mnist37.runs import recorder as recorder_module

from .conftest import SHORT


@pytest.fixture
def recorder(store: RunStore, tiny: Digits) -> Recorder:
    return Recorder(store, SHORT, tiny)


def disk_full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_the_status_is_on_disk_as_soon_as_it_is_told(store: RunStore, recorder: Recorder) -> None:
    for status in (Status.RUNNING, Status.PAUSED, Status.RUNNING, Status.DIVERGED):
        recorder.add(StatusChanged(status, f"because {status}"))
        info = store.info(recorder.info.id)
        assert (info.status, info.reason) == (status, f"because {status}")


def test_an_epoch_shows_in_the_info(recorder: Recorder) -> None:
    for epoch in (1, 2):
        recorder.add(Batches(epoch, (0.5,), 0.1, 64))
        recorder.add(Epoch(epoch, epoch, 0.5, 0.5, 0.25 * epoch, 2.0))
    assert (recorder.info.accuracy, recorder.info.seconds, recorder.info.step) == (0.5, 4.0, 2)
    assert recorder.info.errors == 25


def test_curves_are_written_now_and_then_and_at_the_end(
    store: RunStore, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = recorder.info.id
    recorder.add(StatusChanged(Status.RUNNING))
    recorder.add(Batches(1, (0.5,), 0.1, 64))
    recorder.add(Batches(2, (0.5,), 0.1, 64))
    assert store.history(run_id).step < 2
    monkeypatch.setattr(recorder_module, "WRITE_SECONDS", 0.0)
    recorder._write_due = 0.0
    recorder.add(Epoch(1, 3, 0.5, 0.5, 0.75, 1.0))
    assert store.history(run_id).step == 2
    assert store.info(run_id).accuracy == 0.75  # so that it is known of a run whose program is killed
    recorder.set_status(Status.STOPPED)
    assert len(store.history(run_id).epochs()) == 1


def test_time_left_is_what_the_steps_so_far_took(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(recorder_module.time, "monotonic", lambda: now[0])
    assert recorder.seconds_left() is None
    recorder._heard = 100.0
    recorder.add(StatusChanged(Status.RUNNING))
    now[0] += 3
    recorder.add(Batches(1, (0.5,) * 3, 0.1, 16))
    assert recorder.seconds_left() == pytest.approx(9)  # 9 of 12 steps are left, 1 s each
    recorder.add(StatusChanged(Status.PAUSED))
    assert recorder.seconds_left() is None
    now[0] += 1000
    recorder.add(StatusChanged(Status.RUNNING))
    now[0] += 10
    recorder.add(Batches(4, (0.5,), 0.1, 16))
    assert recorder.seconds_left() == pytest.approx(80)  # slower now: 10 s a step, 8 steps


def test_weights_are_there_before_the_status_says_so(
    store: RunStore, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    write_info = store.write_info
    monkeypatch.setattr(store, "write_info", lambda info: (seen.append(store.has_weights(info.id)), write_info(info)))
    recorder.finish(Status.FINISHED, "", b"weights")
    assert seen
    assert all(seen)


def test_a_file_is_old_or_new_but_never_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.json"
    write_whole(path, b"old")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", disk_full)
        with pytest.raises(OSError, match="No space"):
            write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_store_that_cannot_make_a_run_leaves_no_half_of_one(
    store: RunStore, tiny: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "replace", disk_full)
    with pytest.raises(Exception, match="No space left"):
        store.create(SHORT, tiny)
    assert store.runs() == []


@pytest.mark.parametrize("damage", ["disk full", "folder deleted"])
def test_a_disk_that_fails_ends_no_training_but_is_told(
    damage: str, store: RunStore, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.add(StatusChanged(Status.RUNNING))
    if damage == "disk full":
        monkeypatch.setattr(Path, "replace", disk_full)
    else:
        shutil.rmtree(store.folder / recorder.info.id)
    recorder.add(Batches(1, (0.5,), 0.1, 64))
    recorder.finish(Status.FINISHED, "", b"weights")
    assert recorder.info.status is Status.FAILED  # whoever lists it must not think that it can be used
    assert recorder.info.reason.startswith("It could not be kept (No s")
    assert "Make room on the disk" in recorder.info.reason
    assert recorder.history.step == 1


def test_weights_that_cannot_be_written_make_a_failed_run(
    store: RunStore, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is room for run.json and for no more, it tells what became of the run."""
    monkeypatch.setattr(store, "write_weights", disk_full)
    recorder.finish(Status.STOPPED, "Stopped after step 3.", b"weights")
    info = RunStore(store.folder).info(recorder.info.id)
    assert (info.status, info.reason) == (Status.FAILED, recorder.info.reason)
    assert info.reason.startswith("It could not be kept (No space left on device). Make room")
    assert info.reason.endswith("Stopped after step 3.")


def test_a_disk_that_was_full_for_a_while_is_no_failure(
    store: RunStore, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", disk_full)
        recorder.add(StatusChanged(Status.RUNNING))
        assert "could not be kept" in recorder.info.reason
    recorder.finish(Status.FINISHED, "", b"weights")
    assert (store.info(recorder.info.id).status, recorder.info.reason) == (Status.FINISHED, "")


def test_short_trainings_are_kept_whole(keep: Callable[[], Recorder], store: RunStore) -> None:
    """They may be over before anything was due to be written."""
    kept = store.history(keep().info.id)
    assert kept.step == 12
    assert kept.snapshot_steps()[-1] == 12
