"""A guided tour of the Lab in six steps: offered once, after the replay of the first run, and available at any time."""

from typing import Any

import numpy as np
import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.ui.lab.board import board_contents
from mnist37.ui.live.nodes import tour_button
from mnist37.ui.runs.curves import Curve
from mnist37.ui.runs.overlay import overlaid
from mnist37.ui.shell import start
from mnist37.ui.shell.session import chosen_digits
from mnist37.ui.visit import BOARD_BEGINS, IS_FIRST_VISIT, WAS_REPLAYED

COOKIE = "mnist37_tour"
REPLAY_SECONDS = 5.0
FRAMES = 30
BENT = 1.5
"""Exponent of the steps' distribution: the loss falls fastest at first, so the first steps get more of the time."""
Frame = dict[str, dict[str, Any]]
"""The content of each node of the board, by its key."""


def _step(title: str, text: str, *at: str) -> dict[str, Any]:
    """Return a step of the tour, placed at the first of these CSS selectors that matches."""
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
        "Eleven lessons let you touch every idea of the chapter. On Draw, your own digit is judged by every model.",
        "[data-testid=stTopNavSection]",
        ".st-key-pages",
        "header",
    ),
)


def is_new() -> bool:
    """Return whether this is the first visit of its browser."""
    if IS_FIRST_VISIT.get() is None:
        IS_FIRST_VISIT.set(COOKIE not in st.context.cookies)
    return bool(IS_FIRST_VISIT.get())


def replayed(engine: Engine, run_id: str) -> list[Frame]:
    """Return the frames of the first run's replay, once for a new visitor; the board then begins at the first frame.

    There is no replay for a link to another run, or if curves are overlaid.
    """
    is_first_look = is_new() and not WAS_REPLAYED.get()
    WAS_REPLAYED.set(True)
    if not is_first_look or run_id != start.start().first_run or overlaid(engine):
        return []
    if engine.info(run_id).status is not Status.FINISHED:
        return []
    played = frames(run_id, engine, start.digits_of(engine.info(run_id).settings))
    BOARD_BEGINS.set(played[0])
    return played


def tour(played: list[Frame]) -> None:
    """Offer the tour after the replay of these frames.

    A cookie records in the browser that the tour was offered.
    """
    classes = chosen_digits().classes
    question = f"Is it {classes.one_of_them}?" if classes.is_pair else "Which digit is it?"
    first, *others = STEPS
    tour_button([first | {"title": question}, *others], played, REPLAY_SECONDS, is_new=is_new(), key="tour")


@st.cache_resource(show_spinner=False, max_entries=4)
def frames(run_id: str, _engine: Engine, _digits: Digits) -> list[Frame]:
    """Return the board at some steps of a run, from none to all of them, computed once for all visitors.

    All frames have the axes of the whole curves, so that only the curves move.
    """
    info, history = _engine.info(run_id), _engine.history(run_id)
    shares = np.linspace(0, 1, FRAMES) ** BENT
    steps = sorted({round(share * history.step) for share in shares.tolist()})
    played: list[Frame] = []
    for step in steps:
        contents = board_contents(_engine, [Curve(info, history.until(step))], _digits, step)
        played.append({content.key: dict(content.data) for content in contents})
    for frame in played:
        for key, data in frame.items():
            if "figure" in data:
                data["figure"] = {**data["figure"], "layout": played[-1][key]["figure"]["layout"]}
    return played
