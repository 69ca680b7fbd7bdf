"""The projector view: large type, keys for the run, and a way there and back."""

import re

from playwright.sync_api import Page, expect

from tests.browser.hand import SEVEN, draw
from tests.browser.lab import Lab

LEAST_PX = 20
SMALLEST = """() => {
  const sizes = [];
  const page = document.querySelector("[data-testid=stMainBlockContainer]");
  const texts = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode, parent = node.parentElement;
    if (!node.textContent.trim() || parent.closest("style, [data-testid=stIconMaterial]")) continue;
    if (parent.checkVisibility({ visibilityProperty: true }) && parent.getBoundingClientRect().width > 2)
      sizes.push([parseFloat(getComputedStyle(parent).fontSize), node.textContent]);
  }
  return sizes.sort((a, b) => a[0] - b[0])[0];
}"""


def test_a_run_is_driven_by_keys_and_read_from_the_back_row(page: Page, lab: Lab) -> None:
    lab.open()
    lab.choose_pace("1/s")
    page.get_by_role("button", name="Projector view").click()
    expect(page).to_have_url(re.compile("view=projector"))
    expect(page.get_by_role("button", name=re.compile("Settings"))).to_be_visible()
    lab.settle()
    before = lab.run
    page.keyboard.press("t")
    expect(page).not_to_have_url(re.compile(re.escape(before)))
    expect(page).to_have_url(re.compile("run="))
    progress = page.get_by_test_id("stProgress")
    expect(progress).to_contain_text(re.compile("step [1-9]"))
    lab.settle()
    page.keyboard.press("p")
    lab.expect_status("paused")
    lab.settle()
    step = lab.progress()
    page.keyboard.press("s")
    expect(progress).to_contain_text(f"step {step + 1} of")
    draw(page, SEVEN)
    expect(page.locator(".st-key-lab_verdict")).to_contain_text(re.compile("It is|Perhaps"))
    size, text = page.evaluate(SMALLEST)
    assert size >= LEAST_PX, text
    lab.settle()
    page.keyboard.press("p")
    lab.expect_status("learning")
    lab.go_to("Draw")
    expect(page).to_have_url(re.compile("draw.*view=projector"))
    page.reload()
    leave = page.get_by_role("button", name=re.compile("Leave the projector view"))
    expect(leave).to_be_visible()
    lab.settle()
    page.keyboard.press("Escape")
    expect(leave).to_be_hidden()
    expect(page).not_to_have_url(re.compile("view="))
    lab.go_to("Lab")
    expect(page.get_by_role("heading", name="Lab")).to_be_visible()
    lab.expect_status("learning")
    lab.settle()
    lab.button("Stop").click()
    lab.expect_status("stopped")
