"""The guided tour: six steps, at the first visit only, and out of the way at any time."""

from playwright.sync_api import Page, expect

from mnist37.ui.tour import STEPS
from tests.browser.lab import Lab


def test_a_new_visitor_is_led_around_once(new_visitor: Page) -> None:
    page = new_visitor
    page.goto("/")
    card = page.get_by_role("dialog")
    for number, step in enumerate(STEPS, 1):
        expect(card).to_contain_text(f"{number} of 6")
        expect(card.get_by_role("heading", name=step["title"])).to_be_visible()
        expect(page.locator(".mnist37-tour-frame")).to_be_visible()
        card.get_by_role("button", name="Done" if number == len(STEPS) else "Next").click()
    expect(card).to_have_count(0)
    Lab(page).open()
    page.get_by_role("button", name="Show me around").wait_for()
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Show me around").click()
    expect(card).to_contain_text("1 of 6")


def test_it_can_be_skipped_and_is_not_in_the_way(new_visitor: Page) -> None:
    page, lab = new_visitor, Lab(new_visitor)
    lab.open()
    card = page.get_by_role("dialog")
    expect(card).to_contain_text("1 of 6")
    lab.train()
    expect(card).to_contain_text("1 of 6")
    card.get_by_role("button", name="Skip").click()
    expect(card).to_have_count(0)
    lab.wait_for_points(more_than=0)
    expect(card).to_have_count(0)
