"""Lesson 9 as a new user takes it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.lesson import LessonPage

QUESTION = "How large are the pictures that come out of the last convolutions of a ResNet-18?"


def test_the_answer_is_found_by_touching(page: Page) -> None:
    lesson = LessonPage(page, "deep")
    lesson.open()
    page.get_by_text("Layers and shapes", exact=True).click()
    row = page.get_by_role("row").filter(has_text="stage 4")
    expect(row).to_contain_text("512 × 1 × 1")
    lesson.answer("7 × 7")
    expect(page.get_by_text("stand behind the number of pictures")).to_be_visible()
    lesson.answer("1 × 1")
    lesson.expect_done(9)


def test_one_epoch_is_trained_live(page: Page) -> None:
    lesson = LessonPage(page, "deep")
    lesson.open()
    lesson.press("Train one epoch")
    expect(page.get_by_text(re.compile(r"step \d+ of \d+ · learning rate"))).to_be_visible()
    lesson.figure("deep_loss")
    expect(page.get_by_role("group", name="The 64 filters").get_by_role("img")).to_have_count(64)
    expect(page.get_by_text(re.compile(r"9\d\.\d+ % right, \d+ wrong of 200"))).to_be_visible(timeout=240_000)
