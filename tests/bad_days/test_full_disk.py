"""A disk that is full while something is written: half a file arrives, then "No space left on device"."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist37.controls import Stop
from mnist37.data import Digits, OwnSet
from mnist37.errors import OwnSetError, RunError
from mnist37.events import Status
from mnist37.runs import BrokenRun, Recorder, RunStore, weights_to_bytes
from mnist37.train import train
from mnist37.ui.shell.start import engine
from mnist37.visitor import from_cookie, new_visitor, to_cookie
from tests.engine.conftest import SHORT, Watched, until
from tests.ui.conftest import visit_of
from tests.ui.drawing.test_own import put_a_drawing

from .conftest import Disk

FilesOf = Callable[[Path], dict[str, bytes]]
NO_SPACE = "No space left on device"


def keep(store: RunStore, digits: Digits) -> Recorder:
    recorder = Recorder(store, SHORT, digits)
    outcome = train(SHORT, digits, recorder.add)
    recorder.finish(outcome.status, outcome.reason, weights_to_bytes(outcome.weights))
    return recorder


def test_a_run_goes_on_in_memory_and_the_old_ones_stay_whole(watched: Watched, disk: Disk, files_of: FilesOf) -> None:
    store = watched.engine.store
    old = watched.submit(SHORT)
    watched.wait_until_over(old)
    before = files_of(store.folder / old)
    run_id = watched.submit()
    watched.wait_until_it_trains(run_id)
    disk.is_full, begun, step = True, disk.writes, watched.step(run_id)
    until(lambda: disk.writes > begun + 3 and watched.step(run_id) > step)
    assert watched.status(run_id) is Status.RUNNING
    with pytest.raises(RunError, match=rf"No run can be kept .*{NO_SPACE}.*Make room on the disk"):
        watched.submit(SHORT)
    with pytest.raises(RunError, match=rf"{NO_SPACE}.*Make room on the disk"):
        watched.engine.rename(old, "mine")
    watched.engine.control(run_id, Stop())
    assert watched.wait_until_over(run_id) is Status.FAILED
    assert watched.engine.info(run_id).reason.startswith(f"It could not be kept ({NO_SPACE}). Make room on the disk")
    assert files_of(store.folder / old) == before
    assert store.history(run_id).step <= watched.step(run_id)  # the files of before, whole
    assert not list(store.folder.rglob(".*"))


def test_a_disk_that_has_room_again_gets_all_of_the_run(watched: Watched, disk: Disk) -> None:
    run_id = watched.submit()
    watched.wait_until_it_trains(run_id)
    disk.is_full, begun = True, disk.writes
    until(lambda: disk.writes > begun + 3)
    disk.is_full = False
    watched.engine.control(run_id, Stop())
    assert watched.wait_until_over(run_id) is Status.STOPPED
    kept = RunStore(watched.engine.store.folder)
    np.testing.assert_array_equal(kept.history(run_id).losses(), watched.engine.history(run_id).losses())
    assert kept.weights(run_id)


def test_each_write_of_a_run_may_be_the_one_that_fails(disk: Disk, tiny: Digits, files_of: FilesOf) -> None:
    store = RunStore()
    old = keep(store, tiny).info.id
    before, per_run = files_of(store.folder / old), disk.writes
    assert per_run > 5
    for number in range(1, per_run + 1):
        disk.writes, disk.fails_at = 0, number
        if number == 1:  # the one that makes the run
            with pytest.raises(RunError, match=NO_SPACE):
                keep(store, tiny)
            continue
        info = keep(store, tiny).info
        kept = RunStore(store.folder)
        assert info.status is Status.FINISHED or info.reason.startswith(f"It could not be kept ({NO_SPACE}).")
        assert kept.history(info.id).step in (0, 12)
        if info.status is Status.FINISHED:
            assert (kept.info(info.id).status, kept.history(info.id).step) == (Status.FINISHED, 12)
            assert kept.weights(info.id)
    runs = store.runs()
    assert len(runs) == per_run
    assert not [run for run in runs if isinstance(run, BrokenRun)]
    assert files_of(store.folder / old) == before
    assert not list(store.folder.rglob(".*"))


def test_own_digits_stay_whole(disk: Disk, home: Path, files_of: FilesOf) -> None:
    own, drawing = OwnSet.new(), np.full((28, 28), 9, np.uint8)
    own.add(drawing, 3)
    before = files_of(home)
    disk.is_full = True
    with pytest.raises(OwnSetError, match=rf"{NO_SPACE}.*Make room on the disk"):
        own.add(drawing, 7)
    assert files_of(home) == before
    disk.is_full = False
    own.add(drawing, 7)
    assert own.read().digits.tolist() == [3, 7]


def test_a_visitor_is_known_though_the_secret_cannot_be_written(disk: Disk) -> None:
    disk.is_full = True
    known = new_visitor()
    assert from_cookie(to_cookie(known)) == known


def test_the_pages_say_so(open_app: Callable[..., AppTest], disk: Disk) -> None:
    app = open_app()
    before = visit_of(app)["run"]
    disk.is_full = True
    app.button(key="train").click().run()
    assert not app.exception
    assert any(NO_SPACE in toast.value and "Make room" in toast.value for toast in app.toast)
    assert visit_of(app)["run"] == before
    put_a_drawing(app.switch_page("pages/draw.py").run()).button(key="keep_3").click().run()
    assert not app.exception
    assert any(NO_SPACE in toast.value and "Make room" in toast.value for toast in app.toast)
    disk.is_full = False
    app.button(key="keep_3").click().run()
    assert any("Kept as a 3" in toast.value for toast in app.toast)
    assert engine().is_ready
