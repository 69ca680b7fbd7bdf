import os
from pathlib import Path

import pytest

from mnist37.data import Digits, cache, cache_folder, load_digits
from mnist37.data.origin import Origin
from mnist37.errors import DataNotFound

from .samples import layout_files, write_folder, write_tar

FILES, OTHERS = layout_files(seed=0), layout_files(seed=1)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was really read, instead of recalled."""
    read: list[str] = []
    keep = cache.keep

    def keep_and_tell(origin: Origin, digits: Digits) -> None:
        read.append(origin.key)
        keep(origin, digits)

    monkeypatch.setattr("mnist37.data.load.keep", keep_and_tell)
    return read


@pytest.mark.parametrize("form", ["folder", "archive"])
def test_a_source_is_read_once_until_it_changes(form: str, tmp_path: Path, reads: list[str]) -> None:
    path = tmp_path / ("set" if form == "folder" else "set.tgz")
    write = write_folder if form == "folder" else write_tar
    write(path, FILES)
    first = load_digits(str(path)).fingerprint
    again = load_digits(str(path))
    assert (again.fingerprint, again.source, len(reads)) == (first, str(path), 1)
    write(path, OTHERS)
    assert load_digits(str(path)).fingerprint != first
    assert len(reads) == 2
    assert len(list(cache_folder().iterdir())) == 1  # in place of the old one


def test_a_touched_file_is_noticed(tmp_path: Path, reads: list[str]) -> None:
    folder = write_folder(tmp_path / "set", FILES)
    load_digits(str(folder))
    os.utime(folder / "train/3/9.png", ns=(1, 1))
    load_digits(str(folder))
    assert len(reads) == 2


def test_a_renamed_or_removed_file_is_noticed(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", FILES)
    load_digits(str(folder))
    (folder / "train/3/9.png").unlink()
    assert load_digits(str(folder)).n_train == 5


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_a_damaged_cache_is_read_anew(damage: bytes | None, tmp_path: Path, reads: list[str]) -> None:
    folder = write_folder(tmp_path / "set", FILES)
    expected = load_digits(str(folder)).fingerprint
    (kept,) = cache_folder().iterdir()
    kept.write_bytes(kept.read_bytes()[:-5] if damage is None else damage)
    for _ in range(2):
        assert load_digits(str(folder)).fingerprint == expected
    assert len(reads) == 2


def test_a_home_that_cannot_be_written_does_no_harm(tmp_path: Path, home: Path) -> None:
    home.write_text("a file where a folder should be")
    assert load_digits(str(write_folder(tmp_path / "set", FILES))).n_train == 6


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", full)
    load_digits(str(write_folder(tmp_path / "set", FILES)))
    assert list(cache_folder().iterdir()) == []


def test_a_cache_does_not_outlive_its_source(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", FILES)
    load_digits(str(folder))
    folder.rename(tmp_path / "gone")
    with pytest.raises(DataNotFound):
        load_digits(str(folder))


def test_nothing_is_recalled_for_another_stamp(tmp_path: Path) -> None:
    digits = load_digits(str(write_folder(tmp_path / "set", FILES)))
    origin = Origin("key", "stamp", lambda _progress: digits)
    cache.keep(origin, digits)
    recalled = cache.recall(origin)
    assert recalled is not None
    assert recalled.fingerprint == digits.fingerprint
    assert cache.recall(Origin("key", "stamp 2", origin.read)) is None
