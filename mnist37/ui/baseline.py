"""What pixel similarity reaches on the digits at hand: the line that a model that learns has to beat."""

import streamlit as st

from mnist37.data import Digits
from mnist37.events import Epoch, Event
from mnist37.rungs import settings_for
from mnist37.train import train


def baseline(digits: Digits) -> float:
    """Its accuracy on the valid digits, in [0, 1], by its better distance."""
    return _baseline(digits.fingerprint, digits)


@st.cache_data(show_spinner=False, max_entries=4)
def _baseline(fingerprint: str, _digits: Digits) -> float:  # noqa: ARG001 - what the cache goes by
    told: list[Event] = []
    train(settings_for("pixel-similarity"), _digits, told.append)
    return next(event.accuracy for event in told if isinstance(event, Epoch))
