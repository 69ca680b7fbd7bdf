"""Every page can be read by a screen reader and by most eyes, and what matters can be done by keyboard."""

import re
from collections.abc import Mapping
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Locator, Page, expect

from mnist37.ui.lessons.shared.table import LESSONS
from tests.browser.drawing import LINEAR, Drawing
from tests.browser.hand import SEVEN, draw, draw_seven_by_keys
from tests.browser.lab import Lab

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "rules": {"heading-order": {"enabled": True}, "empty-table-header": {"enabled": True}},
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
EXCUSED = {
    # st.code makes no place for a tabindex. Chromium and Firefox give the focus to what scrolls by themselves.
    "scrollable-region-focusable": ".stCode pre",
    # Streamlit's own Stop, while a script runs: as faint as its disabled buttons are.
    "color-contrast": "[data-testid=stStatusWidget] *",
}
FIND = """async ([rules, excused]) => (await axe.run(rules)).violations.flatMap(({ id, nodes }) => nodes
  .filter(({ target }) => !(excused[id] && document.querySelector(target.at(-1))?.matches(excused[id])))
  .map(({ target, html, failureSummary }) => `${id}: ${target}\\n  ${html.slice(0, 300)}\\n  ${failureSummary}`))"""
MARKED_UP = """() => [...document.querySelectorAll("[aria-label]")].map((node) => node.getAttribute("aria-label"))
  .filter((label) => /:[a-z]+\\[|(^|\\s)\\*\\*\\w|`/.test(label)).map((label) => `markup in the label: ${label}`)"""
DRAWS = "[data-testid=stSkeleton], [data-state=loading], [data-testid=stBidiComponentRegular]:not([data-stands])"
HAS_THEME = """theme => {
  const paper = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  const [red, green, blue] = paper.match(/\\d+/g).map(Number);
  return (red + green + blue > 384) === (theme === "light");
}"""

FOCUS_IS_SEEN = """async () => {
  const node = document.activeElement;
  const near = [node, ...node.children];
  for (let around = node.parentElement, up = 0; around && up < 4; around = around.parentElement, up += 1) {
    near.push(around, ...around.children);
  }
  const shown = near.filter((one) => !one.matches("[type=radio], [type=checkbox], [type=range]"));
  const looks = () => shown.map((one) => getComputedStyle(one))
    .map((look) => [look.outline, look.boxShadow, look.borderColor, look.backgroundColor].join()).join();
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const focused = looks();
  node.blur();
  await frames();
  const isSeen = looks() !== focused;
  node.focus({ preventScroll: true, focusVisible: true });
  await frames();
  return isSeen;
}"""
FOCUSED = "(document.activeElement.ariaLabel || document.activeElement.textContent).slice(0, 60)"
MOST_STOPS = 80
LOOKS = 3


def settle(page: Page) -> None:
    """Wait until the page's script has run through, and what it shows is drawn."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_function(f"!document.querySelector('{DRAWS}')")


def faults(page: Page, rules: Mapping[str, Any]) -> list[str]:
    """Return what axe-core finds to stay: the rule, where, the HTML, and what is wrong.

    Streamlit fades what a script has not drawn again yet, so that faults are looked for again when it has run through.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
        page.add_style_tag(content="* { transition: none !important; }")  # colours count as they end
    for _ in range(LOOKS):
        settle(page)
        found: list[str] = page.evaluate(FIND, [rules, EXCUSED])
        if not found:
            break
    return found


def expect_no_faults(page: Page, where: str) -> None:
    """Look for all faults in the theme at hand, and for faint words in the other one, which stays."""
    found = faults(page, RULES) + page.evaluate(MARKED_UP)
    other = "light" if page.evaluate(HAS_THEME, "dark") else "dark"
    page.emulate_media(color_scheme=other)
    page.wait_for_function(HAS_THEME, arg=other)
    found += faults(page, CONTRAST)
    assert not found, f"{where}, {len(found)} faults, the last ones with the {other} theme:\n" + "\n".join(found)


def test_axe_finds_nothing_on_the_pages(page: Page, lab: Lab) -> None:
    lab.open()
    lab.expect_board()
    expect_no_faults(page, "Lab")
    for name, sign in (
        ("Draw", LINEAR),
        ("Inside", "How sure it is"),
        ("Weights", "To compare with"),
        ("Compare", "Models"),
    ):
        lab.go_to(name)
        expect(page.get_by_text(sign).first).to_be_visible()
        expect_no_faults(page, name)


def test_axe_finds_nothing_in_the_lessons(page: Page) -> None:
    page.goto(f"/{LESSONS[0].name}")
    for number, lesson in enumerate(LESSONS):
        if number:
            page.locator(".st-key-lessons a").nth(number).click()
        expect(page.get_by_role("heading", name=lesson.title)).to_be_visible()
        expect(page.get_by_text("Try it in the Lab")).to_be_visible()
        expect_no_faults(page, lesson.title)


def test_axe_finds_nothing_while_it_learns_and_in_what_opens(page: Page, lab: Lab) -> None:
    lab.open()
    lab.choose_pace("1/s")
    lab.train()
    expect(page.get_by_test_id("stProgress")).to_contain_text(re.compile("step [1-9]"))
    expect_no_faults(page, "Lab, learning")
    lab.button("Stop").click()
    lab.expect_status("stopped")
    page.get_by_role("button", name="Take this run with you").click()
    expect(page.get_by_role("dialog")).to_contain_text("Whole run")
    expect_no_faults(page, "Lab, taking a run along")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show me around").click()
    expect(page.get_by_role("dialog")).to_contain_text("1 of 6")
    expect_no_faults(page, "Lab, on tour")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Five rates").click()
    expect(page.get_by_role("dialog")).to_contain_text("Five rates")
    expect_no_faults(page, "Lab, five rates")


def test_axe_finds_nothing_in_what_a_drawing_brings(page: Page) -> None:
    drawing = Drawing(page)
    drawing.open()
    draw(page, SEVEN)
    drawing.expect_said(7)
    page.get_by_text("As a table of greys").click()
    expect(page.get_by_role("group", name="The 28 by 28 greys as numbers")).to_be_visible()
    expect_no_faults(page, "Draw, with a drawing")


def tab_to(page: Page, thing: Locator, *, looks: bool = False) -> None:
    """Press Tab until it has the focus; `looks` whether the focus can be seen on the way."""
    unseen = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if looks and not page.evaluate(f"document.activeElement === document.body || ({FOCUS_IS_SEEN})()"):
            unseen.append(page.evaluate(FOCUSED))
        if thing.evaluate("node => node === document.activeElement"):
            assert not unseen, f"the focus cannot be seen on: {unseen}"
            return
    raise AssertionError(f"no Tab leads to {thing}")


def test_a_run_and_a_drawing_by_keyboard_alone(page: Page, lab: Lab) -> None:
    lab.open()
    lab.expect_board()
    page.add_style_tag(content="* { transition: none !important; }")
    canvas = page.get_by_role("application", name="Canvas for a digit")
    tab_to(page, canvas, looks=True)
    draw_seven_by_keys(page)
    expect(canvas.get_by_role("status")).to_have_text("Pen up, column 6, row 12")
    expect(page.locator(".st-key-lab_verdict, .st-key-verdict").get_by_role("status")).to_contain_text("It is a 7")
    tab_to(page, page.get_by_role("radio", name="Full"))
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("radio", name="1/s")).to_be_checked()
    lab.settle()
    run = lab.run
    tab_to(page, lab.train_button)
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile(run))
    expect(page.get_by_test_id("stProgress")).to_contain_text(re.compile("step [1-9]"))
    tab_to(page, lab.button("Pause"))
    page.keyboard.press("Enter")
    lab.expect_status("paused")
    tab_to(page, page.get_by_role("slider", name="Learning rate"))
    page.keyboard.press("ArrowLeft")
    lab.settle()
    tab_to(page, lab.button("Resume"))
    page.keyboard.press("Space")
    lab.expect_status("lr 0.1 → 0.05")
    tab_to(page, lab.button("Stop"))
    page.keyboard.press("Enter")
    lab.expect_status("stopped")
