"""What a browser's first visit shows: how the first run learned, then the offer of a tour; nothing in the way of it."""

from playwright.sync_api import Browser, Locator, Page, expect

from mnist37.ui.lab.tour import STEPS
from tests.browser.lab import Lab
from tests.browser.server import Server

# The step that each curve is drawn to, whenever that changes, and whether anything lay over it then.
WATCH = """() => {
  window.steps = [];
  const look = () => {
    const figure = document.querySelector(".st-key-loss .mnist37-live-figure[data-state=ready]");
    const step = figure && (figure.data[0].customdata.at(-1) ?? 0);
    if (figure && step !== steps.at(-1)) steps.push(step);
    requestAnimationFrame(look);
  };
  look();
}"""


def offer(page: Page) -> Locator:
    return page.locator(".mnist37-offer.new")


def test_the_first_run_is_seen_to_learn_then_a_tour_is_offered_once(new_visitor: Page) -> None:
    page = new_visitor
    page.add_init_script(f"({WATCH})()")
    page.goto("/")
    expect(offer(page)).to_contain_text("This is how it learned.")
    expect(offer(page)).to_contain_text("New here?")
    steps = page.evaluate("steps")
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, 260)
    assert len(steps) > 5
    expect(page.get_by_text("First layer after step 260")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    offer(page).get_by_role("button", name="Show me around").click()
    card = page.get_by_role("dialog")
    for number, step in enumerate(STEPS, 1):
        expect(card).to_contain_text(f"{number} of 6")
        expect(card.get_by_role("heading", name=step["title"])).to_be_visible()
        expect(page.locator(".mnist37-tour-frame")).to_be_visible()
        card.get_by_role("button", name="Done" if number == len(STEPS) else "Next").click()
    expect(card).to_have_count(0)
    expect(offer(page)).to_have_count(0)
    Lab(page).open()
    Lab(page).wait_for_curve(beyond=259)
    assert page.evaluate("steps")[0] == 260
    expect(offer(page)).to_have_count(0)
    page.get_by_role("button", name="Show me around").click()
    expect(card).to_contain_text("1 of 6")


def test_neither_is_in_the_way(new_visitor: Page) -> None:
    page, lab = new_visitor, Lab(new_visitor)
    page.goto("/")
    expect(offer(page)).to_contain_text("This is how it learned.")
    lab.settle()
    lab.to_the_end_of("Epochs", "Home")
    lab.train()
    lab.expect_status("finished")
    expect(page.get_by_text("First layer after step 13", exact=True)).to_be_visible()
    expect(offer(page)).to_contain_text("New here?")
    offer(page).get_by_role("button", name="Not now").click()
    expect(offer(page)).to_have_count(0)
    lab.go_to("Weights")
    lab.go_to("Lab")
    expect(page.get_by_role("button", name="Show me around")).to_be_visible()
    expect(offer(page)).to_have_count(0)


def test_who_wants_no_motion_sees_the_end_at_once(browser: Browser, server: Server) -> None:
    with browser.new_context(base_url=server.url, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto("/")
        expect(offer(page)).to_contain_text("New here?")
        Lab(page).wait_for_curve(beyond=259)
