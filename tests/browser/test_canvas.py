"""The canvas: every stroke leaves ink, wherever it begins and whatever draws it."""

from itertools import cycle

import pytest
from playwright.sync_api import Page

from tests.bad_days.counts import times
from tests.browser.drawing import Drawing
from tests.browser.hand import canvas, canvas_box
from tests.browser.lab import Lab

COLUMNS, ROWS = times(6, 10), times(4, 6)
SIDES = cycle([(-0.2, 0.5), (0.5, -0.2), (1.2, 0.5), (0.5, 1.2)])
"""Where the mouse comes from, in sides of the canvas."""

HAS_INK = """(node, [x, y]) => {
  const [left, top] = [Math.round(x * node.width) - 3, Math.round(y * node.height) - 3];
  return node.getContext("2d").getImageData(left, top, 7, 7).data.some((value, at) => at % 4 == 0 && value > 128);
}"""

Place = tuple[float, float]
PLACES: list[Place] = [((x + 0.5) / COLUMNS, (y + 0.5) / ROWS) for y in range(ROWS) for x in range(COLUMNS)]


def dry(page: Page) -> list[Place]:
    """Return the places without ink."""
    drawn = canvas(page, ".dc-canvas.lower-canvas")
    return [place for place in PLACES if not drawn.evaluate(HAS_INK, place)]


def by_mouse(page: Page) -> None:
    """Draw a short stroke at each place, the mouse coming from another side each time."""
    box = canvas_box(page)
    for x, y in PLACES:
        for place in (next(SIDES), (x - 0.01, y), (x + 0.01, y)):
            page.mouse.move(box["x"] + place[0] * box["width"], box["y"] + place[1] * box["height"])
            if place == (x - 0.01, y):
                page.mouse.down()
        page.mouse.up()


def by_finger(page: Page) -> None:
    """Draw a short stroke at each place."""
    box, touch = canvas_box(page), page.context.new_cdp_session(page)
    for x, y in PLACES:
        for kind, place in (("touchStart", x - 0.01), ("touchMove", x), ("touchMove", x + 0.01), ("touchEnd", None)):
            at = [] if place is None else [{"x": box["x"] + place * box["width"], "y": box["y"] + y * box["height"]}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})


@pytest.mark.parametrize(("where", "hand"), [("Draw", "mouse"), ("Lab", "finger")])
def test_every_stroke_leaves_ink(where: str, hand: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue("page" if hand == "mouse" else "phone")
    if where == "Draw":
        Drawing(page).open()
    else:
        lab = Lab(page)
        lab.open()
        lab.expect_board()
    assert dry(page) == PLACES
    (by_mouse if hand == "mouse" else by_finger)(page)
    assert dry(page) == []
