"""Runs side by side: select them, see their curves together, name one, take charts home, delete what is not wanted."""

import io
import re

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Download, Locator, Page, expect

from tests.browser.conftest import STILL, known_page
from tests.browser.lab import Lab
from tests.browser.server import Server

ROW_PX = 35


class Table:
    """The table of runs; its cells are painted on a canvas, so a row is a place."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.rows = page.locator(".st-key-compare_table .dvn-scroller")

    def open(self) -> None:
        self.page.goto("/compare")
        expect(self.rows).to_be_visible()
        Lab(self.page).settle()

    def select(self, row: int) -> None:
        """Click the box of a row, counted from 0."""
        self.rows.click(position={"x": 16, "y": ROW_PX * (row + 1) + ROW_PX // 2})

    def expect_count(self, told: str) -> None:
        expect(self.page.get_by_text(told)).to_be_visible()


def figure(page: Page, name: str) -> Locator:
    return page.locator(f".st-key-compare_{name} .mnist37-live-figure[data-state=ready]")


def legend(page: Page) -> Locator:
    return figure(page, "curves").locator(".legendtext")


def train(page: Page, times: int) -> Table:
    """Train so many runs with the default settings, and open their table."""
    lab = Lab(page)
    lab.open()
    for _ in range(times):
        lab.train()
        lab.expect_status("finished")
    table = Table(page)
    table.open()
    return table


def test_select_name_and_delete(page: Page) -> None:
    table = train(page, 2)
    best = legend(page).filter(has_text=re.compile(r"^Linear from scratch \(best of \d+ runs\)$"))
    expect(best).to_be_visible()
    models = legend(page).count()
    expect(page.get_by_role("button", name="Delete")).to_be_disabled()
    table.select(0)
    table.expect_count("1 selected")
    table.select(1)
    table.expect_count("2 selected")
    expect(legend(page)).to_have_text([re.compile("Linear from scratch .*:"), re.compile("Linear from scratch .*:")])

    table.select(1)
    table.expect_count("1 selected")
    page.get_by_role("button", name="Name").click()
    page.get_by_role("textbox", name="Name of this run").fill("<b>mine</b>")
    page.get_by_role("button", name="Save").click()
    expect(legend(page)).to_have_text(["<b>mine</b>"])
    expect(page.get_by_role("textbox", name="Name of this run")).not_to_be_visible()

    runs = int(re.findall(r"(\d+) runs", page.get_by_text("1 selected").inner_text())[0])
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete 1 run for good").click()
    expect(page.get_by_text("Deleted 1 run.")).to_be_visible()
    table.expect_count(f"{runs - 1} runs · select rows")
    expect(best).to_be_visible()
    expect(legend(page)).to_have_count(models)


def test_the_lab_shows_another_run_after_its_own_was_deleted(page: Page) -> None:
    table = train(page, 1)
    table.select(0)
    table.expect_count("1 selected")
    page.get_by_role("button", name="Open in the Lab").click()
    lab = Lab(page)
    lab.expect_status("finished")
    deleted = lab.run
    lab.go_to("Compare")
    table.expect_count("1 selected")  # what was selected is so still
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete 1 run for good").click()
    expect(page.get_by_text("Deleted 1 run.")).to_be_visible()
    lab.go_to("Lab")
    lab.expect_status("finished")
    assert lab.run != deleted


def test_charts_are_taken_home(browser: Browser, server: Server) -> None:
    with browser.new_context(base_url=server.url, color_scheme="dark", **STILL) as context:
        page = known_page(context, server)
        Lab(page).open()
        Table(page).open()
        figure(page, "ladder").hover()
        with page.expect_download() as taken:
            figure(page, "ladder").locator("[data-title^='Download']").click()
        ground = np.asarray(Image.open(io.BytesIO(content(taken.value))).convert("RGB"))[-3, 3]
        assert ground.tolist() == page.evaluate(
            "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor.match(/\\d+/g).map(Number)"
        )
        with page.expect_download() as taken:
            page.locator(".st-key-ladder_html button").first.click()
        opens_without_a_network(browser, content(taken.value))


def content(download: Download) -> bytes:
    return download.path().read_bytes()


def opens_without_a_network(browser: Browser, html: bytes) -> None:
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.set_content(html.decode())
        expect(page.get_by_text("You against the chapter")).to_be_visible()
        expect(page.get_by_text("ResNet-18")).to_be_visible()
        assert not [url for url in asked if not url.startswith(("about:", "data:", "blob:"))]
