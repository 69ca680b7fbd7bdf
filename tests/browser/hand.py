"""A hand that draws digits on the canvas, with a mouse, a finger or the keyboard."""

from playwright.sync_api import FloatRect, Locator, Page, expect

Points = list[tuple[int, int]]

THREE: list[Points] = [
    [(85, 70), (110, 50), (150, 45), (185, 65), (190, 95), (165, 125), (130, 135)],
    [(130, 135), (170, 145), (200, 175), (190, 215), (150, 238), (105, 230), (80, 205)],
]
FOUR: list[Points] = [[(105, 50), (80, 155), (205, 155)], [(170, 50), (165, 240)]]
SEVEN: list[Points] = [[(80, 60), (140, 58), (205, 60), (175, 120), (150, 175), (130, 235)]]


def draw(page: Page, strokes: list[Points]) -> None:
    """Draw with the mouse."""
    box = canvas_box(page)
    for stroke in strokes:
        (x, y), *rest = [_place(box, point) for point in stroke]
        page.mouse.move(x, y)
        page.mouse.down()
        for x, y in rest:
            page.mouse.move(x, y, steps=5)
        page.mouse.up()


def draw_by_finger(page: Page, strokes: list[Points]) -> None:
    """Draw as a finger does: real touch events, which the browser may take for scrolling."""
    box = canvas_box(page)
    touch = page.context.new_cdp_session(page)
    for stroke in strokes:
        points = [dict(zip("xy", _place(box, point), strict=True)) for point in stroke]
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def draw_seven_by_keys(page: Page) -> None:
    """Draw a 7 with the pen of the canvas that has the focus, from its middle on."""
    keys = page.keyboard
    for key in (*3 * ["ArrowLeft"], *4 * ["ArrowUp"], "Space", *6 * ["ArrowRight"]):
        keys.press(key)
    keys.down("ArrowDown")
    for _ in range(4):  # slantwise
        keys.press("ArrowLeft")
    keys.up("ArrowDown")
    for key in (*4 * ["ArrowDown"], "Space"):
        keys.press(key)


def _place(box: FloatRect, point: tuple[int, int]) -> tuple[float, float]:
    """Strokes are told for a canvas of 280 by 280; the Lab's is smaller."""
    scale = box["width"] / 280
    return box["x"] + scale * point[0], box["y"] + scale * point[1]


def canvas(page: Page, layer: str = ".upper-canvas") -> Locator:
    """The one canvas that is shown: its upper layer takes strokes in, `.dc-canvas.lower-canvas` holds them.

    After a Clear another one may stand beside it, parked: Streamlit hides what a fragment no longer draws, and sweeps
    it away once the fragment has run. But where a tick starts before that end is sent, `ForwardMsgQueue.clear` makes it
    a FINISHED_EARLY_FOR_RERUN, and the sweep waits for the fragment's next run.
    """
    return page.locator(f"canvas{layer}").filter(visible=True)


def canvas_box(page: Page) -> FloatRect:
    shown = canvas(page)
    expect(shown).to_be_visible()
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    assert box is not None
    return box
