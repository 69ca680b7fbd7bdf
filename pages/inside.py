"""Inside: what a run calls the validation digits, which ones it gets wrong, and why."""

from mnist37.ui.inside.inside import inside
from mnist37.ui.page import heading, run_page
from mnist37.ui.runs.choose_run import choose_run
from mnist37.ui.shell import start


def look_inside() -> None:
    """The chosen run's answers."""
    engine = start.engine()
    heading("Inside", "what a model calls the validation digits, and why")
    inside(engine, choose_run(engine, "Run", key="inside_run"))


run_page(look_inside)
