"""The Lab's moving parts: step, pace, knobs turned while it learns, drawing, looking back, finding a rate."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIZE
from tests.browser.hand import SEVEN, THREE, draw
from tests.browser.lab import LOSS_FIGURE, Lab
from tests.browser.places import places_of
from tests.browser.server import Server

Scheme = Literal["light", "dark"]
MODELS = ["Pixel similarity", "Linear from scratch", "Two-layer ReLU net"]


def test_one_mini_batch_at_a_time(page: Page, lab: Lab) -> None:
    lab.open()
    lab.expect_status("finished")
    lab.button("Step").click()  # nothing learns: it begins a new run
    lab.expect_status("paused")
    expect(page.get_by_test_id("stProgress")).to_contain_text("step 1 of 260")
    for step in (2, 3):
        lab.button("Step").click()
        expect(page.get_by_test_id("stProgress")).to_contain_text(f"step {step} of 260")
        expect(page.get_by_text(f"First layer after step {step}")).to_be_visible()
    lab.button("Resume").click()
    lab.expect_status("finished")


def test_slow_enough_to_talk_over_then_at_full_speed(page: Page, lab: Lab) -> None:
    lab.open()
    lab.choose_pace("1/s")
    lab.train()
    expect(page.get_by_test_id("stProgress")).to_contain_text(re.compile("step [1-9]"))
    assert lab.wait_for_step(beyond=lab.progress() + 2) < 200  # at full speed all 260 take a second
    lab.choose_pace("Full")
    lab.expect_status("finished")


def test_again_gives_the_same_curve(page: Page, lab: Lab) -> None:
    def whole_curve() -> list[float]:
        """The losses of all 260 steps, once the figure shows them of the run that the address names."""
        is_whole = f"run => {LOSS_FIGURE}?.layout?.uirevision?.startsWith(run) && {LOSS_FIGURE}.data[0].y.length == 260"
        page.wait_for_function(is_whole, arg=lab.run)
        return page.evaluate(f"{LOSS_FIGURE}.data[0].y")

    lab.open()
    lab.train()
    curve, run = whole_curve(), lab.run
    lab.button("Again").click()
    expect(page).not_to_have_url(re.compile(run))
    assert whole_curve() == curve


def test_knobs_turned_while_it_learns_are_marked_and_reset_nothing(page: Page, lab: Lab) -> None:
    lab.open_and_train_long()
    lab.wait_for_points(more_than=20)
    run, step = lab.run, lab.progress()
    page.get_by_role("slider", name="Learning rate").press("ArrowLeft")
    page.get_by_role("slider", name="Batch size").press("ArrowRight")
    marks = f"({LOSS_FIGURE}?.layout?.annotations ?? []).map(mark => mark.text).join()"
    page.wait_for_function(f"{marks}.includes('lr 0.3') && {marks}.includes('batch 16')")
    expect(page.locator(".st-key-headline")).to_contain_text("lr 0.5 → 0.3, batch 8 → 16")
    assert lab.run == run
    assert lab.progress() > step
    lab.button("Stop").click()
    lab.expect_status("stopped")


def test_a_drawing_is_judged_before_while_and_after(page: Page, lab: Lab) -> None:
    lab.open()
    lab.expect_board()
    draw(page, THREE)
    verdict = page.locator(".st-key-lab_verdict")
    expect(verdict).to_contain_text("It is a 3")
    lab.train_long()
    expect(verdict).to_contain_text(re.compile("It is a 3|Perhaps a"))
    lab.expect_ink()
    lab.button("Clear").click()
    expect(verdict).to_contain_text("Nothing drawn yet")
    draw(page, SEVEN)
    expect(verdict).to_contain_text("It is a 7")
    lab.button("Stop").click()
    lab.expect_status("stopped")
    lab.go_to("Weights")
    expect(page.get_by_text("To compare with")).to_be_visible()
    lab.go_to("Lab")
    expect(verdict).to_contain_text("It is a 7")
    lab.expect_ink()


def test_nothing_moves_while_settings_change_and_a_run_begins_and_blows_up(page: Page, lab: Lab) -> None:
    lab.open()
    lab.expect_board()
    page.evaluate("""() => {
      window.tops = {};
      const places = [".st-key-loss", "[class*=st-key-lab_canvas-]", ".st-key-train ~ * [data-testid=stSlider]"];
      const look = () => {
        for (const place of places) {
          const top = document.querySelector(place)?.getBoundingClientRect().top;
          if (top !== undefined) (tops[place] ??= new Set()).add(Math.round(top));
        }
        requestAnimationFrame(look);
      };
      look();
    }""")
    lab.to_the_end_of("Learning rate", "End")
    expect(page.get_by_text("Settings changed. Press Train to use them.")).to_be_visible()
    lab.choose_pace("20/s")
    lab.train()
    expect(page.get_by_text("The loss is far above its start. Lower the learning rate.")).to_be_visible()
    lab.choose_pace("Full")
    lab.expect_status("finished")
    tops = page.evaluate("Object.entries(tops).map(([place, found]) => [place, ...found])")
    assert len(tops) >= 2
    for place, *found in tops:
        assert max(found) - min(found) <= 10, (place, found)


def test_looking_back(page: Page, lab: Lab) -> None:
    lab.open()
    lab.expect_status("finished")
    expect(page.get_by_text("First layer after step 260")).to_be_visible()
    lab.settle()
    page.get_by_role("slider", name="Look back").press("Home")
    expect(page.get_by_text("First layer after step 0")).to_be_visible()
    expect(page.get_by_role("table", name="Confusion matrix")).to_be_visible()
    page.wait_for_function(f"{LOSS_FIGURE}?.layout?.annotations?.at(-1)?.text == 'step 0'")


def test_the_finder_s_rate_is_one_click_away(page: Page, lab: Lab) -> None:
    lab.open()
    lab.button("Find a rate").click()
    use = page.get_by_role("button", name=re.compile("^Use "))
    expect(use).to_have_count(1)
    rate = use.inner_text().removeprefix("Use ")
    use.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("stSlider").filter(has_text="Learning rate")).to_contain_text(rate)


def test_five_rates_side_by_side(page: Page, lab: Lab) -> None:
    lab.open()
    lab.button("Five rates").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=re.compile("^Use "))).to_have_count(5)
    expect(dialog.get_by_text("finished")).to_have_count(4)
    expect(dialog.get_by_text("But unstable: the loss jumps between")).to_have_count(1)  # at a rate of 10
    expect(dialog.locator(".mnist37-live-figure[data-state=ready]")).to_have_count(5)
    dialog.get_by_role("button", name="Use 1", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_test_id("stSlider").filter(has_text="Learning rate")).to_contain_text("1")


def test_the_buttons_stay_where_they_are_while_pause_becomes_resume(page: Page, lab: Lab) -> None:
    lab.open_and_train_long()
    expect(lab.button("Pause")).to_be_enabled()
    lab.settle()
    places = places_of(lab.button("Stop"))
    for _ in range(2):
        for name, then in (("Pause", "Resume"), ("Resume", "Pause")):
            lab.button(name).click()
            expect(lab.button(then)).to_be_enabled()
            lab.settle()
    assert len(places()) == 1, places()
    lab.button("Stop").click()
    lab.expect_status("stopped")


def test_a_live_figure_is_one_node_that_stays(page: Page, lab: Lab) -> None:
    lab.open_and_train_long()
    lab.wait_for_points(more_than=0)
    page.evaluate(f"{LOSS_FIGURE}.stayed = true")
    lab.wait_for_updates(5)
    lab.button("Pause").click()
    lab.expect_status("paused")
    assert page.evaluate(f"{LOSS_FIGURE}.stayed")
    lab.button("Stop").click()
    lab.expect_status("stopped")


def test_a_killed_worker_is_told_and_the_next_run_trains(page: Page, lab: Lab, server: Server) -> None:
    lab.open_and_train_long()
    for worker in server.workers():
        worker.kill()
    lab.expect_status("failed")
    expect(page.get_by_text("The process that trained this run ended")).to_be_visible()
    lab.wait_for_points(more_than=0)
    lab.choose_model("Linear from scratch")
    lab.train()
    lab.expect_status("finished")


@pytest.mark.parametrize(("scheme", "models"), [("light", MODELS), ("dark", MODELS[1:2])])
def test_the_main_loop_fits_on_one_screen(page: Page, lab: Lab, scheme: Scheme, models: list[str]) -> None:
    page.emulate_media(color_scheme=scheme)
    lab.open()
    for model in models:
        lab.choose_model(model)
        lab.train()
        lab.expect_status("finished")
        expect(page.get_by_role("table", name="Confusion matrix")).to_be_visible()
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= SIZE["height"]
    lab.wait_for_points(more_than=0)
    assert lab.loss_figure.locator(".main-svg").first.evaluate("node => node.style.background") == (
        page.get_by_test_id("stApp").evaluate("node => getComputedStyle(node).backgroundColor")
    )
