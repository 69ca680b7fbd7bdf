"""A hand that draws digits on the canvas, with a mouse or a finger."""

from playwright.sync_api import FloatRect, Page, expect

Points = list[tuple[int, int]]

THREE: list[Points] = [
    [(85, 70), (110, 50), (150, 45), (185, 65), (190, 95), (165, 125), (130, 135)],
    [(130, 135), (170, 145), (200, 175), (190, 215), (150, 238), (105, 230), (80, 205)],
]
SEVEN: list[Points] = [[(80, 60), (140, 58), (205, 60), (175, 120), (150, 175), (130, 235)]]


def draw(page: Page, strokes: list[Points]) -> None:
    """Draw with the mouse."""
    box = canvas_box(page)
    for stroke in strokes:
        (x, y), *rest = [(box["x"] + x, box["y"] + y) for x, y in stroke]
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
        points = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in stroke]
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def canvas_box(page: Page) -> FloatRect:
    canvas = page.locator("canvas.upper-canvas")
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    return box
