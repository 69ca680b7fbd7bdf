import functools
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mnist37.classes import ALL_TEN
from mnist37.data import downloads, load_digits
from mnist37.data.cache import cache_folder
from mnist37.data.downloads import BOOK_HASH, fetch_book
from mnist37.errors import DownloadFailed

from .samples import layout_files, write_folder, write_idx, write_tar
from .serving import CutOff, Handler, Silent, Stalled, serving

FILES = {f"mnist_sample/{name}": data for name, data in layout_files().items()}


def quiet(_message: str, _fraction: float) -> None:
    pass


@pytest.fixture(autouse=True)
def fastai_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fastai that has fetched nothing."""
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path / "fastai"))
    return tmp_path / "fastai"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    served = tmp_path / "served"
    served.mkdir()
    write_tar(served / "mnist_sample.tgz", FILES)
    return served / "mnist_sample.tgz"


@pytest.fixture
def known(archive: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The hash of the archive that is served."""
    return f"md5:{hashlib.md5(archive.read_bytes()).hexdigest()}"


@pytest.fixture
def server(archive: Path) -> Iterator[str]:
    with serving(functools.partial(Silent, directory=archive.parent)) as url:
        yield f"{url}/mnist_sample.tgz"


def test_it_is_downloaded_once_with_its_progress(server: str, known: str, archive: Path) -> None:
    told: list[tuple[str, float]] = []
    path = fetch_book(lambda *said: told.append(said), server, known)
    assert path.read_bytes() == archive.read_bytes()
    assert load_digits(str(path)).n_train == 6
    assert told[-1] == ("Downloading the book's digits", 1.0)
    archive.unlink()  # the second time, nothing is fetched
    assert fetch_book(quiet, server, known) == path


def test_book_is_read_from_what_was_downloaded(server: str, known: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fetch_book(quiet, server, known)
    monkeypatch.setattr(downloads.fetch_book, "__defaults__", (server, known))
    assert load_digits("book").source == str(path)


def test_what_fastai_has_fetched_is_taken(fastai_home: Path) -> None:
    folder = fastai_home / "data" / "mnist_sample"
    write_folder(folder, layout_files())
    assert fetch_book(quiet, "http://127.0.0.1:1/no") == folder
    assert load_digits("book").source == str(folder)


def test_another_file_is_refused_and_not_kept(server: str) -> None:
    with pytest.raises(DownloadFailed, match=r"is not the file that it is known to be. Use the embedded.*--data PATH"):
        fetch_book(quiet, server, BOOK_HASH)
    assert not list(cache_folder().glob("*"))


@pytest.mark.parametrize("handler", [CutOff, Stalled])
def test_a_server_that_stops_is_said_and_leaves_nothing(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MAX_SILENCE_S", 0.2)
    with serving(handler) as url:
        try:
            with pytest.raises(DownloadFailed, match=r"could not be fetched: .*broke off.*Use the embedded"):
                fetch_book(quiet, url)
        finally:
            Stalled.over.set()
    assert not list(cache_folder().glob("*"))


def test_no_network_and_no_such_file_are_said_with_a_way_out(server: str) -> None:
    for url, why in (
        ("http://127.0.0.1:1/mnist_sample.tgz", "there is no connection"),
        (server.replace("sample", "gone"), "the server answered 404"),
    ):
        with pytest.raises(DownloadFailed, match=f"could not be fetched: {why}.*--data PATH"):
            fetch_book(quiet, url)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_cannot_be_written_is_said(server: str, known: str, tmp_path: Path) -> None:
    cache_folder().parent.mkdir(parents=True)
    cache_folder().parent.chmod(0o500)
    with pytest.raises(DownloadFailed, match="could not be fetched"):
        fetch_book(quiet, server, known)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Write a small MNIST of all ten digits, as the four files that it is published as."""
    rng = np.random.default_rng(37)
    labels = np.repeat(np.arange(10, dtype=np.uint8), 3)
    images = rng.integers(0, 255, (30, 28, 28), dtype=np.uint8)
    images[:, :8] = 0
    folder = tmp_path / "published"
    folder.mkdir()
    return write_idx(folder, images, labels)


def hashes(folder: Path) -> dict[str, str]:
    """Return the known sums of the four files, in the order in which they are fetched."""
    return {name: f"md5:{hashlib.md5((folder / name).read_bytes()).hexdigest()}" for name in downloads.MNIST_HASHES}


def test_all_of_mnist_is_downloaded_once(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, float]] = []
    assert not downloads.has_mnist()
    with serving(functools.partial(Silent, directory=published)) as url:
        folder = downloads.fetch_mnist(lambda *said: told.append(said), url, hashes(published))
    assert {path.name for path in folder.iterdir()} == set(downloads.MNIST_HASHES)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert told[-1] == ("Downloading full MNIST", 1.0)
    assert downloads.has_mnist()
    monkeypatch.setattr(downloads.fetch_mnist, "__defaults__", ("http://127.0.0.1:1", hashes(published)))
    digits = load_digits("mnist", classes=ALL_TEN)
    assert (digits.n_train, digits.n_valid) == (30, 30)
    assert load_digits("mnist").counts()["train"] == {3: 3, 7: 3}


def test_of_mnist_what_came_whole_is_kept_for_the_next_try(published: Path) -> None:
    wrong = {**hashes(published), "t10k-images-idx3-ubyte.gz": "md5:0"}
    with serving(functools.partial(Silent, directory=published)) as url:
        with pytest.raises(DownloadFailed, match=r"t10k-images-idx3-ubyte.gz is not the file that it is known to be"):
            downloads.fetch_mnist(quiet, url, wrong)
        kept = sorted(path.name for path in (cache_folder() / "mnist").iterdir())
        assert kept == ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]
        assert downloads.fetch_mnist(quiet, url, hashes(published)) == cache_folder() / "mnist"
    with pytest.raises(DownloadFailed, match=r"Full MNIST could not be fetched: there is no connection.*--data PATH"):
        downloads.fetch_mnist(quiet, "http://127.0.0.1:1", {"other.gz": "md5:0"})


def test_the_sums_are_those_of_the_files_that_torchvision_downloads() -> None:
    from torchvision.datasets import MNIST

    assert {name: f"md5:{known}" for name, known in MNIST.resources} == dict(downloads.MNIST_HASHES)
    assert any(mirror.rstrip("/") == downloads.MNIST_URL for mirror in MNIST.mirrors)


def test_an_exception_from_the_progress_ends_a_download_and_leaves_nothing(server: str, known: str) -> None:
    class Enough(Exception):
        pass

    def stop(_message: str, _share: float) -> None:
        raise Enough

    with pytest.raises(Enough):
        fetch_book(stop, server, known)
    assert not list(cache_folder().glob("*"))
