"""Measure latency for a visitor, in headless Chromium on this machine: start, Train, a stroke, another page."""

import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit
from playwright.sync_api import Locator, Page, sync_playwright

from benchmarks.measure import Sample, interleaved, shown, spread
from benchmarks.table import Table
from mnist37.classes import ALL_TEN
from tests.browser.conftest import ARGUMENTS, known_page
from tests.browser.hand import canvas, canvas_box
from tests.browser.lab import Lab
from tests.browser.server import Server, streamlit_run
from tests.install_browser import find_browser
from tests.installed import ROOT

STARTS, TRAININGS, SWITCHES, STROKES = 5, 20, 30, 60
SHOWN_BY: dict[str, Callable[[Page], Locator]] = {
    "Draw": lambda page: page.locator(".verdicts"),
    "Inside": lambda page: page.get_by_text("How sure it is"),
    "Weights": lambda page: page.get_by_text("To compare with"),
    "Compare": lambda page: page.locator(".st-key-compare_ladder .mnist37-live-figure"),
    "Lab": lambda page: page.get_by_role("button", name="Train", exact=True),
}
"""An element that is on this page only, to detect that the page is shown."""

# The time from the end of a stroke to the frame that shows its prediction.
STROKE_WATCH = """() => {
  window.taken = []; let rose = 0;
  addEventListener("mouseup", () => { rose = performance.now(); }, true);
  const seen = () => document.querySelector(".verdicts")?.dataset.drawing;
  let last = seen();
  const look = () => {
    const now = seen();
    if (now !== undefined && now !== last) { last = now; if (rose) { taken.push(performance.now() - rose); rose = 0; } }
    requestAnimationFrame(look);
  };
  look();
}"""
NEW_POINTS = """run => !location.href.includes(run)
  && Number(document.querySelector(".st-key-loss .mnist37-live-figure")?.dataset.points ?? 0) > 0
  && /learning|finished/.test(document.querySelector(".st-key-headline").innerText)"""


def latency() -> Table:
    """Measure all four latencies, three of them with two digits and with ten, and Streamlit's own example's start."""
    starts = interleaved({"mnist37": _start(ROOT / "app.py"), "hello": _start(_hello())}, STARTS)
    with _page() as page:
        measured = [_of_digits(page, "3 or 7", "/"), _of_digits(page, "ten digits", f"/?digits={ALL_TEN}")]
    rows = [
        ("start of the server to the first paint", spread(starts["mnist37"]), "–"),
        ("the same of `streamlit hello`", spread(starts["hello"]), "–"),
        *(row for of_one_kind in zip(*measured, strict=True) for row in of_one_kind),
    ]
    return Table(
        "Latency in the browser",
        ("what", "median (lowest to highest)", "p95"),
        rows,
        f"Headless Chromium on the machine that serves. {STARTS} starts of each, in turn, everything installed and "
        f"cached; {TRAININGS} trainings, {SWITCHES} pages, {STROKES} strokes, each on a page at rest. Goals, p95: "
        "Train 0.5 s, page 0.5 s, stroke 0.2 s.",
    )


def _of_digits(page: Page, digits: str, address: str) -> list[tuple[str, str, str]]:
    """Measure with the digits that an address chooses."""
    trained = _train(page, address)
    switched = _switch(page)
    drawn = _strokes(page)
    return [
        (f"Train to the first point of the new curve, {digits}", *_median_and_p95(trained)),
        (f"another page, {digits}", *_median_and_p95(switched)),
        (f"end of a stroke to the verdicts, {digits}", *_median_and_p95(drawn)),
    ]


def _median_and_p95(sample: Sample) -> tuple[str, str]:
    return spread(sample), shown(sample.quantile(0.95))


def _hello() -> Path:
    return Path(streamlit.__file__).parent / "hello" / "streamlit_app.py"


def _start(app: Path) -> Callable[[], float]:
    """Return a function that measures the seconds from starting the server to the first text in an open browser."""
    home = Path(tempfile.mkdtemp())

    def start() -> float:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
            page = browser.new_page()
            began = time.perf_counter()
            server = Server(home, home / "log", command=streamlit_run(app), folder=app.parent)
            try:
                page.goto(server.url)
                page.get_by_test_id("stMain").get_by_text(re.compile(r"\w{3}")).filter(visible=True).first.wait_for()
                return time.perf_counter() - began
            finally:
                browser.close()
                server.end()

    return start


@contextmanager
def _page() -> Iterator[Page]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "home", Path(folder) / "log")
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=server.url)
        try:
            yield known_page(context, server)
        finally:
            browser.close()
            server.end()


def _train(page: Page, address: str) -> Sample:
    lab, taken = Lab(page), []
    for _ in range(TRAININGS + 1):
        lab.open(address)
        page.wait_for_timeout(4000)  # until the page is idle, also on a slow machine
        before = lab.run
        began = time.perf_counter()
        lab.train_button.click()
        page.wait_for_function(NEW_POINTS, arg=before, polling=10)
        taken.append(time.perf_counter() - began)
        lab.expect_status("finished")
    return Sample(tuple(taken[1:]))


def _switch(page: Page) -> Sample:
    """Measure from the click on a link to the end of the new page's script, with all of it drawn."""
    lab, taken, pages = Lab(page), [], list(SHOWN_BY)
    for number in range(SWITCHES + len(pages)):
        page.wait_for_timeout(500)
        target = pages[number % len(pages)]
        began = time.perf_counter()
        lab.go_to(target)
        SHOWN_BY[target](page).wait_for()
        lab.settle()
        taken.append(time.perf_counter() - began)
    return Sample(tuple(taken[len(pages) :]))


def _strokes(page: Page) -> Sample:
    """Draw random strokes, and clear the sheet after every fifth."""
    page.goto("/draw")
    canvas(page).wait_for()
    page.wait_for_timeout(2000)
    page.evaluate(STROKE_WATCH)
    chance = random.Random(1)  # noqa: S311 - where a stroke goes
    while len(page.evaluate("taken")) < STROKES:
        for _ in range(5):
            known = len(page.evaluate("taken"))
            _stroke(page, chance)
            page.wait_for_function("known => taken.length > known", arg=known, polling=20, timeout=5000)
            page.wait_for_timeout(250)
        page.get_by_role("button", name="Clear").and_(page.get_by_test_id("stBaseButton-secondary")).click()
        page.wait_for_timeout(900)
    return Sample(tuple(milliseconds / 1000 for milliseconds in page.evaluate("taken")))


def _stroke(page: Page, chance: random.Random) -> None:
    box = canvas_box(page)
    points = [(box["x"] + chance.uniform(40, 240), box["y"] + chance.uniform(40, 240)) for _ in range(5)]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=3)
    page.mouse.up()
