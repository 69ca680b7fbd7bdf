"""README's pictures, taken from the running app, light and dark: `python -m benchmarks.pictures` or `make pictures`."""

import io
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from mnist37.rungs import LADDER
from tests.browser.conftest import ARGUMENTS, PHONE, known_page
from tests.browser.drawing import Drawing
from tests.browser.hand import SEVEN, THREE, draw, draw_by_finger
from tests.browser.lab import Lab
from tests.browser.lesson import LessonPage
from tests.browser.server import Server
from tests.install_browser import find_browser
from tests.installed import ROOT

FOLDER = ROOT / "docs" / "pictures"
MAX_BYTES = 150_000
"""Size of one picture at most."""
MAX_TOTAL_BYTES = 1_000_000
SCALE = 2
"""Pixels of a picture for each CSS pixel; 1 where the picture would be too large."""
ROUNDED_TO = 8.5
"""Levels of red, green and blue that a rare colour is rounded to: nobody sees it, and a third of the size is saved."""
COMMON_SHARE = 1 / 2000
"""Share of all pixels from which on a colour is common and stays exact: backgrounds keep their grey."""
PATIENCE_MS = 600_000
"""How long a state is waited for: on a busy machine ResNet-18 trains for minutes."""
UNFADED = "[data-stale] { opacity: 1 !important }"
"""CSS: Streamlit fades what a script draws anew at this moment."""
NET = "Two-layer ReLU net"

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True)
class Scene:
    """What a picture shows.

    Args:
        play: brings a new visitor's page into the state that is shown, and waits for it.
        width: of the window, in CSS pixels.
        height: of the window, in CSS pixels.
        is_phone: whether the browser is a phone's.
    """

    play: Callable[[Page], None]
    width: int
    height: int
    is_phone: bool = False


def lab(page: Page) -> None:
    """Train a net of 30 units up to the middle, with a drawing that it predicts meanwhile."""
    page_of_lab = Lab(page)
    page_of_lab.open()
    page_of_lab.choose_model(NET)
    draw(page, THREE)
    _train_to_the_middle(page_of_lab)
    expect(page.locator(".st-key-lab_verdict")).to_contain_text("It is a 3")


def drawing(page: Page) -> None:
    """Draw a 3 and show what each model predicts."""
    _drawn_three(page)


def answer(page: Page) -> None:
    """Take the net's prediction for a 3 apart."""
    _drawn_three(page).look_into(NET)
    expect(page.get_by_text("units fired")).to_be_visible()
    expect(page.get_by_text("each pixel's share")).to_be_visible()
    _scroll_to(page.get_by_role("heading", name="Where the answer comes from"))


def descent(page: Page) -> None:
    """Play the lesson's descent to its end, at a rate that overshoots, on the scaled axis."""
    lesson = LessonPage(page, "descent")
    lesson.open()
    page.get_by_text("Scale t to").click()
    lesson.settle()
    page.get_by_role("button", name=re.compile("^Too big")).click()
    lesson.settle()
    lesson.press("Play")
    expect(page.get_by_text(re.compile("^Step 60 of 60"))).to_be_visible()
    for key in ("descent_guess", "descent_map_False"):
        lesson.figure(key)
    expect(lesson.figure("descent_loss")).to_have_attribute("data-points", "63")  # 61 losses, a line of two points


def phone_lab(page: Page) -> None:
    """Train on a phone."""
    page_of_lab = Lab(page)
    page_of_lab.open()
    page_of_lab.model(NET).click()
    expect(page.get_by_text("Settings changed.")).to_be_visible()
    page_of_lab.settle()
    _train_to_the_middle(page_of_lab)
    _scroll_to(page.locator(".st-key-transport"))


def phone_drawing(page: Page) -> None:
    """Draw a 7 with a finger."""
    page_of_draw = Drawing(page)
    page_of_draw.open()
    draw_by_finger(page, SEVEN)
    page_of_draw.expect_said(7, by=NET)
    _scroll_to(page.get_by_text("Draw a 3 or a 7").first)


SCENES: Mapping[str, Scene] = {
    "draw": Scene(drawing, 1200, 776),
    "answer": Scene(answer, 1200, 742),
    "phone-draw": Scene(phone_drawing, 390, 844, is_phone=True),
    "descent": Scene(descent, 1440, 860),
    "lab": Scene(lab, 1440, 880),
    "phone-lab": Scene(phone_lab, 390, 844, is_phone=True),
}
"""In the order in which they are taken: the last two train, and Draw lists each model's runs."""
FILES = tuple(f"{name}-{scheme}.webp" for name in SCENES for scheme in SCHEMES)
"""All pictures in `FOLDER`."""


def _train_to_the_middle(page_of_lab: Lab) -> None:
    """Train at five steps a second: when 100 of 260 are drawn, half a minute is left for the picture."""
    page_of_lab.choose_pace("5/s")
    page_of_lab.train()
    page_of_lab.wait_for_curve(beyond=100)
    page_of_lab.expect_board()
    page_of_lab.expect_status("learning")


def _drawn_three(page: Page) -> Drawing:
    page_of_draw = Drawing(page)
    page_of_draw.open()
    for stroke in THREE:
        before = page_of_draw.judged()
        draw(page, [stroke])
        page_of_draw.wait_for_another(before)
    for rung in LADDER.values():
        page_of_draw.expect_said(3, by=rung.title)
    return page_of_draw


def _scroll_to(thing: Locator) -> None:
    """Scroll until it stands right below the bar that stays at the top."""
    thing.evaluate("node => { node.style.scrollMarginTop = '4.5rem'; node.scrollIntoView(); }")


def _train_all(page: Page) -> None:
    """Train each model once, with its own defaults, so that every picture shows all of them."""
    page_of_draw = Drawing(page)
    page_of_draw.open()
    draw(page, THREE)
    page_of_draw.expect_said(3)
    missing = page.get_by_role("button", name=re.compile("^Train the"))
    missing.click()
    expect(missing).to_have_count(0)
    expect(page_of_draw.verdicts).not_to_contain_text("still training")


def _take(browser: Browser, server: Server, scene: Scene, scheme: Scheme) -> bytes:
    """Return a screenshot of a new visitor's window, as PNG."""
    look = {**(PHONE if scene.is_phone else {}), "device_scale_factor": SCALE, "color_scheme": scheme}
    look["viewport"] = {"width": scene.width, "height": scene.height}
    with browser.new_context(base_url=server.url, **look) as context:
        page = known_page(context, server)
        page.set_default_timeout(PATIENCE_MS)
        scene.play(page)
        Lab(page).settle()
        page.mouse.move(0, 0)  # nothing is hovered over
        return page.screenshot(animations="disabled", style=UNFADED)


def pack(png: bytes) -> bytes:
    """Return a screenshot as lossless WebP of fewer colours, at half its width and height where it would be too large.

    Args:
        png: the screenshot.

    Raises:
        ValueError: it is too large at half its width and height, too.
    """
    shot = Image.open(io.BytesIO(png)).convert("RGB")
    for scale in (1, SCALE):
        packed = io.BytesIO()
        fewer_colours(np.asarray(shot.reduce(scale))).save(packed, "WEBP", lossless=True, method=6)
        if packed.tell() <= MAX_BYTES:
            return packed.getvalue()
    msg = f"At half its size the picture takes {packed.tell():,} bytes, more than {MAX_BYTES:,}: show less of the page."
    raise ValueError(msg)


def fewer_colours(pixels: np.ndarray) -> Image.Image:
    """Return a picture whose rare colours are rounded.

    Args:
        pixels: uint8 `[height, width, 3]`, red, green and blue.
    """
    codes = pixels.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1])
    found, place, count = np.unique(codes, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    rounded = np.rint(np.rint(colours / ROUNDED_TO) * ROUNDED_TO)
    is_common = count[:, None] >= COMMON_SHARE * codes.size
    return Image.fromarray(np.where(is_common, colours, rounded).astype(np.uint8)[place].reshape(pixels.shape))


def main() -> None:
    """Take the pictures whose scenes are named as arguments, or all."""
    names = sys.argv[1:] or list(SCENES)
    if unknown := [name for name in names if name not in SCENES]:
        sys.exit(f"There is no picture {unknown[0]}; choose from {', '.join(SCENES)}.")
    expect.set_options(timeout=PATIENCE_MS)
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        Server(Path(folder) / "home", Path(folder) / "log") as server,
    ):
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        with browser.new_context(base_url=server.url) as context:
            _train_all(known_page(context, server))
        for name in names:
            for scheme in SCHEMES:
                path = FOLDER / f"{name}-{scheme}.webp"
                path.write_bytes(pack(_take(browser, server, SCENES[name], scheme)))
                sys.stderr.write(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes\n")
        browser.close()


if __name__ == "__main__":
    main()
