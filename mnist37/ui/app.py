"""The app: the navigation, and the welcome page while torch is imported and the first run is trained."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mnist37.ui.lessons.shared.progress import next_lesson
from mnist37.ui.lessons.shared.table import LESSONS
from mnist37.ui.live.notices import says_errors
from mnist37.ui.shell.address import address
from mnist37.ui.shell.start import start
from mnist37.ui.shell.welcome import leave, welcome
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import FIRST_ADDRESS
from mnist37.ui.widgets.projector import LOOK as PROJECTOR_LOOK
from mnist37.ui.widgets.projector import is_projected

# A file of our own: Streamlit's icons for a tab come from a network.
ICON = Path(__file__).parent / "live" / "frontend" / "icon.svg"
LOOK = Path(__file__).parent / "live" / "frontend" / "look.css"


def main() -> None:
    """Show the pages; while the app starts, show digits and its progress."""
    visitor()  # before a page removes the host's token from the address
    if not FIRST_ADDRESS.is_set:
        FIRST_ADDRESS.set(st.query_params.to_dict())
    st.set_page_config(page_icon=str(ICON), layout="wide")  # before the navigation, which fetches its own icon
    pages = [
        st.Page("pages/lab.py", title="Lab", icon=":material/science:", default=True),
        st.Page("pages/draw.py", title="Draw", icon=":material/draw:"),
        st.Page("pages/inside.py", title="Inside", icon=":material/troubleshoot:"),
        st.Page("pages/weights.py", title="Weights", icon=":material/grid_on:"),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
        st.Page("pages/room.py", title="Class", icon=":material/groups:"),
    ]
    lessons = {
        lesson.name: st.Page(lesson.page, title=f"{number} {lesson.title}") for number, lesson in enumerate(LESSONS, 1)
    }
    page = st.navigation({"": pages, "Lessons": list(lessons.values())}, position="top")
    st.set_page_config(page_title=f"{page.title} · mnist37")
    st.html(LOOK)
    if is_projected():
        st.html(PROJECTOR_LOOK)
    page_links(pages, lessons[next_lesson().name])
    cover = st.container(key="welcome")
    if start().ready.is_set():
        _in_class([*pages, *lessons.values()])
        page.run()
        with cover:
            leave(start())
    else:
        with cover:
            welcome(start())
    address()


def _in_class(pages: list[StreamlitPage]) -> None:
    """Follow the visitor's class, if they are in one; go to the page that the teacher has sent it to."""
    from mnist37.ui.shell.classroom import find_place, follow_class, sent_to  # imports torch

    says_errors(find_place)()
    address = sent_to()
    if (page := next((page for page in pages if page.url_path == address), None)) is not None:
        st.switch_page(page)
    follow_class()


def page_links(pages: list[StreamlitPage], lesson: StreamlitPage) -> None:
    """Show links to the pages: on a phone, or at a zoom of 200 %, Streamlit hides those at the top behind an arrow."""
    with st.container(horizontal=True, gap=None, key="pages"):
        st.page_link(lesson, label="Lessons")
        for page in pages:
            st.page_link(page)
