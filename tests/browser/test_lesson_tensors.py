"""Lesson 2 as a new user: compute a sum, read its shape off the page, and see which cells went into one of it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.lesson import LessonPage

QUESTION = "A column of shape [3, 1] plus a row of shape [4]: what shape does the sum have?"


def test_a_new_user_finds_the_answer(page: Page) -> None:
    lesson = LessonPage(page, "tensors")
    lesson.open()
    expect(page.get_by_text(QUESTION).first).to_be_visible()
    box = page.get_by_role("textbox", name="A tensor expression")
    box.fill("ones(3, 1) + ones(4)")
    box.press("Enter")
    told = page.get_by_text(re.compile(r"shape \[\d+, \d+\] · rank 2"))
    expect(told).to_contain_text("12 numbers")
    shape = re.findall(r"\[.*?\]", told.inner_text())[0]

    page.get_by_role("radio", name="Broadcasting").click()
    cells = page.locator(".cells")
    expect(cells.locator(".ghost")).to_have_count(2 * 12 - 3 - 4)
    cells.locator(".r11").hover()
    plain, marked = (
        cells.locator(cell).evaluate("cell => getComputedStyle(cell).backgroundColor") for cell in (".A0", ".A11")
    )
    assert plain != marked
    assert cells.locator(".B11").evaluate("cell => getComputedStyle(cell).backgroundColor") == marked
    lesson.answer(shape)
    lesson.expect_done(2)
