"""What a person does in the Lab, in words of the page."""

import re
import time

from playwright.sync_api import Locator, Page, expect

from mnist37.rungs import LADDER
from tests.browser.hand import canvas

PATIENCE_SECONDS = 90
START_MS = 240_000
"""Until the first run has been trained, or a worker has started; what tests then wait for is there sooner."""


def shown(selector: str) -> str:
    """Return JavaScript for the node that one sees: Streamlit may keep one that it replaced for a while, hidden."""
    return f'[...document.querySelectorAll("{selector}")].findLast(node => node.checkVisibility())'


LOSS_FIGURE = shown(".st-key-loss .mnist37-live-figure")


class Lab:
    """The Lab in one browser tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, path: str = "/") -> None:
        self.page.goto(path)
        expect(self.train_button).to_be_visible(timeout=START_MS)  # a server that starts takes its time
        self.settle()

    @property
    def train_button(self) -> Locator:
        return self.page.get_by_role("button", name="Train", exact=True)

    def button(self, name: str) -> Locator:
        """Return a button of the page; Streamlit's header has a Stop of its own while a script runs."""
        return self.page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=name, exact=True)

    def choose_model(self, title: str) -> None:
        self.model(title).click()
        summary = next(rung.summary for rung in LADDER.values() if rung.title == title)
        expect(self.page.get_by_text(summary)).to_be_visible()  # the first of what the new knobs come with
        self.settle()

    def model(self, title: str) -> Locator:
        """Return the model's place in the row of the ladder."""
        option = self.page.get_by_test_id("stRadioOption")
        return option.filter(has=self.page.get_by_text(title, exact=True))

    def choose_pace(self, pace: str) -> None:
        """Set how many mini-batches a second there are at most."""
        self.page.get_by_role("radio", name=pace, exact=True).click()
        self.settle()

    def expect_board(self) -> None:
        """Wait until the newest weights are shown: until then, what stands below them may move."""
        expect(self.page.get_by_text(re.compile("First layer ?after step"))).to_be_visible()

    def expect_ink(self) -> None:
        """Wait until the canvas shows strokes, as it does at once where it kept them."""
        bright = (
            "node => node.getContext('2d').getImageData(0, 0, node.width, node.height).data"
            ".some((value, index) => index % 4 == 0 && value > 128)"
        )
        drawn = canvas(self.page, ".dc-canvas.lower-canvas")
        expect(drawn).to_be_visible()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not drawn.evaluate(bright):
            assert time.monotonic() < deadline, "the canvas stays blank"

    def train_long(self) -> None:
        """Train a net for 10,000 steps at 20 a second, longer than any test takes, and wait until it learns."""
        self.choose_model("Two-layer ReLU net")
        self._make_it_long()
        self._train_slowly()

    def open_and_train_long(self) -> None:
        """Do the same from an address that has the settings, as a link for a class does."""
        self.open("/?rung=simple-net&epochs=100&batch_size=8")
        self._train_slowly()

    def _train_slowly(self) -> None:
        self.choose_pace("20/s")
        self.train()
        progress = self.page.get_by_test_id("stProgress")
        expect(progress).to_contain_text(re.compile(r"step [1-9]"), timeout=START_MS)

    def _make_it_long(self) -> None:
        self.to_the_end_of("Epochs", "End")
        size = self.page.get_by_role("slider", name="Batch size")
        size.focus()
        for _ in range(3):
            size.press("ArrowLeft")
        expect(self.page.get_by_test_id("stSlider").filter(has_text="Batch size")).to_contain_text("8")
        self.settle()

    def to_the_end_of(self, name: str, key: str) -> None:
        """Move a slider as a keyboard does, to its `Home` or its `End`."""
        slider = self.page.get_by_role("slider", name=name)
        slider.focus()
        slider.press(key)
        end = slider.get_attribute("min" if key == "Home" else "max")
        assert end is not None
        expect(slider).to_have_value(end)
        self.settle()

    def settle(self) -> None:
        """Wait until the page's script has run through: a knob that is touched before is put back by it."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()

    def go_to(self, page: str) -> None:
        """Change the page with the links at the top."""
        self.page.get_by_role("link", name=page, exact=True).click()

    def train(self) -> None:
        """Press Train, and wait for the new run to be the one that is shown."""
        expect(self.page).to_have_url(re.compile("run="))
        before = self.run
        self.train_button.click()
        expect(self.page).not_to_have_url(re.compile(re.escape(before)))
        expect(self.page).to_have_url(re.compile("run="))
        self.settle()  # until then the headline may be that of the run before

    @property
    def run(self) -> str:
        found = re.search(r"run=([\w-]+)", self.page.url)
        return found.group(1) if found else ""

    def expect_status(self, word: str) -> None:
        expect(self.page.locator(".st-key-headline")).to_contain_text(word)

    @property
    def loss_figure(self) -> Locator:
        return self.page.locator(".st-key-loss .mnist37-live-figure")

    def wait_for_points(self, more_than: int) -> None:
        """Wait until the loss curve has so many points; a long one is thinned, and may have fewer at a later step."""
        self.page.wait_for_function(f"more => Number({LOSS_FIGURE}?.dataset.points ?? 0) > more", arg=more_than)

    def wait_for_curve(self, beyond: int) -> int:
        """Wait until the loss curve goes beyond a step; the step that it is drawn to."""
        last = f"{LOSS_FIGURE}?.data?.[0].customdata.at(-1) ?? 0"
        return int(self.page.wait_for_function(f"at => ({last}) > at && ({last})", arg=beyond).json_value())

    def progress(self) -> int:
        """The step that the progress line tells."""
        text = self.page.get_by_test_id("stProgress").inner_text()
        found = re.search(r"step ([\d,]+)", text)
        assert found, text
        return int(found.group(1).replace(",", ""))

    def wait_for_step(self, beyond: int) -> int:
        """Wait until the progress line shows a later step than this one, and return it."""
        line = f"{shown('[data-testid=stProgress]')}?.innerText.match(/step ([\\d,]+)/)?.[1]"
        step = f"Number(({line} ?? '0').replaceAll(',', ''))"
        return int(self.page.wait_for_function(f"at => ({step}) > at && ({step})", arg=beyond).json_value())

    def wait_for_updates(self, more: int) -> None:
        """Wait until the loss figure was drawn `more` times again."""
        drawn = int(self.loss_figure.get_attribute("data-updates") or 0)
        self.page.wait_for_function(f"at => Number({LOSS_FIGURE}?.dataset.updates ?? 0) >= at", arg=drawn + more)
