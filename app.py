"""mnist37: see how a classifier learns to tell handwritten 3s from 7s. Start it with: streamlit run app.py."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mnist37.ui.address import address
from mnist37.ui.browser import is_phone
from mnist37.ui.lessons.progress import next_lesson
from mnist37.ui.lessons.table import LESSONS
from mnist37.ui.start import start
from mnist37.ui.welcome import leave, welcome

# A file of our own: Streamlit's icons for a tab come from a network.
ICON = Path(__file__).parent / "mnist37" / "ui" / "frontend" / "icon.svg"
# Streamlit leaves a hand's breadth around the page and between its parts, which the main loop needs to fit on a screen.
# On a phone the links to the pages stay on one line, however many there are: a finger moves them along.
LOOK = """<style>
.stMainBlockContainer { padding: 4rem clamp(1rem, 2.5vw, 3rem) 1rem; }
.stVerticalBlock > :is(.st-key-stroke, :has(> * > .st-key-address), :has(> .st-key-welcome:empty)) { display: none; }
.mnist37-whole :has(> .st-key-welcome) { display: none; }
body:not(.mnist37-whole) :has(> .st-key-welcome > *) ~ * { height: 0; overflow: hidden; }
body:not(.mnist37-whole) :has(> .st-key-welcome > *) ~ * * { visibility: hidden !important; }
.stMainBlockContainer :is(h1, h2) { padding: 0; font-size: 1.6rem; }
.stMainBlockContainer :has(> [data-testid=stHeadingWithActionElements]) { margin-bottom: 0; }
.stMainBlockContainer h2 { font-size: 1.25rem; }
.st-key-lab .stVerticalBlock { gap: 0.55rem; }
.st-key-headline { min-height: 2.7rem; }
.st-key-pages, .st-key-lessons { flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; }
:is(.st-key-pages, .st-key-lessons) > * { flex-shrink: 0; }
.st-key-pages a > span:has(> [data-testid=stIconMaterial]) { display: none; }
</style>"""


def main() -> None:
    """Show the pages; while the app starts, the digits and how far it is."""
    st.set_page_config(page_icon=str(ICON), layout="wide")  # before the navigation, which fetches an icon of its own
    pages = [
        st.Page("app_pages/lab.py", title="Lab", icon=":material/science:", default=True),
        st.Page("app_pages/draw.py", title="Draw", icon=":material/draw:"),
        st.Page("app_pages/inside.py", title="Inside", icon=":material/troubleshoot:"),
        st.Page("app_pages/weights.py", title="Weights", icon=":material/grid_on:"),
        st.Page("app_pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
    ]
    lessons = {
        lesson.name: st.Page(lesson.page, title=f"{number} {lesson.title}") for number, lesson in enumerate(LESSONS, 1)
    }
    page = st.navigation({"": pages, "Lessons": list(lessons.values())}, position="top")
    st.set_page_config(page_title=f"{page.title} · mnist37")
    st.html(LOOK)
    if is_phone():
        page_links(pages, lessons[next_lesson().name])
    cover = st.container(key="welcome")
    if start().ready.is_set():
        page.run()
        with cover:
            leave(start())
    else:
        with cover:
            welcome(start())
    address()


def page_links(pages: list[StreamlitPage], lesson: StreamlitPage) -> None:
    """On a phone, Streamlit hides the links at the top behind an arrow."""
    with st.container(horizontal=True, gap=None, key="pages"):
        st.page_link(lesson, label="Lessons")
        for page in pages:
            st.page_link(page)


# Worker processes import this file again, as `__mp_main__`; only Streamlit's run may draw.
if __name__ == "__main__":
    main()
