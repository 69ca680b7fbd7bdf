"""Draw and Inside: one drawing judged by every rung, taken apart, changed; and a run's mistakes opened."""

import base64
import copy
import io
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Error, Page, expect
from torch import nn

from mnist37.data import READABLE_LIST, Digits, load_digits
from mnist37.events import Epoch, Status
from mnist37.rungs import settings_for
from mnist37.rungs.plain_resnet import plain_model
from mnist37.runs import Recorder, RunStore
from mnist37.runs.store import weights_to_bytes
from tests.browser.drawing import LINEAR, Drawing
from tests.browser.hand import FOUR, SEVEN, THREE, draw
from tests.browser.server import Server
from tests.installed import ROOT

PAPER, PEN = 235, 40


@pytest.fixture
def drawing(page: Page) -> Drawing:
    """The Draw page, open."""
    drawing = Drawing(page)
    drawing.open()
    return drawing


@pytest.fixture(scope="module")
def photo() -> bytes:
    """A seven with a dark pen on bright paper, as a PNG file."""
    digits = load_digits()
    seven = digits.valid_images[np.flatnonzero(digits.valid_labels == 0)[0]]
    paper = np.full((300, 400), PAPER, np.uint8)
    write(paper, seven, 100, 40)
    return as_png(paper)


def several(count: int) -> bytes:
    """A class's sheet: threes, then sevens, six in a row."""
    digits = load_digits()
    clear = [3, 0]  # a three and a seven, from the valid ones, that hang together
    paper = np.full((-(-count // 6) * 220, 6 * 220), PAPER, np.uint8)
    for number in range(count):
        label = int(number < count // 2)
        image = digits.valid_images[np.flatnonzero(digits.valid_labels == label)[clear[1 - label]]]
        write(paper, image, number % 6 * 220 + 10, number // 6 * 220 + 10)
    return as_png(paper)


def write(paper: np.ndarray, digit: np.ndarray, left: int, top: int) -> None:
    ink = digit.repeat(7, 0).repeat(7, 1).astype(float) / 255
    paper[top : top + 196, left : left + 196] = (PAPER + (PEN - PAPER) * ink).astype(np.uint8)


def as_png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def upload(page: Page, name: str, data: bytes) -> None:
    """Without a type, as a browser that does not know the kind does."""
    files = page.locator(".st-key-photo input[type=file]")
    files.set_input_files({"name": name, "mimeType": "", "buffer": data})


def test_a_stroke_more_can_be_taken_back_and_all_be_cleared(page: Page, drawing: Drawing) -> None:
    drawing.expect_nothing_drawn()
    expect(drawing.tool("Undo")).to_be_disabled()
    draw(page, SEVEN)
    seven = drawing.wait_for_another("")
    drawing.expect_said(7)
    drawn = seven
    for stroke in THREE:  # one by one: what comes faster than it is judged is taken back together
        draw(page, [stroke])
        drawn = drawing.wait_for_another(drawn)
    for _ in THREE:
        drawing.tool("Undo").click()
        drawn = drawing.wait_for_another(drawn)
    expect(drawing.verdicts).to_have_attribute("data-drawing", seven)
    drawing.expect_said(7)
    drawing.tool("Clear").click()
    drawing.expect_nothing_drawn()
    drawing.tool("Undo").click()
    expect(drawing.verdicts).to_have_attribute("data-drawing", seven)


def test_a_drawing_survives_a_reload(page: Page, drawing: Drawing) -> None:
    draw(page, SEVEN)
    drawn = drawing.wait_for_another("")
    page.reload()
    drawing.wait_for_another("")
    assert drawing.judged() == drawn
    drawing.tool("Undo").click()
    drawing.expect_nothing_drawn()


def test_a_digit_is_taken_and_drawn_on_and_erased(page: Page, drawing: Drawing) -> None:
    page.get_by_role("button", name="Take a 7").first.click()
    taken = drawing.wait_for_another("")
    drawing.expect_said(7)
    page.get_by_role("radio", name="Eraser").click()
    draw(page, [[(60, 80), (220, 80)]])
    erased = drawing.wait_for_another(taken)
    page.get_by_role("radio", name="Pen").click()
    draw(page, THREE)
    drawing.wait_for_another(erased)
    expect(page.locator(".verdicts [data-what='one stroke ago']").first).to_have_text(re.compile(r"^[37]"))


def test_a_photo_is_read_by_upload_and_by_paste(page: Page, drawing: Drawing, photo: bytes) -> None:
    upload(page, "7.png", photo)
    uploaded = drawing.wait_for_another("")
    drawing.expect_said(7)
    drawing.tool("Clear").click()
    drawing.expect_nothing_drawn()
    _paste(page, photo)
    drawing.wait_for_another("")
    drawing.expect_said(7)
    assert drawing.judged() == uploaded


def test_what_is_no_picture_is_refused_in_words_and_the_drawing_is_kept(page: Page, drawing: Drawing) -> None:
    upload(page, "7.png", b"no picture")
    expect(page.get_by_text("The picture cannot be read")).to_be_visible()
    drawing.expect_nothing_drawn()
    draw(page, SEVEN)
    seven = drawing.wait_for_another("")
    refusal = page.locator(".st-key-photo_said").get_by_role("alert")
    upload(page, "a page.heic", b"%PDF-1.7")
    expect(refusal).to_contain_text("it is a PDF document")
    expect(refusal).to_contain_text(READABLE_LIST)
    blank = as_png(np.full((300, 400), PAPER, np.uint8))
    upload(page, "blank.png", blank)
    expect(refusal).to_contain_text("Nothing is drawn on the picture")
    _paste(page, blank)
    expect(page.get_by_test_id("stToast").filter(has_text="Nothing is drawn on the picture")).to_be_visible()
    expect(drawing.verdicts).to_have_attribute("data-drawing", seven)


def test_a_refusal_goes_when_a_picture_is_taken(page: Page, drawing: Drawing, photo: bytes) -> None:
    upload(page, "7.png", b"no picture")
    expect(page.locator(".st-key-photo_said").get_by_role("alert")).to_be_visible()
    jpeg = io.BytesIO()
    Image.open(io.BytesIO(photo)).save(jpeg, "JPEG")
    upload(page, "7.jfif", jpeg.getvalue())
    drawing.expect_said(7)
    expect(page.locator(".st-key-photo_said").get_by_role("alert")).not_to_be_visible()


def test_one_of_several_digits_is_taken_and_the_others_stay(page: Page, drawing: Drawing, photo: bytes) -> None:
    upload(page, "class.png", several(30))
    expect(page.get_by_text("30 digits found. The models judge one at a time: take one.")).to_be_visible()
    drawing.expect_nothing_drawn()
    first = page.get_by_role("button", name="Take digit 1 of 30")
    first.click()
    three = drawing.wait_for_another("")
    drawing.expect_said(3)
    expect(first).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Take digit 30 of 30").click()
    drawing.wait_for_another(three)
    drawing.expect_said(7)
    upload(page, "7.png", photo)
    expect(page.get_by_text("30 digits found")).to_have_count(0)


def test_one_of_several_drawn_digits_is_taken_and_the_drawing_can_be_had_back(page: Page, drawing: Drawing) -> None:
    draw(page, [[(x // 3 + 10, y // 2 + 60) for x, y in stroke] for stroke in THREE])
    draw(page, [[(x // 3 + 130, y // 2 + 60) for x, y in stroke] for stroke in SEVEN])
    expect(page.get_by_text("2 digits found.")).to_be_visible()
    both = drawing.settled()
    page.get_by_role("button", name="Take digit 2 of 2").click()
    drawing.wait_for_another(both)
    drawing.expect_said(7)
    drawing.tool("Undo").click()
    expect(drawing.verdicts).to_have_attribute("data-drawing", both)
    drawing.tool("Clear").click()
    expect(page.get_by_text("2 digits found.")).not_to_be_visible()


def test_a_dot_is_said_to_be_neither(page: Page, drawing: Drawing) -> None:
    draw(page, [[(140, 140), (141, 141)]])
    drawing.wait_for_another("")
    expect(page.get_by_text("This looks like neither a 3 nor a 7")).to_be_visible()
    page.get_by_role("button", name="Take a 3").first.click()
    expect(page.get_by_text("Close to a training")).to_be_visible()


def test_an_answer_is_taken_apart_and_turned(page: Page, drawing: Drawing) -> None:
    draw(page, THREE)
    drawing.expect_said(3)
    drawing.look_into(LINEAR)
    told = page.get_by_text("together, the logit")
    expect(told).to_be_visible()
    for_3, for_7, bias, logit = (float(number) for number in re.findall(r"[+-]\d+\.\d+", _plain(told.inner_text()))[:4])
    assert for_3 + for_7 + bias == pytest.approx(logit, abs=0.02)
    page.get_by_role("button", name="Smallest change that flips it").click()
    expect(page.get_by_text("grey levels, and it says 7")).to_be_visible()
    judged = drawing.judged()
    page.get_by_role("button", name="Put it on the canvas").click()
    drawing.wait_for_another(judged)


@pytest.fixture
def untrained_resnet(server: Server, embedded: Digits) -> None:
    """Keep a run of ResNet-18 with the weights that it begins with: three epochs of it take a minute of two cores."""
    model = copy.deepcopy(plain_model()).to_empty(device="cpu")  # its own has shapes only
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.BatchNorm1d | nn.BatchNorm2d | nn.Linear):
            module.reset_parameters()
    recorder = Recorder(RunStore(server.home / "runs"), settings_for("resnet18"), embedded)
    recorder.add(Epoch(epoch=1, step=25, train_loss=0.7, valid_loss=0.7, accuracy=0.5, seconds=1.0))
    recorder.finish(Status.FINISHED, "", weights_to_bytes(model.state_dict()))


@pytest.mark.usefixtures("untrained_resnet")
def test_the_missing_rungs_are_trained_and_all_judge(page: Page, drawing: Drawing) -> None:
    draw(page, THREE)
    drawing.expect_said(3)
    page.get_by_role("button", name=re.compile("^Train")).click()
    for title in ("Pixel similarity", "nn.Linear, own optimizer", "nn.Linear with fastai", "Two-layer ReLU net"):
        drawing.expect_said(3, by=title)
    drawing.look_into("Two-layer ReLU net")
    expect(page.get_by_text("units fired")).to_be_visible()
    units = page.locator(".st-key-why_units button")
    units.nth(1).focus()
    units.nth(1).press("Enter")
    expect(units.nth(1)).to_have_attribute("aria-pressed", "true")
    drawing.look_into("Pixel similarity")
    expect(page.get_by_text("distance to the mean 3")).to_be_visible()
    expect(page.locator(".verdicts .answer").last).to_have_text(re.compile("^[37]"))
    drawing.look_into("ResNet-18")
    expect(page.get_by_text("what its ink is worth")).to_be_visible()
    expect(page.get_by_text("covering one patch moves the logit by up to")).to_be_visible()


def test_inside_a_run_the_border_moves_and_a_mistake_is_opened(page: Page) -> None:
    page.goto("/inside")
    matrix = page.get_by_role("table", name="Confusion matrix")
    expect(matrix).to_be_visible()
    before = matrix.inner_text()
    slider = page.get_by_role("slider", name="Threshold")
    slider.press("Home")
    expect(matrix).not_to_have_text(before)
    expect(page.get_by_text("recall")).to_be_visible()
    losses = page.locator(".st-key-top_losses button")
    label = losses.nth(3).get_attribute("aria-label") or ""
    losses.nth(3).click()
    expect(losses.nth(3)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".st-key-opened_digit")).to_contain_text(f"This is a {label[2]}")
    page.get_by_role("button", name="Draw on it").click()
    drawing = Drawing(page)
    drawing.wait_for_another("")
    drawing.expect_said(int(label.split(",")[0][-1]))


def test_inside_a_run_of_ten_digits_a_cell_is_opened_by_keyboard_and_keeps_the_focus(
    page: Page, server: Server
) -> None:
    command = (sys.executable, "-m", "mnist37", "train", "--rung", "linear-scratch", "--digits", "all", "--epochs", "3")
    home = os.environ | {"MNIST37_HOME": str(server.home)}
    told = subprocess.run(command, cwd=ROOT, env=home, check=True, capture_output=True, text=True).stdout
    page.goto(f"/inside?run={told.split()[-1]}")
    cell = page.locator(".st-key-confusion td button[style]").first
    words = cell.get_attribute("aria-label") or ""
    cell.focus()
    cell.press("Enter")
    expect(page.locator(".st-key-cell_head")).to_contain_text(words)
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(cell).to_be_focused()
    expect(page.locator(".st-key-opened_digit")).to_contain_text(f"but it says {words[-1]}")
    page.get_by_role("button", name="All digits").click()
    expect(page.locator(".st-key-top_losses")).to_be_visible()


def _paste(page: Page, png: bytes) -> None:
    page.evaluate(
        """async png => {
          const bytes = Uint8Array.from(atob(png), character => character.charCodeAt(0));
          const clipboardData = new DataTransfer();
          clipboardData.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
          document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
        }""",
        base64.b64encode(png).decode(),
    )


def _plain(text: str) -> str:
    return text.replace("−", "-")


def test_own_digits_are_kept_judged_trained_with_and_taken_home(page: Page, drawing: Drawing) -> None:
    draw(page, SEVEN)
    drawing.expect_said(7)
    page.get_by_role("button", name="Keep as a 7").click()
    expect(page.get_by_role("button", name="Your 7")).to_be_visible()
    expect(page.get_by_text(f"{LINEAR} 1 of 1")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Your 7").click()  # the address knows the set
    with page.expect_download() as download:
        page.get_by_role("button", name="As PNG folders").click()
    packed = download.value.path().read_bytes()
    before = re.search(r"run=([\w-]+)", page.url)
    page.get_by_role("button", name=f"Train {LINEAR} with your 3s and 7s").click()
    page.wait_for_function("run => !location.href.includes(run)", arg=before and before[1])
    expect(page.get_by_text(f"{LINEAR} 1 of 1")).to_be_visible()
    judged_by = page.locator(".verdicts > .title").nth(1)
    expect(judged_by).to_contain_text("your choice")  # who trains it here wants its answers
    page.get_by_role("button", name="Which run answers").click()
    _choose(page, LINEAR, "The best on these digits")
    expect(judged_by).to_contain_text(re.compile(r"best of \d+ runs"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("button", name="Your 7")).not_to_be_visible()
    page.get_by_role("button", name="Import digits").click()
    files = page.locator(".st-key-own_import input[type=file]")
    files.set_input_files({"name": "mine.zip", "mimeType": "application/zip", "buffer": packed})
    expect(page.get_by_text("1 digits were taken")).to_be_visible()
    expect(page.get_by_role("button", name="Your 7")).to_be_visible()
    files.set_input_files({"name": "bad.zip", "mimeType": "application/zip", "buffer": b"no archive"})
    expect(page.get_by_test_id("stToast").filter(has_text="The file is no .zip")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="it is a text file")).to_be_visible()


def test_in_a_visit_of_4s_and_9s_a_4_is_kept_and_any_other_digit_too(page: Page) -> None:
    page.goto("/draw?digits=4,9")
    draw(page, FOUR)
    expect(page.get_by_text("Close to a training 4")).to_be_visible()  # of both strokes
    page.get_by_role("button", name="Keep as a 4").click()
    expect(page.get_by_role("button", name="Your 4")).to_be_visible()
    page.locator(".st-key-canvas_undo button").click()
    page.get_by_role("button", name="Other", exact=True).click()
    page.get_by_text("Keep as an 8").click()
    expect(page.get_by_role("button", name="Your 8")).to_be_visible()
    expect(page.get_by_text("and 1 other, which these models do not know")).to_be_visible()
    page.goto(page.url.replace("own=", "digits="))  # as links were before
    expect(page.get_by_role("button", name="Your 4")).to_be_visible()
    expect(page.get_by_text("None is a 3 or a 7")).to_be_visible()
    page.wait_for_function("location.search.includes('own=') && !location.search.includes('digits=')")
    expect(page.get_by_test_id("stToast")).to_have_count(0)


def _choose(page: Page, name: str, option: str) -> None:
    """Choose from a list, which the page closes where a run ends meanwhile."""
    chosen = page.get_by_role("option", name=option)
    while True:
        page.get_by_role("combobox", name=name).click()
        try:
            chosen.click(timeout=5000)
        except Error:
            continue
        return
