import functools
import http.server
import importlib.util
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist37.data import book, load_digits
from mnist37.data.book import fetch_book, listen
from mnist37.errors import DownloadFailed

from .samples import layout_files, write_tar

FILES = layout_files()
STUB = """
class URLs: MNIST_SAMPLE = "https://example.org/mnist_sample.tgz"
def untar_data(url):
    print("something for a human")
    {body}
"""


def quiet(_message: str, _fraction: float) -> None:
    pass


def say(code: str) -> list[str]:
    """A child that is over in a moment, in place of the one that imports fastai."""
    return [sys.executable, "-S", "-c", f"import json, sys; {code}"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """An address on this machine from which the book's archive can be fetched."""
    served = tmp_path / "served"
    served.mkdir()
    write_tar(served / "mnist_sample.tgz", {f"mnist_sample/{name}": data for name, data in FILES.items()})

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=served)) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/mnist_sample.tgz"
        running.shutdown()
        thread.join()


@pytest.mark.skipif(importlib.util.find_spec("fastai") is None, reason="fastai is not installed")
def test_fastai_itself_fetches_from_a_server(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path / "fastai"))
    told: list[tuple[str, float]] = []
    folder = fetch_book(lambda *said: told.append(said), server)
    assert folder == tmp_path / "fastai" / "data" / "mnist_sample"
    assert load_digits(str(folder)).n_train == 6
    assert ("Downloading the book's digits", 0.0) in told
    monkeypatch.setattr(book, "listen", None)  # nothing is started the second time
    assert fetch_book(quiet, server) == folder
    assert load_digits("book").source == str(folder)


@pytest.fixture
def stub_fastai(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fastai and a fastdownload that cost nothing to import, in which `untar_data` can be written by the test."""
    packages = tmp_path / "packages"
    for name in ("fastai/__init__.py", "fastai/data/__init__.py", "fastdownload/__init__.py", "fastdownload/core.py"):
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).touch()
    monkeypatch.setenv("PYTHONPATH", str(packages))
    return packages / "fastai" / "data" / "external.py"


def test_no_network_is_said_with_a_way_out(stub_fastai: Path) -> None:
    stub_fastai.write_text(STUB.format(body="raise OSError('Name or service not known\\nand more')"))
    with pytest.raises(DownloadFailed, match=r"OSError: Name or service not known\)\. Use the embedded.*--data PATH"):
        load_digits("book")


def test_the_real_child_passes_the_url_and_speaks_only_json(stub_fastai: Path, tmp_path: Path) -> None:
    stub_fastai.write_text(STUB.format(body=f"return {str(tmp_path)!r} + '/' + url"))
    assert fetch_book(quiet) == tmp_path / "https:/example.org/mnist_sample.tgz"
    assert fetch_book(quiet, "other") == tmp_path / "other"


def test_a_folder_that_has_gone_is_fetched_again(stub_fastai: Path, tmp_path: Path) -> None:
    stub_fastai.write_text(STUB.format(body="import pathlib; pathlib.Path(url).mkdir(); return url"))
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    assert fetch_book(quiet, first) == fetch_book(quiet, second) == Path(first)
    Path(first).rmdir()
    assert fetch_book(quiet, second) == Path(second)


def test_progress_is_relayed_and_noise_is_not() -> None:
    told: list[tuple[str, float]] = []
    code = (
        "print('noise'); print('[1]'); print(json.dumps({'message': 'm', 'fraction': 0.5})); print('{\"path\": \"p\"}')"
    )
    assert listen(say(code), lambda *said: told.append(said)) == "p"
    assert told == [("m", 0.5)]


@pytest.mark.parametrize(
    ("code", "match"),
    [
        ("sys.exit('no module named fastai')", "ended early .no module named fastai"),
        ("sys.exit(3)", "ended early .exit status 3"),
        ("import os; os.kill(os.getpid(), 9)", "ended early .exit status -9"),
    ],
)
def test_a_child_that_dies_is_told_of(code: str, match: str) -> None:
    with pytest.raises(DownloadFailed, match=match):
        listen(say(code), quiet)


def test_a_child_that_falls_silent_is_stopped() -> None:
    with pytest.raises(DownloadFailed, match=r"silent for 0\.2 seconds"):
        listen(say("import threading; threading.Event().wait()"), quiet, silence=0.2)


def test_a_child_that_cannot_be_started_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="could not be started"):
        listen([str(tmp_path / "no-python")], quiet)
