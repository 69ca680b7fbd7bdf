import functools
import hashlib
import http.server
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mnist37.data import book, load_digits
from mnist37.data.book import fetch_book
from mnist37.data.cache import cache_folder
from mnist37.errors import DownloadFailed

from .samples import layout_files, write_folder, write_tar

FILES = {f"mnist_sample/{name}": data for name, data in layout_files().items()}
Handler = Callable[..., http.server.BaseHTTPRequestHandler]


def quiet(_message: str, _fraction: float) -> None:
    pass


@pytest.fixture(autouse=True)
def fastai_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fastai that has fetched nothing."""
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path / "fastai"))
    return tmp_path / "fastai"


@contextmanager
def serving(handler: Handler) -> Iterator[str]:
    """The address of a server on this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/mnist_sample.tgz"
        running.shutdown()
        thread.join()


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class CutOff(Silent):
    """Promises 1,000 bytes and ends the connection after 10."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"0123456789")


class Stalled(Silent):
    """Promises 1,000 bytes and sends 10, until the test ends."""

    over = threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"0123456789")
        self.over.wait()


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
        yield url


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
    monkeypatch.setattr(book.fetch_book, "__defaults__", (server, known))
    assert load_digits("book").source == str(path)


def test_what_fastai_has_fetched_is_taken(fastai_home: Path) -> None:
    folder = fastai_home / "data" / "mnist_sample"
    write_folder(folder, layout_files())
    assert fetch_book(quiet, "http://127.0.0.1:1/no") == folder
    assert load_digits("book").source == str(folder)


def test_another_file_is_refused_and_not_kept(server: str) -> None:
    with pytest.raises(DownloadFailed, match=r"is not the file that .* Use the embedded.*--data PATH"):
        fetch_book(quiet, server, book.KNOWN_HASH)
    assert not list(cache_folder().glob("*"))


@pytest.mark.parametrize("handler", [CutOff, Stalled])
def test_a_server_that_stops_is_said_and_leaves_nothing(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MAX_SILENCE_S", 0.2)
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
