"""What a visitor sees while the app starts: the digits themselves, and that it goes on. Imports no torch."""

import numpy as np
import streamlit as st

from mnist37.data import Digits
from mnist37.ui.colours import grey_png
from mnist37.ui.live import Picture, live_pictures
from mnist37.ui.start import Start

SHOWN = 24


def welcome(start: Start) -> None:
    """Show digits until the app is ready, then run the page."""
    st.title("Is it a 3 or a 7?")
    st.write("These are handwritten digits. In a moment you will watch a program learn to tell them apart.")
    _wait(start)


@st.fragment(run_every=0.25)
def _wait(start: Start) -> None:
    if start.ready.is_set():
        st.rerun(scope="app")
    what, share = start.progress
    loaded = start.digits
    if loaded is None:
        st.progress(share, text=what)
        return
    st.status("Waking up the trainer: a few seconds, once …", state="running")
    live_pictures(_sample(loaded), key="welcome_digits", alt="Some of the handwritten threes and sevens")


def _sample(digits: Digits) -> list[Picture]:
    order = np.random.default_rng(0).permutation(digits.n_train)[:SHOWN]
    names = {1: "a 3", 0: "a 7"}
    return [Picture(grey_png(digits.train_images[i]), "", names[int(digits.train_labels[i])], 84) for i in order]
