"""Lesson 6 as a new user takes it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.lesson import LessonPage

QUESTION = "How much less noisy is the gradient of a mini-batch that is 16 times as large?"


def test_the_answer_is_found_by_touching(page: Page) -> None:
    lesson = LessonPage(page, "seven_steps")
    lesson.open()
    page.get_by_text("How noisy is a batch?", exact=True).click()
    lesson.figure("noise")
    off = page.get_by_text("Off by")
    few = _percent(off.inner_text())
    for _ in range(2):  # from 4 digits to 16 and 64, each told before the next
        told = off.inner_text()
        lesson.slide("Digits in a mini-batch", "ArrowRight")
        expect(off).not_to_have_text(told)
    ratio = few / _percent(off.inner_text())
    assert 3 < ratio < 5.5
    lesson.answer("As noisy as before")
    expect(page.get_by_text("compare 4 digits with 64")).to_be_visible()
    lesson.answer("A quarter as noisy")
    lesson.expect_done(6)


def test_each_step_is_a_button(page: Page) -> None:
    lesson = LessonPage(page, "seven_steps")
    lesson.open()
    for step in ("2 Predict", "3 Loss", "4 Gradient", "5 Step"):
        lesson.press(step)
        expect(page.get_by_text(re.compile(f"^{step} · "))).to_be_visible()
    expect(page.get_by_role("group", name="The weights before and after").get_by_role("img")).to_have_count(3)
    lesson.press("6 Repeat")
    expect(page.get_by_text(re.compile("9[0-9]\\.\\d+ % of the validation digits right"))).to_be_visible()
    lesson.press("7 Stop")
    expect(page.get_by_role("button", name="3 Loss")).to_be_disabled()


def _percent(text: str) -> int:
    found = re.search(r"Off by (\d+)%", text)
    assert found, text
    return int(found.group(1))
