"""A guided tour of the Lab in six steps: offered once, when the first run was seen to learn; there whenever wanted."""

from typing import Any

import numpy as np
import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.ui.lab.board import told
from mnist37.ui.live.nodes import lead_around
from mnist37.ui.runs.curves import Curve
from mnist37.ui.runs.overlay import overlaid
from mnist37.ui.shell import start
from mnist37.ui.visit import BOARD_BEGINS, IS_FIRST_VISIT, WAS_REPLAYED

COOKIE = "mnist37_tour"
REPLAY_SECONDS = 5.0
FRAMES = 30
BENT = 1.5
"""A loss falls fastest at first, so the first steps get more of the time than the last ones."""
Frame = dict[str, dict[str, Any]]
"""What each node of the board shows, by its key."""


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


def is_new() -> bool:
    """Return whether this visit is its browser's first."""
    if IS_FIRST_VISIT.get() is None:
        IS_FIRST_VISIT.set(COOKIE not in st.context.cookies)
    return bool(IS_FIRST_VISIT.get())


def replayed(engine: Engine, run_id: str) -> list[Frame]:
    """Return how the first run learned, once for a new visitor; then the board begins at its first step.

    A link to another run means just that, and curves that are laid over each other are compared, not watched.
    """
    is_first_look = is_new() and not WAS_REPLAYED.get()
    WAS_REPLAYED.set(True)
    if not is_first_look or run_id != start.start().first_run or overlaid(engine):
        return []
    if engine.info(run_id).status is not Status.FINISHED:
        return []
    played = frames(run_id, engine, start.digits())
    BOARD_BEGINS.set(played[0])
    return played


def tour(played: list[Frame]) -> None:
    """Offer to lead around, on a projector for example, once this has been played.

    A browser to which it was offered says so in a cookie.
    """
    lead_around(STEPS, played, REPLAY_SECONDS, is_new=is_new(), key="tour")


@st.cache_resource(show_spinner=False, max_entries=4)
def frames(run_id: str, _engine: Engine, _digits: Digits) -> list[Frame]:
    """Return the board at some steps of a run, from none to all of them, made once for all visitors.

    The axes are those of the whole curves from the beginning on, so that only the curves move.
    """
    info, history = _engine.info(run_id), _engine.history(run_id)
    shares = np.linspace(0, 1, FRAMES) ** BENT
    steps = sorted({round(share * history.step) for share in shares.tolist()})
    played: list[Frame] = []
    for step in steps:
        contents = told(_engine, [Curve(info, history.until(step))], _digits, step)
        played.append({content.key: dict(content.data) for content in contents})
    for frame in played:
        for key, data in frame.items():
            if "figure" in data:
                data["figure"] = {**data["figure"], "layout": played[-1][key]["figure"]["layout"]}
    return played
