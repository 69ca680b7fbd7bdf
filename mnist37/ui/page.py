"""Running a page, or a lesson's page, below app.py's navigation; errors are shown without a traceback."""

from collections.abc import Callable
from functools import partial

from streamlit.runtime.pages_manager import PagesManager

from mnist37.ui import app
from mnist37.ui.lab.controls import take_link
from mnist37.ui.lessons.shared.frame import Closing, show_lesson
from mnist37.ui.lessons.shared.progress import show_progress_in_address
from mnist37.ui.live.notices import says_errors, show_notices
from mnist37.ui.shell.address import write_address
from mnist37.ui.shell.session import show_digits_in_address, take_host_link
from mnist37.ui.widgets.projector import PROJECTOR, VIEW, is_projected


def run_page(show: Callable[[], None]) -> None:
    """Show a page, or an error with its remedy.

    If a folder is called `pages`, Streamlit runs its files without app.py until app.py has called `st.navigation` once.
    So a server's first visitor, at a page's own address, would see that page without navigation and layout.
    """
    if PagesManager.uses_pages_directory:
        app.main()  # it calls `st.navigation`, which runs this page once more
        return
    take_host_link()
    show_notices()
    show_progress_in_address()
    write_address({VIEW: PROJECTOR if is_projected() else None})  # so that a reload keeps it
    says_errors(take_link)()
    show_digits_in_address()
    says_errors(show)()


def run_lesson(name: str, show: Callable[[], Closing]) -> None:
    """Run a lesson's page: its head, its main part, its end."""
    run_page(partial(show_lesson, name, show))
