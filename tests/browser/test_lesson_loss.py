"""The lesson on the loss, by somebody who has never seen it."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.lesson import LessonPage

QUESTION = "Why does the model not learn by making its accuracy larger?"


def metric(page: Page, name: str) -> Locator:
    """One of the two large numbers, with what it says of the change."""
    return page.get_by_test_id("stMetric").filter(has_text=name)


def test_a_tiny_step_moves_the_loss_and_not_the_accuracy(page: Page) -> None:
    lesson = LessonPage(page, "loss")
    lesson.open()
    lesson.figure("loss_line")
    expect(metric(page, "mnist_loss")).to_contain_text("no change")
    asked = re.search(r"step of (\S+)\. What happens", page.get_by_text("What happens?").first.inner_text())
    assert asked
    zoom = page.locator(".st-key-loss_width").get_by_test_id("stSliderThumbValue")
    while zoom.inner_text() != f"±{asked[1]}":
        lesson.slide("Zoom", "ArrowRight")  # the knob tells it at once
    lesson.slide("Move the weights", "End")
    expect(page.locator(".st-key-loss_move")).to_contain_text(f"weights − {asked[1]} × gradient")
    expect(metric(page, "mnist_loss").get_by_test_id("stMetricDelta")).to_contain_text("-")
    expect(metric(page, "accuracy").get_by_test_id("stMetricDelta")).to_have_text("no change")
    lesson.answer("accuracy stays, the loss falls")
    lesson.expect_done(5)


def test_without_the_sigmoid_the_loss_falls_below_0(page: Page) -> None:
    lesson = LessonPage(page, "loss")
    lesson.open()
    table = page.get_by_role("group", name="torch.where")
    expect(table.get_by_role("img")).to_have_count(5)
    expect(table).to_contain_text("sigmoid")
    page.get_by_text("preds = preds.sigmoid()", exact=True).click()
    expect(page.get_by_text("falls without end")).to_be_visible()
    expect(table).not_to_contain_text("sigmoid")
    expect(page.get_by_text(re.compile(r"the loss: −\d"))).to_be_visible()
