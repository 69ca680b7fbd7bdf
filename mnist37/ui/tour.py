"""A guided tour of the Lab in six steps, at a browser's first visit and whenever it is asked for."""

from typing import Any

import streamlit as st

from mnist37.ui.live import lead_around

COOKIE = "mnist37_tour"
_TIMES = "tour_times"


def _step(title: str, text: str, *at: str) -> dict[str, Any]:
    """A step at the first of these places (CSS selectors) that the page shows."""
    return {"title": title, "text": text, "at": at}


STEPS = (
    _step(
        "Is it a 3 or a 7?",
        "These are the digits to learn from: pictures of 28 by 28 greys, each with its answer.",
        ".st-key-lab [aria-label^='Some of the handwritten']",
        ".st-key-lab [data-testid=stExpander]",
    ),
    _step(
        "The ladder",
        "Six models, from comparing pixels to a deep net. Each rung sees the same digits.",
        ".st-key-lab_rung",
        ".st-key-lab [data-testid=stExpander]",
    ),
    _step(
        "How it learns",
        "The learning rate is how far each step goes. Turn it while a model learns: it counts from the next step on.",
        ".st-key-lab [class*='_lr'][class*='st-key-lab_']",
        ".st-key-lab [data-testid=stExpander]",
    ),
    _step(
        "Train",
        "Press it whenever you like: a run goes on in the background, can be paused, and is kept.",
        ".st-key-train",
    ),
    _step(
        "Watch it learn",
        "The loss is what it makes smaller, the accuracy is what we want. The weights turn into a picture beside them.",
        ".st-key-loss",
    ),
    _step(
        "Why it works",
        "Ten lessons let you touch every idea of the chapter. On Draw, your own digit is judged by every model.",
        "[data-testid=stTopNavSection]",
        ".st-key-pages",
        "header",
    ),
)


def tour() -> None:
    """Lead a new visitor around: a browser that was led once says so in a cookie."""
    if _TIMES not in st.session_state:
        st.session_state[_TIMES] = 0 if COOKIE in st.context.cookies else 1
    if st.session_state[_TIMES]:
        lead_around(STEPS, st.session_state[_TIMES], key="tour")


def tour_button() -> None:
    """Ask for it again, on a projector for example."""
    st.button("Show me around", key="show_around", icon=":material/explore:", type="tertiary", on_click=_again)


def _again() -> None:
    st.session_state[_TIMES] += 1
