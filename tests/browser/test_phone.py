"""On small screens: nothing sticks out, what Train does can be seen, and a finger draws. Every page has its heading."""

import re
from itertools import pairwise

from playwright.sync_api import Page, expect

from mnist37.ui.lessons.shared.table import LESSONS
from tests.browser.drawing import Drawing
from tests.browser.hand import SEVEN, canvas_box, draw_by_finger
from tests.browser.lab import Lab
from tests.browser.lesson import LessonPage

# What is wider than the phone, unless it can be moved along with a finger.
STICKING_OUT = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const scrolls = (node) => node !== main
    && (["auto", "scroll"].includes(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
  return [...main.querySelectorAll("button, img, p, table, .mnist37-live-figure")]
    .filter((node) => node.checkVisibility() && !scrolls(node) && node.getBoundingClientRect().right > 391)
    .map((node) => node.outerHTML.slice(0, 120));
}"""


# Levels of the headings that a screen reader lists, in order.
LEVELS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((node) => node.checkVisibility() && !node.closest("[role=dialog]")).map((node) => Number(node.tagName[1]))"""


def expect_headings(page: Page) -> None:
    """The browser's tab says what the page is called, and so does its first heading; below it no level is left out."""
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_count(1)
    expect(page).to_have_title(re.compile(re.escape(heading.inner_text().split(" ·")[0]) + " · mnist37$"))
    levels = page.evaluate(LEVELS)
    assert levels[0] == 1
    assert all(level <= before + 1 for before, level in pairwise(levels)), levels


def test_no_page_sticks_out(phone: Page) -> None:
    Lab(phone).open()
    for name in ("Draw", "Inside", "Weights", "Compare", "Lab"):
        phone.locator(".st-key-pages").get_by_role("link", name=name, exact=True).click()
        expect(phone.get_by_role("heading", level=1)).to_contain_text(name)
        populated = phone.get_by_role("combobox").or_(phone.get_by_text("Filters")).or_(phone.locator(".verdicts"))
        expect(populated.first).to_be_visible()
        main = phone.get_by_test_id("stMain")
        expect(main.get_by_role("img").or_(main.get_by_role("button", name="Take a")).first).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, name
        expect_headings(phone)


def test_the_curve_is_on_the_first_screen(phone: Page) -> None:
    lab = Lab(phone)
    lab.open()
    lab.train()
    lab.wait_for_points(more_than=0)
    box = lab.loss_figure.bounding_box()
    assert box is not None
    assert box["y"] < 700


def test_a_finger_draws_and_the_page_stands_still(phone: Page) -> None:
    drawing = Drawing(phone)
    drawing.open()
    where = phone.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")
    draw_by_finger(phone, SEVEN)
    drawing.expect_said(7)
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == where


def test_the_whole_canvas_is_there_on_a_projector(page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    drawing = Drawing(page)
    drawing.open()
    box = canvas_box(page)
    middle = box["y"] + box["height"] / 2
    for x in (box["x"] + 2, box["x"] + box["width"] - 2):
        assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).tagName", [x, middle]) != "HTML"
        page.mouse.click(x, middle)
    drawing.wait_for_another("")
    shown = page.locator(".dc-root").bounding_box()
    assert shown is not None
    assert shown["width"] >= 280


def test_no_lesson_sticks_out(phone: Page) -> None:
    lesson_page = LessonPage(phone, LESSONS[0].name)
    lesson_page.open()
    for number, lesson in enumerate(LESSONS):
        if number:
            phone.locator(".st-key-lessons a").nth(number).click()
        expect(phone.get_by_role("heading", level=1)).to_have_text(lesson.title)
        expect(phone.get_by_text("Try it in the Lab")).to_be_visible()
        lesson_page.settle()
        expect_headings(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, lesson.title
        for figure in phone.locator(".mnist37-live-figure").all():
            expect(figure).to_have_attribute("data-state", "ready")
        assert phone.evaluate(STICKING_OUT) == [], lesson.title
