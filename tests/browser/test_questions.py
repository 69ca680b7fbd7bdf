"""Ten questions of a reader of the chapter: each finds its answer, from the Lab on, in at most four touches."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS, SCREEN, known_page
from tests.browser.hand import SEVEN, canvas, draw
from tests.browser.lab import Lab, shown
from tests.browser.server import Server

MOST_TOUCHES = 4
LONGEST_MS = 240_000
"""A ResNet-18 learns that long where everything else is busy."""


class Reader:
    """A reader who counts touches: a click, one move of a slider, a drawing."""

    def __init__(self, page: Page) -> None:
        self.page, self.lab, self.touches = page, Lab(page), 0

    def click(self, place: Locator) -> None:
        place.click()
        self._touched()

    def press(self, name: str | re.Pattern[str]) -> None:
        """Click a button of the page."""
        page = self.page.get_by_test_id("stMainBlockContainer")
        self.click(page.get_by_role("button", name=name, exact=isinstance(name, str)))

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Click a link."""
        self.click(self.page.get_by_role("link", name=name).filter(visible=True))

    def choose(self, option: str) -> None:
        """Click one of several parts of a page."""
        self.click(self.page.get_by_role("radiogroup").get_by_text(option, exact=True))

    def choose_model(self, title: str) -> None:
        """Click a card of the ladder."""
        self.lab.choose_model(title)
        self._touched()

    def slide(self, name: str, key: str, address: str = ".") -> None:
        """Move a slider to its `Home` or its `End`, and wait until the address says so (a regular expression)."""
        self.page.get_by_role("slider", name=name).press(key)
        expect(self.page).to_have_url(re.compile(address))
        self._touched()

    def draw(self) -> None:
        """Draw a 7."""
        expect(canvas(self.page)).to_be_visible()
        draw(self.page, SEVEN)
        self._touched()

    def open_lesson(self, number: int) -> None:
        """Open a lesson with the menu at the top: two touches."""
        self.click(self.page.get_by_role("button", name="Lessons"))
        self.click(self.page.get_by_role("menuitem", name=re.compile(f"^{number} ")))

    def expect(self, text: str) -> None:
        """Wait until the page says it (a regular expression)."""
        expect(self.page.get_by_text(re.compile(text)).first).to_be_visible(timeout=LONGEST_MS)

    def _touched(self) -> None:
        self.touches += 1
        assert self.touches <= MOST_TOUCHES
        self.lab.settle()


@pytest.fixture(scope="module")
def open_page(browser: Browser, server: Server) -> Iterator[Page]:
    with browser.new_context(base_url=server.url, **SCREEN) as context:
        page = known_page(context, server)
        page.set_default_timeout(PATIENCE_MS)
        Lab(page).open()
        yield page


@pytest.fixture
def reader(open_page: Page) -> Reader:
    """A reader in the Lab with its first run, whatever the one before did."""
    reader = Reader(open_page)
    if open_page.get_by_role("dialog").count():
        open_page.keyboard.press("Escape")
    reader.lab.go_to("Lab")
    expect(open_page.get_by_role("heading", name="Lab")).to_be_visible()
    reader.lab.settle()
    return reader


def test_what_does_a_higher_rate_do_and_when_does_it_break(reader: Reader) -> None:
    reader.press("Five rates")
    reader.expect("lr 0.001|0.001")
    reader.expect("But unstable: the loss jumps between")


def test_what_does_the_batch_size_do(reader: Reader) -> None:
    reader.follow(re.compile("Lesson 6"))
    reader.choose("How noisy is a batch?")
    reader.slide("Digits in a mini-batch", "End")
    reader.expect("Off by [0-9]%")


def test_why_is_the_accuracy_no_loss(reader: Reader) -> None:
    reader.open_lesson(5)
    reader.slide("Zoom", "End")
    reader.slide("Move the weights", "End")
    figures = reader.page.get_by_test_id("stMetric")
    expect(figures.filter(has_text="mnist_loss")).to_contain_text(re.compile(r"-\d"))
    expect(figures.filter(has_text="accuracy")).to_contain_text("no change")


def test_what_is_zero_grad_for(reader: Reader) -> None:
    reader.follow(re.compile("Lesson 6"))
    reader.choose("Leave a line out")
    reader.expect("with no zero_grad: .*it costs")
    reader.expect("adds to the old gradients")


def test_what_can_one_hidden_unit_do(reader: Reader) -> None:
    reader.choose_model("Two-layer ReLU net")
    reader.slide("Hidden units", "Home", r"hidden=1\b")
    reader.press("Train")
    reader.expect(r"1 units|1 unit,")
    reader.expect(r"of 200 validation digits right")


def test_why_is_this_7_a_3(reader: Reader) -> None:
    reader.follow("Inside")
    reader.expect("This is a (7, but it says 3|3, but it says 7)")
    reader.expect("together, the logit")


def test_is_resnet18_really_better_than_pixel_similarity(reader: Reader) -> None:
    reader.choose_model("ResNet-18")
    reader.slide("Epochs", "Home", r"epochs=1\b")
    reader.press("Train")
    reader.expect(r"Pixel similarity: .* wrong of 200; .*\(p [=<]")


def test_what_is_a_net_without_its_relu(reader: Reader) -> None:
    reader.open_lesson(8)
    reader.click(reader.page.get_by_text("ReLU between the two layers", exact=True))
    reader.expect("still one straight line")


def test_can_overfitting_be_seen(reader: Reader) -> None:
    reader.open_lesson(10)
    reader.follow(re.compile("train for 30 epochs in batches of 4"))
    reader.press("Train")
    reader.expect("Accuracy: .* on the training digits|epoch [0-9]+ of 30")
    lines = f"{shown('.st-key-accuracy .mnist37-live-figure')}?.data"
    ahead = f"{lines} && {lines}.find(line => line.name == 'train')?.y.at(-1) - {lines}[0].y.at(-1) > 0.5"
    reader.page.wait_for_function(ahead, timeout=LONGEST_MS)
    reader.lab.button("Stop").click()


def test_what_do_the_models_say_of_my_own_handwriting(reader: Reader) -> None:
    reader.follow("Draw")
    reader.draw()
    expect(reader.page.locator(".verdicts > .answer").nth(1)).to_contain_text("7")
    reader.press("Keep as a 7")
    reader.expect("Right of your 3s and 7s: .*Linear from scratch")
