"""The descent lesson, by somebody who has never seen it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.lesson import LessonPage
from tests.browser.places import places_of

QUESTION = "How large may a step be before the loss rises instead of falling?"


def loss(page: Page, step: int) -> float:
    """The loss that the page tells after that step."""
    told = page.get_by_text(re.compile(rf"^Step {step} of"))
    expect(told).to_be_visible()
    words = re.search(r"loss ([\d.,e]+)", told.inner_text())
    assert words
    return float(words[1].replace(",", ""))


def rate(page: Page) -> str:
    """What stands above the slider's knob."""
    return page.locator(".st-key-descent_lr").get_by_test_id("stSliderThumbValue").inner_text()


def test_the_largest_rate_at_which_the_loss_falls(page: Page) -> None:
    lesson = LessonPage(page, "descent")
    lesson.open()
    lesson.figure("descent_guess")
    start = loss(page, 0)
    for step in range(1, 5):
        lesson.press("Step")
        assert loss(page, step) < start
    falls, steepest = rate(page), page.get_by_role("row", name="steepest")
    while loss(page, 4) < start:
        falls, told = rate(page), steepest.inner_text()
        lesson.slide("Learning rate", "ArrowRight")
        expect(steepest).not_to_have_text(told, use_inner_text=True)  # all is told of the new rate
    lesson.answer(falls)
    lesson.expect_done(4)


def test_it_plays_until_it_diverges_and_says_at_which_step(page: Page) -> None:
    page.emulate_media(reduced_motion="no-preference")
    lesson = LessonPage(page, "descent")
    lesson.open()
    page.get_by_role("button", name=re.compile("^Diverging")).click()
    lesson.settle()
    reset = page.get_by_role("button", name="Reset", exact=True)
    places = places_of(reset)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_text(re.compile(r"Diverged at step \d+"))).to_be_visible(timeout=120_000)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_disabled()
    assert len(places()) == 1, places()
    reset.click()
    expect(page.get_by_text(re.compile("^Step 0 of"))).to_be_visible()
