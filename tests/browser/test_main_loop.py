"""The main job: train, watch, pause, resume, stop, come back, draw, and be understood."""

from playwright.sync_api import Page, expect

from tests.browser.drawing import Drawing
from tests.browser.hand import SEVEN, THREE, draw
from tests.browser.lab import LOSS_FIGURE, Lab


def test_the_first_screen_is_never_empty(page: Page, lab: Lab) -> None:
    page.goto("/")
    expect(page.locator("img[src^='data:image/png']").first).to_be_visible()
    lab.open()
    lab.expect_status("finished")
    expect(page.get_by_text("validation digits right")).to_be_visible()
    expect(page.get_by_role("img", name="The weights, 28 by 28")).to_be_visible()
    lab.wait_for_points(more_than=100)


def test_train_watch_pause_resume_stop_reload_draw(page: Page, lab: Lab) -> None:
    lab.open_and_train_long()

    lab.wait_for_curve(beyond=lab.wait_for_curve(beyond=0))
    expect(page.get_by_role("img", name="unit 1 of 30")).to_be_visible()

    lab.button("Pause").click()
    lab.expect_status("paused")
    stands = lab.progress()
    with page.context.expect_page() as opened:  # opening another tab takes longer than many steps
        page.evaluate("window.open(location.href)")
    Lab(opened.value).expect_status("paused")
    assert Lab(opened.value).progress() == lab.progress() == stands
    opened.value.close()

    lab.button("Resume").click()
    lab.expect_status("learning")
    lab.wait_for_step(beyond=stands)

    lab.button("Stop").click()
    lab.expect_status("stopped")
    run, drawn = lab.run, lab.wait_for_curve(beyond=0)

    page.reload()
    lab.expect_status("stopped")
    assert lab.run == run
    lab.wait_for_curve(beyond=drawn - 1)  # the last batches may have been drawn after the status

    lab.go_to("Draw")
    drawing = Drawing(page)
    drawing.expect_nothing_drawn()
    assert lab.run == run
    draw(page, THREE)
    drawing.expect_said(3, by="Two-layer ReLU net")
    expect(page.get_by_role("img", name="Your drawing as the model saw it")).to_be_visible()
    drawing.tool("Clear").click()
    drawing.expect_nothing_drawn()
    draw(page, SEVEN)
    drawing.expect_said(7, by="Two-layer ReLU net")


def test_a_run_goes_on_while_its_page_is_left(page: Page, lab: Lab) -> None:
    lab.open_and_train_long()
    run, step = lab.run, lab.progress()
    lab.go_to("Weights")
    expect(page.get_by_text("To compare with")).to_be_visible()
    lab.go_to("Lab")
    expect(page.get_by_role("slider", name="Epochs")).to_have_value("100")
    lab.expect_status("learning")
    assert lab.run == run
    assert lab.progress() > step
    lab.button("Stop").click()
    lab.expect_status("stopped")


def test_zoom_survives_updates(page: Page, lab: Lab) -> None:
    lab.open_and_train_long()
    lab.wait_for_points(more_than=20)
    box = lab.loss_figure.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 60, steps=5)
    page.mouse.up()
    shown = f"() => {LOSS_FIGURE}.layout.xaxis.range"
    page.wait_for_function(f"({shown})()[0] > 0.1")
    zoomed = page.evaluate(shown)
    lab.wait_for_updates(4)
    assert page.evaluate(shown) == zoomed
    lab.button("Stop").click()
    lab.expect_status("stopped")
    expect(lab.loss_figure).to_be_visible()
    assert page.evaluate(shown) == zoomed


def test_two_tabs_look_at_one_run(page: Page, lab: Lab) -> None:
    lab.open_and_train_long()
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    other = Lab(opened.value)
    other.expect_status("learning")
    other.button("Stop").click()
    other.expect_status("stopped")
    lab.expect_status("stopped")
    assert other.run == lab.run
