"""Lesson 3 as a new user: drag x, then find out what a second backward() does to x.grad."""

from playwright.sync_api import Page, expect

from tests.browser.lesson import LessonPage

QUESTION = "x is 3, and y is x squared. Compute y and call backward(), then do both once more: what is x.grad?"


def test_a_new_user_finds_the_answer(page: Page) -> None:
    lesson = LessonPage(page, "gradients")
    lesson.open()
    expect(page.get_by_text(QUESTION).first).to_be_visible()
    lesson.figure("gradients_slope")
    autograd = page.get_by_role("row", name="x.grad").get_by_role("cell").last
    expect(autograd).to_have_text("6")
    lesson.slide("x", "ArrowLeft", "ArrowLeft")
    expect(autograd).to_have_text("5.6")
    lesson.slide("x", "ArrowRight", "ArrowRight")
    expect(autograd).to_have_text("6")

    page.get_by_role("radio", name="Line by line").click()
    last = page.locator(".moments tr").last
    expect(last).to_contain_text("y.backward()")
    lesson.press("y = f(x)")
    expect(last).to_contain_text("y = f(x)")
    lesson.press("y.backward()")
    expect(last).to_contain_text("y.backward()")
    lesson.answer(last.locator("td").nth(1).inner_text())
    lesson.expect_done(3)
