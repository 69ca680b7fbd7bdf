"""What a person does in a lesson, in words of the page."""

import re

from playwright.sync_api import Locator, Page, expect


class LessonPage:
    """One lesson in one browser tab."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.name = page, name

    def open(self) -> None:
        self.page.goto(f"/{self.name}")
        expect(self.page.get_by_text("First", exact=True)).to_be_visible()
        expect(self.page.get_by_text("Try it in the Lab")).to_be_visible()  # the last thing but one on the page
        self.settle()

    def settle(self) -> None:
        """Wait until the page's script has run through: a widget that is touched before is put back by it."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.settle()

    def slide(self, name: str, *keys: str) -> None:
        """Move a slider by keys, such as `ArrowRight` or `End`."""
        self.settle()
        slider = self.page.get_by_role("slider", name=name)
        slider.focus()
        for key in keys:
            slider.press(key)
        self.settle()

    def figure(self, key: str) -> Locator:
        """A live figure, once it is drawn."""
        figure = self.page.locator(f".st-key-{key} .mnist37-live-figure")
        expect(figure).to_have_attribute("data-state", "ready")
        return figure

    def answer(self, answer: str) -> None:
        """Take one of the closing question's answers."""
        self.page.locator(f".st-key-{self.name}_answer").get_by_text(answer, exact=True).click()
        self.settle()

    def expect_done(self, number: int) -> None:
        """The lesson counts as done, on the page and in the address."""
        expect(self.page).to_have_url(re.compile(rf"done=([\d-]+-)?{number}\b"))
        expect(self.page.locator(".st-key-lessons a").nth(number - 1).get_by_test_id("stIconMaterial")).to_be_visible()
