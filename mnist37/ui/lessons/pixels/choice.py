"""Lesson 1: choosing a validation digit, which is part of no mean."""

import numpy as np
import streamlit as st

from mnist37.data import Digits
from mnist37.ui.lessons.pixels.data import scores
from mnist37.ui.live.nodes import choose_picture
from mnist37.ui.live.notices import notify
from mnist37.ui.live.pictures import digit_picture
from mnist37.ui.visit import KEPT, PIXELS_DIGIT, PIXELS_TURN
from mnist37.ui.widgets.words import digit_word

SHOWN, SIZE = 10, 56
VIEW, N = "pixels_view", "pixels_n"
COMPARED = "Which mean is nearer?"


def chosen_digit(digits: Digits) -> int:
    """Return the index of the chosen validation digit; the default is a three."""
    if PIXELS_DIGIT.get() is None:
        PIXELS_DIGIT.set(int(np.flatnonzero(digits.valid_labels == 1)[1:2].sum()))
    return min(PIXELS_DIGIT.get() or 0, digits.n_valid - 1)


def choice(digits: Digits) -> None:
    """Show some digits to click, and buttons that choose others."""
    turn = PIXELS_TURN.get()
    pictures = [
        digit_picture(
            digits.valid_images[index], SIZE, alt=f"Take a {digit_word(digits.valid_labels[index])}", value=str(index)
        )
        for index in _shown(digits, turn)
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="content"):
            choose_picture(pictures, _take, key="pixels_digits", alt="Digits to take", chosen=str(chosen_digit(digits)))
        st.button("Others", icon=":material/casino:", key="pixels_others", on_click=_next_turn)
        st.button("Any one", icon=":material/shuffle:", key="pixels_any", on_click=_take_any, args=(digits,))
        st.button(
            "L1 and RMSE disagree",
            icon=":material/call_split:",
            key="pixels_disagree",
            on_click=_take_disputed,
            args=(digits,),
            help="The next validation digit that one distance calls a 3 and the other a 7.",
        )


def _shown(digits: Digits, turn: int) -> list[int]:
    """Return indices of validation threes and sevens in turn, others at each press; turn 0 has the default digit."""
    if turn == 0:
        threes, sevens = (np.flatnonzero(digits.valid_labels == label) for label in (1, 0))
    else:
        rng = np.random.default_rng(turn)
        threes, sevens = (rng.permutation(np.flatnonzero(digits.valid_labels == label)) for label in (1, 0))
    pairs = zip(threes[: SHOWN // 2].tolist(), sevens[: SHOWN // 2].tolist(), strict=False)
    return [index for pair in pairs for index in pair]


def _take(value: str) -> None:
    PIXELS_DIGIT.set(int(value))


def _next_turn() -> None:
    PIXELS_TURN.set(PIXELS_TURN.get() + 1)


def _take_any(digits: Digits) -> None:
    _next_turn()
    rng = np.random.default_rng(PIXELS_TURN.get())
    _take(str((chosen_digit(digits) + rng.integers(1, max(2, digits.n_valid))) % digits.n_valid))


def _take_disputed(digits: Digits) -> None:
    """Choose the next digit that the two distances classify differently; continue from the start after the last."""
    disputed = scores(digits, KEPT.get()[N]).disagree
    if not disputed:
        notify(
            "With these means, both distances call every validation digit alike. Take means of fewer digits.", "balance"
        )
        return
    chosen = chosen_digit(digits)
    _take(str(next((index for index in disputed if index > chosen), disputed[0])))
    st.session_state[VIEW] = COMPARED
