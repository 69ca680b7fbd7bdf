"""Lesson 1 as a new user: read a pixel, and find which distance lets large differences count for more."""

import re

from playwright.sync_api import Page, expect

from tests.browser.lesson import LessonPage

QUESTION = "In which of the two distances do a digit's 40 largest differences count for more?"


def test_a_new_user_finds_the_answer(page: Page) -> None:
    lesson = LessonPage(page, "pixels")
    lesson.open()
    expect(page.get_by_text(QUESTION).first).to_be_visible()
    lesson.figure("pixels_digit").locator(".nsewdrag").hover()
    expect(lesson.figure("pixels_digit").locator(".hoverlayer")).to_have_text(
        re.compile(r"row 1\d, column 1\d.*grey \d+")
    )

    lesson.press("L1 and RMSE disagree")
    shares = {
        name: float(page.get_by_role("row", name=name).get_by_role("cell").last.inner_text().removesuffix(" %"))
        for name in ("L1", "RMSE")
    }
    expect(page.get_by_role("row", name=re.compile("wrong"))).to_have_count(1)
    lesson.answer(f"In {max(shares, key=lambda name: shares[name])}")
    lesson.expect_done(1)
