"""Lesson 10 as a new user takes it."""

from playwright.sync_api import Page, expect

from tests.browser.lesson import LessonPage

QUESTION = "What is a number called that the model computes, as opposed to one that it learned?"


def test_the_answer_is_found_by_touching(page: Page) -> None:
    lesson = LessonPage(page, "words")
    lesson.open()
    search = page.get_by_role("textbox", name="Look for a word")
    search.fill("computes")
    search.press("Enter")
    expect(page.get_by_text("of 72 words")).to_be_visible()
    expect(page.get_by_text("activation · A number that the model computes")).to_be_visible()
    lesson.answer("gradient")
    expect(page.get_by_text("Look for “computes”.")).to_be_visible()
    lesson.answer("activation")
    lesson.expect_done(10)


def test_a_word_leads_to_where_one_can_touch_it_and_progress_stays(page: Page) -> None:
    lesson = LessonPage(page, "words")
    lesson.open()
    lesson.answer("activation")
    lesson.expect_done(10)
    page.get_by_role("link", name="Try it: press Gradient").click()
    expect(page.get_by_role("heading", name="One mini-batch, seven steps")).to_be_visible()
    lesson.expect_done(10)
    page.reload()
    lesson.expect_done(10)
