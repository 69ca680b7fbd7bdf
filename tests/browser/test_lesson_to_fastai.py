"""Lesson 7 as a new user takes it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.lesson import LessonPage

QUESTION = "What does a model learn better with nn.Linear and SGD than from scratch?"


def train_with_fastai(lesson: LessonPage) -> None:
    """Press the button that trains the fourth program, unless a test before this one did."""
    lesson.settle()
    train = lesson.page.get_by_role("button", name="Train it with fastai's Learner, too").filter(visible=True)
    if train.count():
        train.click()


def test_the_answer_is_found_by_touching(page: Page) -> None:
    lesson = LessonPage(page, "to_fastai")
    lesson.open()
    code = page.get_by_test_id("stCode").first
    expect(code).to_contain_text("def calc_grad")
    page.get_by_text("fastai's Learner", exact=True).click()
    expect(code).to_contain_text("learn.fit(")
    train_with_fastai(lesson)
    expect(page.get_by_text(re.compile("Four curves, one line"))).to_be_visible()
    expect(page.get_by_text("Learner is on its way")).to_have_count(0)
    said = page.get_by_text(re.compile("Four curves")).inner_text()
    apart = re.search(r"than ([\d.e-]+) apart", said)
    assert "exactly the same" in said or (apart and float(apart.group(1)) < 1e-5)
    lesson.answer("Its last loss is lower")
    expect(page.get_by_text("can you tell them apart?")).to_be_visible()
    lesson.answer("Nothing: it does the same steps")
    lesson.expect_done(7)


def test_every_line_and_the_recorder_can_be_looked_up(page: Page) -> None:
    lesson = LessonPage(page, "to_fastai")
    lesson.open()
    page.get_by_text("Line by line", exact=True).click()
    expect(page.locator("table.lines")).to_contain_text("self.opt.zero_grad()")
    page.get_by_text("BasicOptim and SGD", exact=True).click()
    expect(page.get_by_text("p.data.add_(p.grad.data, alpha=-lr)").first).to_be_visible()
    page.get_by_text("The Recorder", exact=True).click()
    train_with_fastai(lesson)
    lesson.figure("recorder")
