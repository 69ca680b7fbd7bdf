"""A run comes back as it was, and a file that is not one does nothing."""

import io
import json
import pickle
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnist37.data import Digits
from mnist37.errors import BadBundle, RunError
from mnist37.events import Status
from mnist37.rungs import LADDER
from mnist37.runs import RunStore
from mnist37.takeaway import KeptRun, bundle, import_bundle, read_bundle, to_bundle, unpacked
from mnist37.train import predict

from ..rungs.spy import short
from .conftest import Keep

Files = dict[str, bytes]
INFO, HISTORY, SNAPSHOTS, WEIGHTS = unpacked.MEMBERS


@pytest.fixture
def store() -> RunStore:
    return RunStore()


@pytest.fixture
def good(keep: Keep, tiny: Digits) -> bytes:
    return to_bundle(keep(short("simple-net", hidden=2), tiny))


def unzip(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rezip(files: list[tuple[str | zipfile.ZipInfo, bytes]], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, data in files:
            archive.writestr(name, data)
    return packed.getvalue()


def kept_files(store: RunStore) -> list[Path]:
    return sorted(store.folder.parent.rglob("*")) if store.folder.parent.exists() else []


def assert_refused(data: bytes, store: RunStore, match: str = ".") -> None:
    before = kept_files(store)
    with pytest.raises(BadBundle, match=match) as refused:
        import_bundle(store, data)
    assert refused.value.remedy
    assert not set(str(refused.value)) & set("[]<>`$\x1b\u202e\n")
    assert len(str(refused.value)) < 2000
    assert kept_files(store) == before


@pytest.mark.parametrize("rung", LADDER)
def test_a_run_comes_back_as_it_was(rung: str, keep: Keep, tiny: Digits, store: RunStore) -> None:
    run = keep(short(rung), tiny)
    info = import_bundle(store, to_bundle(run))
    assert info.id != run.info.id
    again = KeptRun.of(store, info.id)
    assert again.info.replace(id=run.info.id, owner=run.info.owner) == run.info
    assert repr(again.history.epochs()) == repr(run.history.epochs())
    for mine, kept in (
        (run.history.to_arrays(), again.history.to_arrays()),
        (run.history.snapshots_to_arrays(), again.history.snapshots_to_arrays()),
    ):
        assert mine.keys() == kept.keys()
        for name, array in mine.items():
            np.testing.assert_array_equal(kept[name], array, strict=True)
    images = tiny.valid_images
    np.testing.assert_array_equal(
        predict(info.settings, again.weights, images).logits, predict(info.settings, run.weights, images).logits
    )


def test_the_same_run_gives_the_same_bytes(good: bytes, keep: Keep, tiny: Digits) -> None:
    assert to_bundle(keep(short("simple-net", hidden=2), tiny)) == good


def test_the_same_run_may_come_twice(good: bytes, store: RunStore) -> None:
    first, second = import_bundle(store, good), import_bundle(store, good, "a" * 32)
    assert (first.visitor, store.info(second.id).visitor) == ("", "a" * 32)  # it is of whoever brings it
    assert first.id != second.id
    assert len(store.runs()) == 2


def test_a_run_without_weights_comes_back_too(keep: Keep, tiny: Digits, store: RunStore) -> None:
    run = keep(short("linear-torch"), tiny)
    info = import_bundle(store, to_bundle(KeptRun(run.info, run.history, None)))
    assert not store.has_weights(info.id)


def test_a_run_that_diverged_comes_back_with_its_broken_numbers(keep: Keep, tiny: Digits, store: RunStore) -> None:
    run = keep(short("linear-torch"), tiny)
    broken = {name: torch.full_like(tensor, torch.nan) for name, tensor in run.weights.items()}
    diverged = KeptRun(run.info.replace(status=Status.DIVERGED), run.history, broken)
    info = import_bundle(store, to_bundle(diverged))
    assert info.status is Status.DIVERGED
    assert store.weights(info.id)["bias"].isnan().all()
    assert_refused(to_bundle(KeptRun(run.info, run.history, broken)), store, "no finite number")


def test_whose_machine_it_was_stays_there(good: bytes) -> None:
    told = json.loads(unzip(good)[INFO])
    assert (told["owner"], told["visitor"]) == ({"host": "", "pid": 0, "started": 0.0, "since_boot": 0.0}, "")


@pytest.mark.parametrize("status", ["queued", "running", "paused"])
def test_a_run_that_was_still_learning_counts_as_stopped(status: str, good: bytes, store: RunStore) -> None:
    info = import_bundle(store, with_info(good, status=status))
    assert info.status is Status.STOPPED
    assert "still learning" in info.reason


def with_files(good: bytes, **changes: bytes | None) -> bytes:
    """The bundle with members replaced, or left out."""
    files = {**unzip(good), **{f"{name}.safetensors" if name != "run" else INFO: d for name, d in changes.items()}}
    return rezip([(name, data) for name, data in files.items() if data is not None])


def with_info(good: bytes, **values: object) -> bytes:
    return with_files(good, run=json.dumps({**json.loads(unzip(good)[INFO]), **values}).encode())


def with_settings(good: bytes, **values: object) -> bytes:
    return with_info(good, settings={**json.loads(unzip(good)[INFO])["settings"], **values})


def with_arrays(good: bytes, name: str, change: Callable[[dict[str, np.ndarray]], object]) -> bytes:
    arrays = {at: array.copy() for at, array in safetensors.numpy.load(unzip(good)[f"{name}.safetensors"]).items()}
    change(arrays)
    return with_files(good, **{name: safetensors.numpy.save(arrays)})


class Boom:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("boom"),)


NAMES = [
    "../run.json",
    "/etc/passwd",
    "C:\\run.json",
    "..\\run.json",
    "a/run.json",
    "x",
    "run.json/",
    "weights.pkl",
    "RUN.JSON",
]


@pytest.mark.parametrize("name", NAMES)
def test_another_name_is_refused(name: str, good: bytes, store: RunStore) -> None:
    files = unzip(good)
    for packed in ({**files, name: b"x"}, {name: files.pop(INFO), **files}):
        assert_refused(rezip(list(packed.items())), store, "other things than a run")


def test_links_duplicates_and_rare_packings_are_refused(good: bytes, store: RunStore) -> None:
    files = unzip(good)
    link = zipfile.ZipInfo(INFO)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    rest = [(name, data) for name, data in files.items() if name != INFO]
    assert_refused(rezip([(link, b"/etc/passwd"), *rest]), store, "link")
    assert_refused(rezip([*files.items(), (INFO, b"{}")]), store, "other things")
    assert_refused(rezip(list(files.items()), zipfile.ZIP_LZMA), store, "rare way")
    encrypted = bytearray(good)
    at = encrypted.index(b"PK\1\2") + 8
    encrypted[at] |= 1
    assert_refused(bytes(encrypted), store, "encrypted")


@pytest.mark.parametrize("missing", [INFO, HISTORY, SNAPSHOTS])
def test_a_missing_file_is_named(missing: str, good: bytes, store: RunStore) -> None:
    assert_refused(rezip([(name, data) for name, data in unzip(good).items() if name != missing]), store, missing)


OTHERS = [b"", b"PK", b"x" * 100, b"PK\5\6" + bytes(18), pickle.dumps(Boom()), bytes(22), b"\x1f\x8b" + bytes(50)]


@pytest.mark.parametrize("data", OTHERS, ids=range(len(OTHERS)))
def test_what_is_no_zip_is_refused(
    data: bytes, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert_refused(data, store)
    assert not Path("boom").exists()


@pytest.mark.parametrize("name", ["history", "snapshots", "weights", "run"])
def test_a_pickle_or_garbage_in_it_is_refused(
    name: str, good: bytes, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    long_header = (2**40).to_bytes(8, "little") + bytes(100)
    for data in (pickle.dumps(Boom()), b"", b"x", bytes(1000), long_header):
        assert_refused(with_files(good, **{name: data}), store)
    assert not Path("boom").exists()


def test_a_bomb_is_refused_before_it_is_unpacked(good: bytes, store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "LARGEST_FILE", 2**20)
    bomb = with_files(good, weights=bytes(2**20 + 1))
    assert len(bomb) < 200_000
    monkeypatch.setattr(zipfile.ZipFile, "read", None)
    assert_refused(bomb, store, "unpacks to more than 1 MB")


def test_a_bomb_that_lies_about_its_size_is_cut_off(good: bytes, store: RunStore) -> None:
    bomb = bytearray(with_files(good, weights=bytes(2**22)))
    at = bomb.rindex(b"PK\1\2") + 24
    struct.pack_into("<L", bomb, at, 1000)
    assert_refused(bytes(bomb), store, "damaged")


def test_a_long_list_of_members_is_refused_before_it_is_read(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    many = rezip([(f"{at}", b"") for at in range(1000)])
    commented = rezip([(INFO, b"{}")]) + b"x"
    monkeypatch.setattr(bundle.zipfile, "ZipFile", None)
    for data in (many, commented):
        assert_refused(data, store)


def test_a_comment_does_no_harm(good: bytes, store: RunStore) -> None:
    packed = io.BytesIO(good)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.comment = b"from my machine"
    assert import_bundle(store, packed.getvalue()).id


def test_a_run_too_large_for_a_file_says_what_to_take_instead(
    keep: Keep, tiny: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "LARGEST_FILE", 1000)
    with pytest.raises(RunError, match=r"too much for one file.*one by one"):
        to_bundle(keep(short("simple-net"), tiny))


DEEP = b'{"a":' * 10_000
BAD_JSON = [b"{", b"[]", b"null", b"{}", DEEP, b"9" * 5000, b'{"format": 1}', b"\xff\xfe", b" " * 70_000]


@pytest.mark.parametrize("content", BAD_JSON, ids=range(len(BAD_JSON)))
def test_other_json_is_refused(content: bytes, good: bytes, store: RunStore) -> None:
    assert_refused(with_files(good, run=content), store, r"run\.json")


BAD_INFO: list[dict[str, object]] = [
    {"format": 2}, {"surprise": 1}, {"status": "asleep"}, {"status": []}, {"settings": []}, {"settings": None},
    {"owner": None}, {"owner": {"host": 1, "pid": 1, "started": 0}}, {"created": float("nan")}, {"created": -1},
    {"n_train": 0}, {"n_valid": 10**9}, {"n_train": True}, {"accuracy": 2}, {"reason": 3}, {"source": ["x"]},
    {"fingerprint": "x" * 64}, {"fingerprint": ""}, {"seconds": 1e300}, {"step": 1e3}, {"id": 3},
    {"valid_fingerprint": "x"}, {"valid_fingerprint": 1}, {"n_own": -1}, {"n_own": 50}, {"n_own": "1"},
]  # fmt: skip
BAD_SETTINGS: list[dict[str, object]] = [
    {"rung": "transformer"}, {"rung": "linear-torch"}, {"rung": "resnet18"}, {"loss": "hinge"}, {"lr": float("nan")},
    {"lr": 1e9}, {"epochs": 0}, {"epochs": 1}, {"hidden": 31}, {"hidden": 10**12}, {"batch_size": "4"}, {"data": ""},
    {"data": 3}, {"momentum": 1}, {"seed": -1}, {"rung": []},
]  # fmt: skip


@pytest.mark.parametrize("values", BAD_INFO, ids=str)
def test_wrong_values_are_refused(values: dict[str, object], good: bytes, store: RunStore) -> None:
    assert_refused(with_info(good, **values), store, "is not what it should be")


@pytest.mark.parametrize("values", BAD_SETTINGS, ids=str)
def test_wrong_settings_are_refused(values: dict[str, object], good: bytes, store: RunStore) -> None:
    assert_refused(with_settings(good, **values), store, "is not what it should be")


Arrays = dict[str, np.ndarray]
BAD_ARRAYS: list[tuple[str, Callable[[Arrays], object]]] = [
    ("weights", lambda a: a.pop("0.weight")),
    ("weights", lambda a: a.update({"3.weight": np.zeros(1, np.float32)})),
    ("weights", lambda a: a.update({"2.bias": np.zeros((1, 1), np.float32)})),
    ("weights", lambda a: a.update({"2.bias": np.zeros(1, np.float64)})),
    ("weights", lambda a: a.update({"2.bias": np.full(1, np.nan, np.float32)})),
    ("history", lambda a: a.pop("batch_losses")),
    ("history", lambda a: a.update({"more": np.zeros(1)})),
    ("history", lambda a: a.update(batch_losses=np.zeros((3, 4), np.float32))),
    ("history", lambda a: a.update(batch_losses=a["batch_losses"].astype(np.float64))),
    ("history", lambda a: a.update(batch_losses=np.zeros(151, np.float32))),
    ("history", lambda a: a.update(batch_losses=a["batch_losses"][:5])),
    ("history", lambda a: a["batch_losses"].fill(np.inf)),
    ("history", lambda a: a["lr_steps"].fill(2)),
    ("history", lambda a: a["lr_values"].fill(1e9)),
    ("history", lambda a: a["lr_values"].fill(np.nan)),
    ("history", lambda a: a.update(lr_values=np.zeros(0))),
    ("history", lambda a: a.update(lr_steps=np.zeros(0, np.int64), lr_values=np.zeros(0))),
    ("history", lambda a: a["epochs"].fill(np.nan)),
    ("history", lambda a: a["epochs"].fill(np.inf)),
    ("history", lambda a: a.update(epochs=a["epochs"][:, :5].copy())),
    ("history", lambda a: a.update(epochs=a["epochs"][::-1].copy())),
    ("history", lambda a: a["epochs"][:, 4].fill(1.5)),
    ("history", lambda a: a["epochs"][:, 5].fill(-1)),
    ("snapshots", lambda a: a.pop("0/0.weight")),
    ("snapshots", lambda a: a.update({"-1/0.weight": a["0/0.weight"]})),
    ("snapshots", lambda a: a.update({"01/0.weight": a["0/0.weight"]})),
    ("snapshots", lambda a: a.update({"²/0.weight": a["0/0.weight"]})),
    ("snapshots", lambda a: a.update({"13/0.weight": a["0/0.weight"]})),
    ("snapshots", lambda a: a.update({"9" * 20 + "/0.weight": a["0/0.weight"]})),
    ("snapshots", lambda a: a.update({"0.weight": a["0/0.weight"]})),
    ("snapshots", lambda a: a.update({"../../x": a["0/0.weight"]})),
    ("snapshots", lambda a: a.update({"0/0.weight": a["0/0.weight"][:1].copy()})),
    ("snapshots", lambda a: a.update({"0/0.weight": a["0/0.weight"].astype(np.float64)})),
    ("snapshots", lambda a: a["0/0.weight"].fill(np.nan)),
]


@pytest.mark.parametrize("number", range(len(BAD_ARRAYS)))
def test_arrays_that_do_not_fit_are_refused(number: int, good: bytes, store: RunStore) -> None:
    name, change = BAD_ARRAYS[number]
    assert_refused(with_arrays(good, name, change), store, r"\.safetensors in the file is not what it should be")


def test_texts_show_as_what_they_are(good: bytes, store: RunStore) -> None:
    nasty = "![x](http://evil/?a)<script>alert(1)</script>\x1b[31m\u202e`$x$`\n# big " + "x" * 5000
    info = import_bundle(store, with_info(good, reason=nasty, source=nasty))
    for text in (info.reason, info.source):
        assert len(text) <= unpacked.LONGEST_TEXT
        assert not set(text) & set("[]<>`$\x1b\u202e\n")
    assert import_bundle(store, with_settings(good, data="a\0b\n" + "x" * 5000)).settings.data.startswith("a b xx")


def test_a_name_in_the_zip_is_not_repeated_as_markdown(good: bytes, store: RunStore) -> None:
    """`zipfile` tells the name in its error where the member and the list differ about it."""
    assert_refused(good.replace(b"run.json", b"![x](y)", 1), store)
    assert_refused(good.replace(b"run.json", b"[x](y:z)", 1), store, "damaged")


def test_a_run_from_the_future_is_dated_now(good: bytes, store: RunStore) -> None:
    assert import_bundle(store, with_info(good, created=9e10)).created < 9e10


FUZZ = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def import_or_refuse(data: bytes, store: RunStore) -> None:
    """Either there is one more whole run, or nothing is."""
    before = kept_files(store)
    try:
        info = import_bundle(store, data)
    except BadBundle:
        assert kept_files(store) == before
        return
    run = KeptRun.of(store, info.id)
    assert run.info.status.is_over
    store.delete(info.id)
    assert not [path for path in kept_files(store) if path.name.startswith(".")]


@FUZZ
@given(data=st.data())
def test_a_few_other_bytes_in_the_zip_do_no_harm(data: st.DataObject, good: bytes, store: RunStore) -> None:
    changed = bytearray(good)
    tail = st.integers(max(0, len(good) - 600), len(good) - 1)  # where the zip's own list is
    for at in data.draw(st.lists(st.one_of(st.integers(0, len(good) - 1), tail), min_size=1, max_size=4)):
        changed[at] = data.draw(st.integers(0, 255))
    import_or_refuse(bytes(changed[: data.draw(st.one_of(st.just(len(good)), st.integers(0, len(good))))]), store)


@FUZZ
@given(data=st.data())
def test_a_few_other_bytes_in_a_member_do_no_harm(data: st.DataObject, good: bytes, store: RunStore) -> None:
    files = unzip(good)
    name = data.draw(st.sampled_from(list(files)))
    changed = bytearray(files[name])
    head = st.integers(0, min(len(changed), 2000) - 1)
    for at in data.draw(st.lists(st.one_of(head, st.integers(0, len(changed) - 1)), min_size=1, max_size=4)):
        changed[at] = data.draw(st.integers(0, 255))
    import_or_refuse(rezip([*{**files, name: bytes(changed)}.items()], zipfile.ZIP_STORED), store)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@FUZZ
@given(data=st.data())
def test_any_other_json_value_does_no_harm(data: st.DataObject, good: bytes, store: RunStore) -> None:
    values = json.loads(unzip(good)[INFO])
    within = data.draw(st.sampled_from([values, values["settings"], values["owner"]]))
    within[data.draw(st.sampled_from(list(within)))] = data.draw(JSON)
    import_or_refuse(with_files(good, run=json.dumps(values).encode()), store)


def test_reading_alone_keeps_nothing(good: bytes, store: RunStore) -> None:
    assert torch.is_tensor(read_bundle(good).weights["0.weight"])
    assert not store.folder.exists()
