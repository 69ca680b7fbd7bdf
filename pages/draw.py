"""Draw: a digit of one's own, as the model sees it, and what the model says."""

from mnist37.ui import start
from mnist37.ui.choose_run import choose_run
from mnist37.ui.draw import draw_and_judge
from mnist37.ui.page import run_page


def draw() -> None:
    """Who judges; the canvas, what the model saw, what it says."""
    engine = start.engine()
    run_id = choose_run(engine, "Who judges?", key="draw_run")
    draw_and_judge(engine, run_id)


run_page(draw)
