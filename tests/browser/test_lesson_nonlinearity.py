"""The lesson on the ReLU, by somebody who has never seen it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.lesson import LessonPage

QUESTION = "Can a net without a ReLU follow a wave, if only it has enough units?"


def test_no_number_of_units_bends_a_net_without_its_relu(page: Page) -> None:
    lesson = LessonPage(page, "nonlinearity")
    lesson.open()
    lesson.figure("nonlinearity_fit")
    expect(page.get_by_text("each a line with a kink")).to_be_visible()
    page.get_by_text("ReLU between the two layers", exact=True).click()
    left = {}
    for key, units in (("Home", "1 hidden unit,"), ("End", "100 hidden units,")):
        lesson.slide("Hidden units", key)
        told = page.get_by_text(re.compile(f"^{units} and still one straight line"))
        expect(told).to_be_visible()
        share = re.search(r"(\d+)% of what a flat line leaves", told.inner_text())
        assert share
        left[key] = share[1]
    assert left["Home"] == left["End"]
    lesson.answer("no number is enough")
    lesson.expect_done(8)


def test_units_that_start_far_below_0_are_dead_in_words_and_pictures(page: Page) -> None:
    lesson = LessonPage(page, "nonlinearity")
    lesson.open()
    units = page.get_by_role("group", name="What each hidden unit looks for")
    expect(units.get_by_role("img")).to_have_count(30)
    lesson.slide("Biases start at", "End")
    told = page.get_by_text(re.compile(r"^\d+ of 30 units are dead"))
    expect(told).to_be_visible()
    expect(units.get_by_text("dead", exact=True)).to_have_count(int(told.inner_text().split()[0]))
