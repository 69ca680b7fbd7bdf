"""A validation digit opened: what a run says of it and why, and a way to draw on it."""

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.ui.answers.gallery import opened_digit
from mnist37.ui.answers.judge import Answers
from mnist37.ui.drawing.sheet import lay_digit
from mnist37.ui.explanations.change import changes
from mnist37.ui.explanations.why import why
from mnist37.ui.widgets.words import digit_word

KEY = "opened"


def opened(engine: Engine, run_id: str, digits: Digits, said: Answers) -> None:
    """The digit that was chosen last, or else the one with the greatest loss."""
    index = opened_digit()
    if index is None or index >= digits.n_valid:
        index = said.by_loss()[0]
    is_a = digit_word(digits.valid_labels[index])
    called = digit_word(said.logits[index] > 0)
    verdict = f"it says {called}" if is_a == called else f"but it says {called}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="opened_digit"):
        st.markdown(
            f"**Why?** This is a **{is_a}**, {verdict} :small[:gray[· validation digit {index:,}]]", width="content"
        )
        if st.button("Draw on it", icon=":material/draw:", key="draw_on_it"):
            lay_digit(digits.valid_images[index])
            st.switch_page("pages/draw.py")
    why(engine, run_id, digits.valid_images[index], KEY)
    changes(engine, run_id, digits.valid_images[index], KEY)
