"""Running a page below app.py's navigation, never with a traceback; its heading, labels and wide tables."""

import importlib
from collections.abc import Callable
from html import escape

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from mnist37.ui.lessons.progress import show_progress_in_address
from mnist37.ui.session import say_what_was_told, says_errors


def run_page(show: Callable[[], None]) -> None:
    """Show a page, or say what went wrong and what to do.

    Where a folder is called `pages`, Streamlit runs its files without app.py until app.py has called `st.navigation`
    once. So a server's first visitor who comes by a page's own address would see it without navigation and layout.
    """
    if PagesManager.uses_pages_directory:
        importlib.import_module("app").main()  # it calls `st.navigation`, and that runs this page once more
        return
    say_what_was_told()
    show_progress_in_address()
    says_errors(show)()


def heading(title: str, about: str = "") -> None:
    """Show what a page is called, as its first heading, and in a few words what it is about."""
    st.title(f"{title} :small[:gray[· {about}]]" if about else title, anchor=False, width="content")


def hinted(name: str, hint: str) -> str:
    """Return a widget's label: its name, and a hint that look.css makes small and grey.

    A screen reader reads a label as it is written, so it must hold no markup: the hint is a paragraph of its own.
    """
    return f"{name}\n\n{hint}"


def scrolling(html: str, about: str) -> str:
    """Return HTML in a frame that scrolls, by keyboard too, where it is too wide; screen readers call it `about`."""
    return f'<div class="scrolls" role="group" tabindex="0" aria-label="{escape(about)}">{html}</div>'
