"""What the store keeps, finds, and makes of what is broken."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
import safetensors.numpy
import torch

from mnist37.data import Digits
from mnist37.errors import RunBroken, RunError, RunNotFound
from mnist37.events import Status
from mnist37.rungs import settings_for
from mnist37.runs import NAME_LENGTH, BrokenRun, Recorder, RunInfo, RunStore
from mnist37.runs.files import read_json
from mnist37.settings import Settings

from .conftest import SHORT

Keep = Callable[[], Recorder]
Few = Callable[[int], Digits]
OUTSIDE = ["", ".", "..", "../x", "../../etc", "a/b", "/etc", ".hidden", "a/", "\0", "x" * 300, "missing", "\udcff"]


class Boom:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("boom"),)


def change(store: RunStore, run_id: str, **values: object) -> None:
    path = store.folder / run_id / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_run_is_read_back_as_it_was(store: RunStore, keep: Keep, tiny: Digits) -> None:
    recorder = keep()
    info, history = store.info(recorder.info.id), store.history(recorder.info.id)
    assert info == recorder.info
    assert (info.status, info.settings, info.step) == (Status.FINISHED, SHORT, 12)
    assert (info.fingerprint, info.source, info.n_train) == (tiny.fingerprint, tiny.source, 50)
    assert info.errors == round((1 - info.accuracy) * 50)
    assert repr(history.epochs()) == repr(recorder.history.epochs())
    assert history.lr_changes() == recorder.history.lr_changes()
    for mine, kept in (
        (recorder.history.to_arrays(), history.to_arrays()),
        (recorder.history.snapshots_to_arrays(), history.snapshots_to_arrays()),
    ):
        assert mine.keys() == kept.keys()
        for name, array in mine.items():
            np.testing.assert_array_equal(kept[name], array, strict=True)
    weights = store.weights(info.id)
    assert {name: tensor.shape for name, tensor in weights.items()} == {"weights": (784, 1), "bias": (1,)}
    assert torch.equal(weights["bias"], torch.tensor(history.snapshot().weights["bias"]))


def test_a_run_that_waits_is_kept_at_once(store: RunStore, tiny: Digits) -> None:
    recorder = Recorder(store, SHORT, tiny)
    assert store.info(recorder.info.id).status is Status.QUEUED
    assert store.history(recorder.info.id).step == 0
    assert not store.has_weights(recorder.info.id)
    with pytest.raises(RunBroken, match=r"weights\.safetensors: it is missing"):
        store.weights(recorder.info.id)


def test_nothing_else_lies_in_a_run_s_folder(store: RunStore, keep: Keep) -> None:
    folder = store.folder / keep().info.id
    files = ["history.safetensors", "run.json", "snapshots.safetensors", "weights.safetensors"]
    assert sorted(path.name for path in folder.iterdir()) == files
    assert [path.name for path in store.folder.iterdir()] == [folder.name]


def test_what_runs_take_follows_each_change(store: RunStore, keep: Keep) -> None:
    def on_disk() -> dict[str, int]:
        return {run.name: sum(file.stat().st_size for file in run.iterdir()) for run in store.folder.iterdir()}

    assert store.sizes() == {}
    first, second = keep(), keep()
    assert store.sizes() == on_disk()
    first.rename("a longer name")
    assert store.sizes() == on_disk()
    store.delete(second.info.id)
    assert store.sizes() == on_disk()


def test_runs_come_newest_first_whatever_they_are_called(store: RunStore, tiny: Digits) -> None:
    ids = [store.create(settings_for(name), tiny).id for name in ("simple-net", "linear-torch", "resnet18")]
    assert [run.id for run in store.runs()] == ids[::-1]
    assert store.find("last") == ids[-1]


def test_an_empty_store(store: RunStore) -> None:
    assert store.runs() == []
    for name in ("last", "x"):
        with pytest.raises(RunNotFound, match="no run"):
            store.find(name)


def test_a_run_is_found_by_a_part_of_its_name(store: RunStore, tiny: Digits) -> None:
    linear, net = (store.create(settings_for(name), tiny).id for name in ("linear-torch", "simple-net"))
    assert store.find("simple") == store.find(net) == store.find(net[-6:]) == store.find("last") == net
    assert store.find("torch") == linear
    with pytest.raises(RunNotFound, match=r"2 runs match '-'.*Give more of its id"):
        store.find("-")
    for name in ("resnet", "", *OUTSIDE):
        with pytest.raises(RunNotFound):
            store.find(name)


def test_a_whole_name_is_found_though_it_is_part_of_another(store: RunStore, keep: Keep) -> None:
    run_id = keep().info.id
    (store.folder / run_id).rename(store.folder / "one")
    keep()
    (store.folder / store.find("last")).rename(store.folder / "one-more")
    assert store.find("one") == "one"
    assert store.info("one").id == "one"  # the folder's name counts, whatever the file says


@pytest.mark.parametrize("run_id", OUTSIDE)
def test_no_name_leads_out_of_the_store(run_id: str, store: RunStore, keep: Keep) -> None:
    kept = keep().info.id
    (store.folder.parent / "x").mkdir()
    (store.folder / ".hidden").mkdir()
    (store.folder / "a").mkdir()
    (store.folder / "a" / "b").mkdir()
    before = sorted(store.folder.parent.rglob("*"))
    for ask in (store.info, store.history, store.weights, store.delete):
        with pytest.raises(RunNotFound, match="There is no run"):
            ask(run_id)
    assert not store.has_weights(run_id)
    assert sorted(store.folder.parent.rglob("*")) == before
    assert store.info(kept).status is Status.FINISHED


def deep_json() -> bytes:
    return b'{"a":' * 100_000


BAD_JSON = [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}", deep_json(), b'{"format": 1}', b"9" * 5000, b"{}"]
BAD_VALUES: list[dict[str, object]] = [
    {"format": 2},
    {"surprise": 1},
    {"status": "asleep"},
    {"settings": {"rung": "x"}},
    {"settings": {**SHORT.to_dict(), "momentum": 0.9}},
    {"settings": {**SHORT.to_dict(), "lr": "nan"}},
    {"settings": []},
    {"settings": None},
    {"owner": None},
    {"owner": {}},
    {"owner": {"host": "h", "pid": "1", "started": 0}},
    {"owner": {"host": "h", "pid": 1, "started": "x"}},
    {"created": "yesterday"},
    {"created": 1e30},
    {"created": float("nan")},
    {"accuracy": "good"},
    {"accuracy": 2},
    {"accuracy": float("nan")},
    {"n_valid": None},
    {"seconds": -1},
    {"step": 1.5},
    {"reason": 3},
    {"source": ["x"]},
    {"name": 3},
]


@pytest.mark.parametrize("content", BAD_JSON, ids=range(len(BAD_JSON)))
def test_a_broken_run_json_is_listed_as_broken(content: bytes, store: RunStore, keep: Keep) -> None:
    broken, whole = keep().info.id, keep().info
    (store.folder / broken / "run.json").write_bytes(content)
    check_broken(store, broken, whole)


@pytest.mark.parametrize("values", BAD_VALUES, ids=str)
def test_a_run_json_with_wrong_values_is_listed_as_broken(
    values: dict[str, object], store: RunStore, keep: Keep
) -> None:
    broken, whole = keep().info.id, keep().info
    change(store, broken, status="running")  # so that its owner is looked at
    change(store, broken, **values)
    check_broken(store, broken, whole)


def test_a_missing_run_json_is_listed_as_broken(store: RunStore, keep: Keep) -> None:
    broken, whole = keep().info.id, keep().info
    (store.folder / broken / "run.json").unlink()
    check_broken(store, broken, whole)


@pytest.fixture
def in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check_broken(store: RunStore, broken: str, whole: RunInfo) -> None:
    with pytest.raises(RunBroken, match=r"(?s)is broken: run\.json.*Delete its folder"):
        store.info(broken)
    listed, marked = store.runs()
    assert listed == whole
    assert isinstance(marked, BrokenRun)
    assert marked.id == broken
    assert store.find("last") == whole.id
    store.delete(store.find(broken))
    assert store.runs() == [whole]


@pytest.mark.parametrize("name", ["weights", "history", "snapshots"])
@pytest.mark.parametrize("damage", ["empty", "half", "garbage", "pickle", "folder", "other"])
def test_damaged_arrays_are_said_to_be_broken(
    name: str, damage: str, store: RunStore, keep: Keep, in_tmp_path: None
) -> None:
    run_id = keep().info.id
    path = store.folder / run_id / f"{name}.safetensors"
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        whole = path.read_bytes()
        half = whole[: len(whole) // 2]
        other = safetensors.numpy.save({"x": np.zeros(1)})
        path.write_bytes(
            {"empty": b"", "half": half, "garbage": bytes(1000), "pickle": pickle.dumps(Boom()), "other": other}[damage]
        )
    if (name, damage) == ("weights", "other"):
        assert list(store.weights(run_id)) == ["x"]  # that they do not fit is found out by who asks the model
        return
    with pytest.raises(RunBroken, match=r"(?s)is broken: .*Delete its folder"):
        (store.weights if name == "weights" else store.history)(run_id)
    assert not Path("boom").exists()
    assert store.info(run_id).status is Status.FINISHED  # its settings can still be read


def test_a_run_whose_program_ended_is_said_to_have_failed(store: RunStore, tiny: Digits) -> None:
    run_id = store.create(SHORT, tiny).id
    child = subprocess.Popen([sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE)
    owner = {**json.loads((store.folder / run_id / "run.json").read_text())["owner"], "pid": child.pid}
    change(store, run_id, owner={**owner, "started": psutil.Process(child.pid).create_time()}, status="running")
    assert store.info(run_id).status is Status.RUNNING
    child.communicate()
    info = store.info(run_id)
    assert info.status is Status.FAILED
    assert "ended while this run was under way" in info.reason


def test_another_process_under_the_same_number_is_not_the_owner(store: RunStore, tiny: Digits) -> None:
    info = store.create(SHORT, tiny)
    owner = json.loads((store.folder / info.id / "run.json").read_text())["owner"]
    change(store, info.id, owner={**owner, "started": owner["started"] - 100, "since_boot": owner["since_boot"] - 100})
    assert store.info(info.id).status is Status.FAILED


def test_a_run_of_another_machine_is_not_judged(store: RunStore, tiny: Digits) -> None:
    info = store.create(SHORT, tiny)
    change(store, info.id, owner={"host": "elsewhere", "pid": 2**31 - 1, "started": 0})
    assert store.info(info.id).status is Status.QUEUED


def test_a_finished_run_has_nothing_to_do_with_its_program(store: RunStore, keep: Keep) -> None:
    run_id = keep().info.id
    change(store, run_id, owner={"host": "", "pid": 2**31 - 1, "started": 0})
    assert store.info(run_id).status is Status.FINISHED


def test_deleting_takes_one_run(store: RunStore, keep: Keep) -> None:
    first, second = keep().info, keep().info
    store.delete(first.id)
    assert store.runs() == [second]
    with pytest.raises(RunNotFound):
        store.info(first.id)


def test_a_home_that_is_no_folder_is_said(home: Path, store: RunStore, tiny: Digits) -> None:
    home.write_text("a file where a folder should be")
    with pytest.raises(RunError, match="set MNIST37_HOME"):
        store.create(SHORT, tiny)
    assert store.runs() == []


def test_a_run_from_elsewhere_is_put_in_place_whole(store: RunStore, keep: Keep, tmp_path: Path) -> None:
    recorder = keep()
    weights = store.weights(recorder.info.id)
    put = RunStore(tmp_path / "other").put(recorder.info, recorder.history, weights)
    other = RunStore(tmp_path / "other")
    assert put.id != recorder.info.id
    assert other.runs() == [put]
    assert put.replace(id=recorder.info.id) == recorder.info
    assert other.history(put.id).epochs() == recorder.history.epochs()
    assert torch.equal(other.weights(put.id)["bias"], weights["bias"])
    assert not other.has_weights(other.put(recorder.info, recorder.history).id)


def test_nothing_is_left_of_a_run_that_could_not_be_put_in_place(
    store: RunStore, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = keep()

    def full_disk(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mnist37.runs.store.write_whole", full_disk)
    with pytest.raises(RunError, match="No space left"):
        store.put(recorder.info, recorder.history, store.weights(recorder.info.id))
    assert [path.name for path in store.folder.iterdir()] == [recorder.info.id]


def test_settings_of_a_model_that_is_not_known_here_can_be_listed(store: RunStore, keep: Keep) -> None:
    run_id = keep().info.id
    change(store, run_id, settings={**SHORT.to_dict(), "rung": "transformer"})
    assert store.info(run_id).settings == Settings.from_dict({**SHORT.to_dict(), "rung": "transformer"})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("my best", "my best"),
        ("  two\nlines\tand\x00 a\x1b[31m bell\x07 ", "two lines and a[31m bell"),
        ("\u202eturned", "turned"),
        ("x" * 100, "x" * NAME_LENGTH),
        ("<b>**3**</b>", "<b>**3**</b>"),
        ("", ""),
    ],
)
def test_a_run_is_named(given: str, kept: str, store: RunStore, keep: Keep) -> None:
    info = keep().info
    assert store.rename(info.id, given) == info.replace(name=kept)
    assert store.info(info.id).name == kept
    assert store.rename(info.id, "") == info


def test_a_run_json_from_before_there_were_names_is_read(store: RunStore, keep: Keep) -> None:
    info = keep().info
    path = store.folder / info.id / "run.json"
    path.write_text(json.dumps({name: value for name, value in json.loads(path.read_text()).items() if name != "name"}))
    assert store.info(info.id) == info


def test_a_name_that_somebody_wrote_into_the_file_is_cleaned(store: RunStore, keep: Keep) -> None:
    run_id = keep().info.id
    change(store, run_id, name="a\nb" + "c" * 1000)
    assert store.info(run_id).name == ("a b" + "c" * 1000)[:NAME_LENGTH]


def test_a_run_that_another_program_trains_is_not_named(store: RunStore, tiny: Digits) -> None:
    run_id = store.create(SHORT, tiny).id
    with pytest.raises(RunError, match="Name it when it is over"):
        store.rename(run_id, "mine")
    assert store.info(run_id).name == ""


def test_a_recorder_keeps_the_name_that_it_was_told(store: RunStore, tiny: Digits) -> None:
    recorder = Recorder(store, SHORT, tiny)
    recorder.rename("mine")
    recorder.set_status(Status.STOPPED)
    assert store.info(recorder.info.id).name == recorder.info.name == "mine"


@pytest.mark.parametrize("act", [lambda store, run: store.rename(run, "x"), RunStore.delete])
def test_a_disk_that_fails_is_said(
    act: Callable[[RunStore, str], object], store: RunStore, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    run_id = keep().info.id
    with monkeypatch.context() as patch:
        patch.setattr("mnist37.runs.files.write_whole", fail)
        patch.setattr("shutil.rmtree", fail)
        with pytest.raises(RunError, match="Read-only file system"):
            act(store, run_id)
    assert store.info(run_id).name == ""


def test_a_listing_parses_only_what_was_written_since(
    store: RunStore, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = keep().info, keep().info
    for info in (first, second):
        os.utime(store.folder / info.id / "run.json", (0, 0))
    store.runs()
    parsed = []
    monkeypatch.setattr("mnist37.runs.store.read_json", lambda path: parsed.append(path) or read_json(path))
    assert store.runs() == [second, first]
    assert not parsed
    named = store.rename(first.id, "mine")
    assert store.runs() == [second, named]
    assert [path.parent.name for path in parsed] == [first.id]


def test_a_run_with_own_digits_is_measured_on_the_same_ones(store: RunStore, tiny: Digits, few: Few) -> None:
    mixed = tiny.with_own(tiny.train_images[:3], tiny.train_labels[:3])
    info = store.info(store.create(SHORT, mixed).id)
    assert (info.n_own, info.n_train, info.n_valid) == (3, 53, 50)
    assert info.source.endswith("and 3 drawn here")
    assert info.is_measured_on(tiny)
    assert info.is_measured_on(mixed)
    assert not info.is_measured_on(few(40))


def test_a_record_from_before_own_digits_says_what_it_can(store: RunStore, tiny: Digits) -> None:
    values = store.create(SHORT, tiny).to_json()
    for name in ("valid_fingerprint", "n_own"):
        del values[name]
    info = RunInfo.from_json(values)
    assert info.n_own == 0
    assert info.is_measured_on(tiny)
    assert not info.is_measured_on(tiny.with_own(tiny.train_images[:1], tiny.train_labels[:1]))
