"""The page while the app starts: digits, the current stage, and the progress. Imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from mnist37.ui.live.nodes import Picture, live_pictures, waiting
from mnist37.ui.shell.start import STAGES, Progress, Start
from mnist37.ui.visit import WELCOME_SHOWN

if TYPE_CHECKING:
    from mnist37.data import Digits

SHOWN = 24
TICK_SECONDS = 0.25


def welcome(start: Start) -> None:
    """Show digits and the progress of the start until it is done; then run the page."""
    WELCOME_SHOWN.set(True)
    _words()
    _wait(start)


def leave(start: Start) -> None:
    """Show the same once more behind a page that has been drawn; the browser removes it when the page is complete."""
    if WELCOME_SHOWN.pop():
        _words()
        with st.container():  # as in a fragment: in another place, everything would be mounted anew
            _draw(start, is_drawn=True)


def _words() -> None:
    st.title("Is it a 3 or a 7?", anchor=False)
    st.write("These are handwritten digits. Once all is ready, you watch a program learn to tell them apart.")


@st.fragment(run_every=TICK_SECONDS)
def _wait(start: Start) -> None:
    if start.ready.is_set():
        st.rerun(scope="app")
    _draw(start)


def _draw(start: Start, *, is_drawn: bool = False) -> None:
    drawing = {"isDrawn": True, "doing": "Drawing the page"} if is_drawn else {}
    waiting(_bar(start.progress) | drawing, key="welcome_bar")
    if start.digits is not None:
        live_pictures(
            _sample(start.digits.fingerprint, start.digits),
            key="welcome_digits",
            alt="Some of the handwritten threes and sevens",
        )


def _bar(progress: Progress) -> dict[str, Any]:
    """Return the progress, and an estimate for the current stage from the slowness of this machine so far."""
    usual = [sum(stage.seconds for stage in STAGES[:number]) for number in range(len(STAGES) + 1)]
    began = progress.ended[-1] if progress.ended else 0.0
    slowness = max(1.0, began / usual[progress.stage]) if progress.ended else 1.0
    return {
        "stages": [stage.name for stage in STAGES],
        "stage": progress.stage,
        "from": usual[progress.stage] / usual[-1],
        "to": usual[progress.stage + 1] / usual[-1],
        "share": progress.share,
        "inside": progress.seconds - began,
        "expected": slowness * STAGES[progress.stage].seconds,
        "doing": progress.doing,
        "since": progress.seconds,
    }


@st.cache_data(show_spinner=False, max_entries=1)
def _sample(fingerprint: str, _digits: Digits) -> list[Picture]:  # noqa: ARG001 - what the cache goes by
    import numpy as np

    from mnist37.ui.widgets.colours import grey_png

    order = np.random.default_rng(0).permutation(_digits.n_train)[:SHOWN]
    names = {1: "a 3", 0: "a 7"}
    return [Picture(grey_png(_digits.train_images[i]), "", names[int(_digits.train_labels[i])], 84) for i in order]
