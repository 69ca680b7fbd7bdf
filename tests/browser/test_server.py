"""The server: it comes up before its visitor's eyes, serves without a network, and ends without leaving anything."""

import signal
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from mnist37.engine.engine_thread import ENDED
from mnist37.events import Status
from mnist37.runs import RunStore
from tests.browser.conftest import SIZE, known_page
from tests.browser.hand import canvas
from tests.browser.lab import START_MS, Lab
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


# Each state of the screen that differs from the one before: headings, Streamlit's own list of pages, how far the bar
# is, and what of the page itself can be seen.
WATCH = """() => {
  window.seen = [];
  const shown = (selector) => [...document.querySelectorAll(selector)]
    .filter((node) => node.checkVisibility({ visibilityProperty: true }));
  const look = () => {
    const state = {
      headings: shown("h1").map((node) => node.innerText.split(" ·")[0]),
      sidebar: shown("[data-testid=stSidebarNav]").length,
      bar: Number(shown("[role=progressbar]")[0]?.getAttribute("aria-valuenow") ?? -1),
      says: shown(".mnist37-waiting p")[0]?.innerText.replace(/\\d+ s so far/, "") ?? "",
      knobs: shown(".st-key-lab button, .st-key-lab [role=slider]").length,
      figures: shown(".st-key-lab .mnist37-live-figure").map((node) => node.dataset.state),
      pictures: shown(".st-key-lab img").length,
    };
    if (JSON.stringify(state) !== JSON.stringify(seen.at(-1))) seen.push(state);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.mark.parametrize(
    ("number", "path", "heading"), [(signal.SIGTERM, "/", "Lab"), (signal.SIGHUP, "/draw", "Draw")]
)
def test_it_comes_up_whole_and_leaves_nothing_running(
    browser: Browser, tmp_path: Path, number: signal.Signals, path: str, heading: str
) -> None:
    """Signals go to the whole process group, as a closed terminal or a stopped container sends them.

    tests/bad_days/test_killed_app.py has what SIGKILL leaves.
    """
    with (
        Server(tmp_path / "home", tmp_path / "log") as server,
        browser.new_context(base_url=server.url, viewport=SIZE) as context,
    ):
        lab = Lab(known_page(context, server))
        lab.page.add_init_script(f"({WATCH})()")
        lab.page.goto(path)
        expect(lab.page.get_by_role("heading", name=heading, level=1)).to_be_visible(timeout=START_MS)
        seen: list[dict[str, Any]] = lab.page.evaluate("seen")
        if path != "/":
            lab.go_to("Lab")
        lab.train_long()
        lab.wait_for_step(beyond=0)
        run_id, started = lab.run, server.children()
        assert started
        server.end(number, group=True)
        expect(lab.page.get_by_text("Connection error")).to_be_visible(timeout=START_MS)
    _, alive = psutil.wait_procs(started, timeout=60)
    assert alive == []
    store = RunStore(server.home / "runs")
    info = store.info(run_id)
    assert (info.status, store.has_weights(run_id)) == (Status.STOPPED, True)
    assert info.reason.endswith(ENDED)
    assert store.history(run_id).step > 0
    assert "app.py" not in server.log.read_text()  # no traceback of ours: Python's own tracker may leave one
    _expect_whole(seen, heading)


def _expect_whole(seen: list[dict[str, Any]], heading: str) -> None:
    """The very first visitor saw what goes on and how far it is, and then all of the page at once."""
    assert not any(state["sidebar"] for state in seen)
    headings = list(dict.fromkeys(state["headings"][0] for state in seen if state["headings"]))
    welcomed = ["Is it a 3 or a 7?", heading]
    assert all(len(state["headings"]) <= 1 for state in seen)
    bars = [state["bar"] for state in seen if state["bar"] >= 0]
    assert bars == sorted(bars)
    # By a page's own address, the page's file is read before app.py is, so the welcome comes later. Where the start is
    # quicker than the browser, its bar does not come, or the welcome itself.
    assert headings == welcomed or (heading != "Lab" and headings == welcomed[1:])
    if heading == "Lab":
        assert len(set(bars)) > 10
        said = {state["says"] for state in seen}
        assert {"Drawing the page … ", "Loading PyTorch, the library that learns … "} <= said
    for state in seen:
        if heading not in state["headings"]:
            assert (state["knobs"], state["pictures"], state["figures"]) == (0, 0, [])
        elif heading == "Lab":
            assert state["figures"] == ["ready", "ready"]
            assert min(state["knobs"], state["pictures"]) > 10
