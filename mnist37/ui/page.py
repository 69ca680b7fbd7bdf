"""Running a page, never with a traceback; and its heading."""

from collections.abc import Callable

import streamlit as st

from mnist37.ui.lessons.progress import show_progress_in_address
from mnist37.ui.session import say_what_was_told, says_errors


def run_page(show: Callable[[], None]) -> None:
    """Show a page, or say what went wrong and what to do."""
    say_what_was_told()
    show_progress_in_address()
    says_errors(show)()


def heading(title: str, about: str = "") -> None:
    """Show what a page is called, as its first heading, and in a few words what it is about."""
    st.title(f"{title} :small[:gray[· {about}]]" if about else title, anchor=False, width="content")
