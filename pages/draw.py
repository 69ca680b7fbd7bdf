"""Draw: a digit of one's own, what every model says of it, and why."""

from mnist37.ui.draw.draw import draw_and_judge
from mnist37.ui.live.nodes import send_strokes_at_once
from mnist37.ui.page import heading, run_page
from mnist37.ui.shell import start


def draw() -> None:
    """The canvas, what the models say, what they saw."""
    heading("Draw", "your own digit, and what each model says of it")
    draw_and_judge(start.engine())
    send_strokes_at_once()


run_page(draw)
