"""Lesson 11 as a new user: raise the temperature, and see what moves and what stays."""

import re

from playwright.sync_api import Page, expect

from tests.browser.lesson import LessonPage

TO_5 = ["ArrowRight"] * 4


def test_a_temperature_moves_the_loss_and_not_the_accuracy(page: Page) -> None:
    lesson = LessonPage(page, "to_ten")
    lesson.open()
    lesson.figure("to_ten_probabilities")
    expect(page.get_by_text("The model calls it a 3 ✓")).to_be_visible()
    probability = page.get_by_test_id("stMetric").filter(has_text="probability of 3")
    expect(probability).to_contain_text("at T = 1")
    page.locator(".st-key-to_ten_view").get_by_text("temperature", exact=True).click()
    lesson.figure("to_ten_by_temperature")
    numbers = page.get_by_text(re.compile(r"validation digits at T = \S+: loss \S+, accuracy \S+ %"))
    before = re.search(r"loss (\S+), accuracy (\S+)", numbers.inner_text())
    lesson.slide("Temperature T", *TO_5)
    expect(numbers).to_contain_text("at T = 5:")
    after = re.search(r"loss (\S+), accuracy (\S+)", numbers.inner_text())
    assert before
    assert after
    assert float(after[1]) > float(before[1])
    assert after[2] == before[2]
    expect(page.get_by_text("The model calls it a 3 ✓")).to_be_visible()
    expect(probability.get_by_test_id("stMetricDelta")).to_contain_text("-")
    lesson.answer("accuracy stays, the loss rises")
    lesson.expect_done(11)


def test_a_digit_that_is_taken_has_its_own_numbers(page: Page) -> None:
    lesson = LessonPage(page, "to_ten")
    lesson.open()
    page.get_by_role("button", name="Take a 7").click()
    expect(page.get_by_role("row", name=re.compile("^7 ✓"))).to_be_visible()
    expect(page.get_by_test_id("stMetric").filter(has_text="probability of 7")).to_be_visible()
    lesson.press("A wrong one")
    expect(page.get_by_text(re.compile(r"The model calls it a \d ✗"))).to_be_visible()
