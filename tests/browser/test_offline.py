"""A browser without a network for a while: the run goes on behind it, and nothing is lost."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Self

import pytest
from playwright.sync_api import Browser, Page, expect

from mnist37.runs import RunStore
from tests.bad_days.counts import times
from tests.browser.conftest import PATIENCE_MS, SCREEN, make_known
from tests.browser.drawing import Drawing
from tests.browser.hand import THREE, draw
from tests.browser.lab import Lab
from tests.browser.server import Server
from tests.engine.conftest import until

OFFLINE_S = times(3, 60)


class Wire:
    """What lies between a browser and the server: it forwards bytes, and can be cut and mended."""

    def __init__(self, port: int) -> None:
        self._to, self._is_cut = port, False
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._start(self._let_in)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown(socket.SHUT_RDWR)  # which ends the wait for a browser
        self.cut()
        for thread in self._threads:
            thread.join()
        for end in (self._door, *self._ends):
            end.close()

    def _start(self, work: Callable[..., None], *args: socket.socket) -> None:
        self._threads.append(threading.Thread(target=work, args=args, daemon=True))
        self._threads[-1].start()

    def cut(self) -> None:
        """Close all connections, and each new one at once."""
        self._is_cut = True
        for end in [*self._ends]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Forward again."""
        self._is_cut = False

    def _let_in(self) -> None:
        with suppress(OSError):  # the door was closed
            while True:
                browser, _ = self._door.accept()
                if self._is_cut:
                    browser.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._to))
                self._ends += [browser, server]
                for ends in ((browser, server), (server, browser)):
                    self._start(self._forward, *ends)

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with Wire(int(server.url.rpartition(":")[2])) as wire:
        yield wire


@pytest.fixture
def wired(browser: Browser, server: Server, wire: Wire) -> Iterator[Page]:
    """A browser that reaches the server by the wire only."""
    with browser.new_context(base_url=wire.url, **SCREEN) as context:
        make_known(context, server)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        yield page


def test_after_a_time_offline_the_run_and_the_drawing_are_there(wired: Page, wire: Wire, server: Server) -> None:
    drawing, lab, store = Drawing(wired), Lab(wired), RunStore(server.home / "runs")
    drawing.open()
    draw(wired, THREE)
    drawing.expect_said(3)
    judged = drawing.settled()
    assert judged
    lab.go_to("Lab")
    lab.settle()
    lab.train_long()
    run_id, step = lab.run, lab.progress()

    wire.cut()
    expect(wired.get_by_test_id("stConnectionStatus")).to_be_visible()
    back = time.monotonic() + OFFLINE_S
    until(lambda: time.monotonic() > back and store.history(run_id).step > step)
    wire.mend()

    lab.wait_for_step(beyond=store.history(run_id).step)
    assert lab.run == run_id
    expect(wired.get_by_test_id("stException")).to_have_count(0)
    lab.go_to("Draw")
    expect(drawing.verdicts).to_have_attribute("data-drawing", judged)
    lab.go_to("Lab")
    lab.button("Stop").click()
    lab.expect_status("stopped")
