"""The real app on a free port of this machine, as `make run` starts it, or another app or command."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import psutil
import pytest

from mnist37.ui.shell.who import PUBLIC_VARIABLE
from mnist37.visitor import new_visitor, to_cookie
from tests.installed import ROOT, without_python_path

START_SECONDS = 180
MAKE_RUN = (sys.executable, "-m", "mnist37", "serve", "--address", "127.0.0.1", "--port")


def streamlit_run(app: Path) -> list[str]:
    """The command that serves another app."""
    return [sys.executable, "-m", "streamlit", "run", str(app), "--server.address", "127.0.0.1", "--server.port"]


class Server:
    """A running app; its own process and all that it starts."""

    def __init__(
        self,
        home: Path,
        log: Path,
        *,
        command: Sequence[str] = MAKE_RUN,
        folder: Path = ROOT,
        workers: int = 4,
    ) -> None:
        """Start it, and wait until it is healthy.

        Args:
            home: where it keeps its runs.
            log: the file for what it prints.
            command: what starts it, without the port, which comes last.
            folder: where that is typed.
            workers: how many runs may be under way.
        """
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.home, self.log = home, log
        environment = without_python_path(dict(os.environ))
        environment |= {"MNIST37_HOME": str(home), "MNIST37_WORKERS": str(workers)}
        for name in ("MNIST37_DATA", "MNIST37_SCHEDULER"):
            environment.pop(name, None)
        environment[PUBLIC_VARIABLE] = "1"  # as if others reached it: one is its host by a link, or a cookie, only
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [*command, str(port)],
                cwd=folder,
                env=environment,
                stdout=out,
                stderr=out,
                process_group=0,
            )
        self._wait_until_healthy()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it, also where the test failed."""
        if self._process.poll() is None:
            self.end()

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    def children(self) -> list[psutil.Process]:
        children: list[psutil.Process] = self.process.children(recursive=True)
        return children

    def workers(self) -> list[psutil.Process]:
        """The processes that train: forked from one of the server's children, or its own (`spawn`)."""
        own = self.process
        return [
            child for child in self.children() if child.parent() != own or "spawn_main" in " ".join(child.cmdline())
        ]

    def by_host(self, make: Callable[[], str]) -> str:
        """What is made with the secret of this server."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MNIST37_HOME", str(self.home))
            return make()

    def host_cookie(self) -> str:
        """A cookie that makes a browser the host's; who has it is a visitor of their own."""
        return self.by_host(lambda: to_cookie(replace(new_visitor(), is_host=True)))

    def end(self, number: signal.Signals = signal.SIGTERM, *, group: bool = False) -> None:
        """Send a signal, as a terminal does to the whole group of processes if asked, and wait for the end."""
        if group:
            os.killpg(self._process.pid, number)
        else:
            self._process.send_signal(number)
        try:
            self._process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)  # between two looks at the state that is waited for
        self._process.kill()
        raise AssertionError(f"The app did not start:\n{self.log.read_text()}")
