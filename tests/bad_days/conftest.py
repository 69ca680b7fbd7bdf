"""What bad days are made of: an engine, the pages, the real server and its tabs, and a disk that can be full."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from tests.browser.server import Server
from tests.engine.conftest import shared, watched
from tests.ui.conftest import App, open_app, same_main

from .tab import Tab

__all__ = ["open_app", "same_main", "shared", "watched"]


@pytest.fixture(scope="module")
def engine_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home and an engine for the pages of one module, which may do harm to them."""
    app = App(tmp_path_factory)
    yield app.start()
    app.close()


class Disk:
    """The disk that `write_whole` writes to.

    Args:
        is_full: whether a file gets half of its bytes, and no more.
        writes: how many files were begun.
        fails_at: the number of the one write that finds the disk full, from 1; 0 for none.
    """

    def __init__(self) -> None:
        self.is_full, self.writes, self.fails_at = False, 0, 0

    def begin(self) -> bool:
        """Count a file, and return whether there is no room for all of it."""
        self.writes += 1
        return self.is_full or self.writes == self.fails_at


class HalfWritten:
    """A file that the disk has no room for."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __enter__(self) -> "HalfWritten":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        self._file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk, fdopen = Disk(), os.fdopen

    def open_on_it(handle: int, mode: str = "r", *more: Any, **options: Any) -> Any:
        file = fdopen(handle, mode, *more, **options)
        return HalfWritten(file) if mode == "wb" and disk.begin() else file

    monkeypatch.setattr("mnist37.home.os.fdopen", open_on_it)
    return disk


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real app; whatever was sent to it, it has no traceback of ours in its log."""
    folder = tmp_path_factory.mktemp("app")
    with Server(folder / "home", folder / "log", workers=2) as server:
        with Tab(server.url) as tab:
            tab.open()  # until it has started: from then on each request gets one answer
        yield server


@pytest.fixture
def files_of() -> Callable[[Path], dict[str, bytes]]:
    """Returns the bytes of each file below a folder, by its path."""
    return lambda folder: {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
