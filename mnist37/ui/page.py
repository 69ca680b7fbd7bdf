"""Running a page, never with a traceback."""

from collections.abc import Callable

from mnist37.ui.lessons.progress import show_progress_in_address
from mnist37.ui.session import say_what_was_told, says_errors


def run_page(show: Callable[[], None]) -> None:
    """Show a page, or say what went wrong and what to do."""
    say_what_was_told()
    show_progress_in_address()
    says_errors(show)()
