"""The server: it serves without a network, and ends without leaving anything behind."""

import signal
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import known_page
from tests.browser.hand import canvas
from tests.browser.lab import Lab
from tests.browser.server import Server


def test_nothing_is_fetched_from_elsewhere(page: Page, lab: Lab, server: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    lab.open()
    lab.wait_for_points(more_than=0)
    lab.go_to("Draw")
    canvas(page).wait_for()
    elsewhere = [url for url in asked if not url.startswith((server.url, "data:", "blob:", "ws://127.0.0.1"))]
    assert elsewhere == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_running(browser: Browser, tmp_path: Path, number: signal.Signals) -> None:
    with Server(tmp_path / "home", tmp_path / "log") as server, browser.new_context(base_url=server.url) as context:
        lab = Lab(known_page(context, server))
        lab.open()
        lab.expect_status("finished")
        started = server.children()
        assert started
        server.end(number)
    _, alive = psutil.wait_procs(started, timeout=30)
    assert alive == []
    assert "Traceback" not in server.log.read_text()
