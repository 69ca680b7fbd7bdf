"""What a person does on the Draw page, in words of the page."""

from playwright.sync_api import Locator, Page, expect

from mnist37.rungs import LADDER
from tests.browser.hand import canvas

LINEAR = "Linear from scratch"


class Drawing:
    """The Draw page in one browser tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> None:
        self.page.goto("/draw")
        expect(self.verdicts).to_contain_text(LINEAR)
        expect(canvas(self.page)).to_be_visible()

    @property
    def verdicts(self) -> Locator:
        return self.page.locator(".verdicts")

    def judged(self) -> str:
        """Which drawing the verdicts are about; empty for none."""
        return self.verdicts.get_attribute("data-drawing") or ""

    def settled(self) -> str:
        """Return which drawing the verdicts are about once the page's script has run through."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        return self.judged()

    def wait_for_another(self, judged: str) -> str:
        """Wait until the verdicts are about another drawing than that one."""
        expect(self.verdicts).not_to_have_attribute("data-drawing", judged)
        return self.judged()

    def expect_nothing_drawn(self) -> None:
        expect(self.verdicts).to_have_attribute("data-drawing", "")

    def expect_said(self, digit: int, by: str = LINEAR) -> None:
        """Wait until a model says so."""
        row = [rung.title for rung in LADDER.values()].index(by)
        expect(self.page.locator(".verdicts > .title").nth(row)).to_contain_text(by)
        expect(self.page.locator(".verdicts > .answer").nth(row)).to_contain_text(str(digit))

    def tool(self, name: str) -> Locator:
        """A button of ours; the canvas has some of the same names."""
        return self.page.locator(f".st-key-canvas_{name.lower()} button")

    def look_into(self, title: str) -> None:
        self.page.get_by_role("radio", name=title, exact=True).click()
