"""A real browser on a real server. Every test that uses them is marked `browser`."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, ViewportSize, expect, sync_playwright

from mnist37.ui.lab.tour import COOKIE
from mnist37.ui.shell.who import VISITOR_COOKIE
from tests.browser.lab import START_MS, Lab
from tests.browser.server import Server
from tests.install_browser import find_browser

# No sandbox: CI often runs as root, where Chromium's own cannot start. The rest keeps it from calling home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # For each window Chromium would prepare suggestions below its address bar: half of what a window costs.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
]
# MNIST37_HEADED=1 shows the browser's window, so that one sees what a test does.
IS_HEADLESS = not os.environ.get("MNIST37_HEADED")
PATIENCE_MS = 90_000
MOST_SHOWN = 2000
"""Characters of a page in the report of a failed test."""
SIZE = ViewportSize(width=1440, height=900)
STILL: dict[str, Any] = {"reduced_motion": "reduce"}
"""What most contexts have: a pulsing placeholder is painted anew in each frame, for half of what a page costs."""
SCREEN: dict[str, Any] = {"viewport": SIZE, **STILL}
"""What makes a browser's context one on a computer."""
PHONE: dict[str, Any] = {
    **STILL,
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36",
}
"""What makes a browser's context a phone's."""

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a failed test what its pages showed: where it ran, nobody may have watched."""
    report = yield
    if report.when == "call" and report.failed:
        contexts = {value.context for value in item.funcargs.values() if isinstance(value, Page)}
        for page in [page for context in contexts for page in context.pages]:
            report.sections.append((f"{page.url} showed", _shown(page)))
    return report


def _shown(page: Page) -> str:
    try:
        state = page.get_by_test_id("stApp").get_attribute("data-test-script-state", timeout=1000)
        return f"script {state}\n{page.locator('body').inner_text(timeout=1000)[:MOST_SHOWN]}"
    except Error as error:
        return f"It cannot be read: {error}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS, headless=IS_HEADLESS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("app")
    with Server(folder / "home", folder / "log") as server:
        with browser.new_context(base_url=server.url, **STILL) as context:
            page = known_page(context, server)
            lab = Lab(page)
            lab.open()
            lab.train()  # until the first worker has started, a run would wait for it longer than tests do
            expect(page.locator(".st-key-headline")).to_contain_text("finished", timeout=START_MS)
        yield server
    log = server.log.read_text()
    assert "Traceback" not in log
    assert "A value was ignored" not in log, log  # all that a browser sends is what its widgets can have


@pytest.fixture(scope="session")
def window(browser: Browser, server: Server) -> Iterator[Page]:
    """One window for many tests: a page that is loaded again in it costs three quarters of one in a new window."""
    with browser.new_context(base_url=server.url, **SCREEN) as context:
        yield _patient(context.new_page())


@pytest.fixture
def page(window: Page, server: Server) -> Iterator[Page]:
    """A browser that was led around before, of a host who has no run yet."""
    window.context.clear_cookies()
    make_known(window.context, server)
    window.set_viewport_size(SIZE)
    window.emulate_media(color_scheme="light", **STILL)
    yield window
    for other in window.context.pages[1:]:
        other.close()
    window.goto("about:blank")


@pytest.fixture
def new_visitor(browser: Browser, server: Server) -> Iterator[Page]:
    """A browser that never was here, and shows what moves."""
    with browser.new_context(viewport=SIZE, base_url=server.url) as context:
        yield _patient(context.new_page())


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Page]:
    with browser.new_context(base_url=server.url, **PHONE) as context:
        yield _patient(known_page(context, server))


@pytest.fixture
def lab(page: Page) -> Lab:
    return Lab(page)


def known_page(context: BrowserContext, server: Server) -> Page:
    """A page of such a browser as `make_known` makes."""
    make_known(context, server)
    return context.new_page()


def make_known(context: BrowserContext, server: Server) -> None:
    """Let a browser have been led around before, so that the tour stays away, and be the host's."""
    cookies = {COOKIE: "1", VISITOR_COOKIE: server.host_cookie()}
    context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])


def _patient(page: Page) -> Page:
    page.set_default_timeout(PATIENCE_MS)
    return page
