"""A few of the digits at hand, so that one sees what a model learns from."""

import base64

import numpy as np
import streamlit as st

from mnist37.data import Digits
from mnist37.data.picture import PREPARED
from mnist37.ui.widgets.colours import grey_png
from mnist37.ui.widgets.literal import literal

SHOWN = 10
READ_WITH = ("turned to bright on dark", "here (seed 37)", PREPARED, "left out", "left aside")


def samples(digits: Digits) -> None:
    """Some training digits as a strip, how many there are, and where they come from."""
    st.html(_strip(digits.fingerprint, digits))
    st.caption(f"{digits.n_train:,} train, {digits.n_valid:,} valid{_notes(digits)}", help=literal(digits.source))


def _notes(digits: Digits) -> str:
    """What was done to the digits as they were read, which the end of their source tells."""
    notes = [words for words in digits.source.split(", ") if words.endswith(READ_WITH)]
    return "".join(f" · {literal(words)}" for words in notes)


@st.cache_data(show_spinner=False, max_entries=4)
def _strip(fingerprint: str, _digits: Digits) -> str:  # noqa: ARG001 - what the cache goes by
    shown = np.random.default_rng(7).permutation(_digits.n_train)[:SHOWN]
    pictures = (base64.b64encode(grey_png(_digits.train_images[index])).decode() for index in shown)
    images = "".join(
        f'<img alt="" width="30" height="30" style="image-rendering:pixelated" src="data:image/png;base64,{png}">'
        for png in pictures
    )
    label = "Some of the handwritten digits to learn from"
    return f'<div role="img" aria-label="{label}" style="display:flex;flex-wrap:wrap;gap:3px">{images}</div>'
