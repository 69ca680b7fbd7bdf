"""The controls of the lesson on descent (steps, learning rate, scale of t), and the state that they choose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from mnist37.lessons.descent import Descent, Step
from mnist37.ui.lessons.descent.ways import presets, usable_rates, way
from mnist37.ui.visit import DESCENT_PLAYS
from mnist37.ui.widgets.labels import hinted
from mnist37.ui.widgets.numbers import rate_words
from mnist37.ui.widgets.projector import scaled

LR, SCALED, STEP = (f"descent_{name}" for name in ("lr", "scaled", "step"))
SCALE_HELP = "Counts the same moments from −1 to 1. Nothing else changes, but all gradients become alike in size."


@dataclass(frozen=True, slots=True)
class Shown:
    """The chosen settings, and how far the descent has gone.

    Args:
        lr: the learning rate.
        scaled: whether t goes from -1 to 1.
        descent: the whole descent with that rate.
        k: the index of the step that is shown.
    """

    lr: float
    scaled: bool
    descent: Descent
    k: int

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far, the start included."""
        return self.descent.steps[: self.k + 1]


def shown_now() -> Shown:
    """Return what this visitor has chosen; the step is limited to the length of the descent."""
    lr, scaled = float(st.session_state[LR]), bool(st.session_state[SCALED])
    descent = way(lr, scaled=scaled)
    return Shown(lr, scaled, descent, min(st.session_state[STEP], descent.last))


def step_buttons(shown: Shown) -> None:
    """Show the buttons Step, Play or Pause, and Reset."""
    at_end, playing = shown.k >= shown.descent.last, DESCENT_PLAYS.get()
    name, icon = ("Pause", "pause") if playing else ("Play", "play_arrow")
    with st.container(horizontal=True, gap="small"):
        _button("Step", "skip_next", step_on, key="step", type="primary", disabled=at_end)
        # Play and Pause share one button: with two, a browser shows both for a moment, and Reset moves aside.
        _button(name, icon, _play, key="play", width=scaled(100), disabled=at_end and not playing)
        _button("Reset", "replay", _reset, key="reset")


def _button(name: str, icon: str, on_click: Callable[[], None], *, key: str, **look: Any) -> None:
    st.button(name, icon=f":material/{icon}:", key=f"descent_button {key}", on_click=on_click, **look)


def step_on() -> None:
    """Go one step further; stop playing at the end."""
    last = shown_now().descent.last
    st.session_state[STEP] = min(st.session_state[STEP] + 1, last)
    if st.session_state[STEP] == last:
        DESCENT_PLAYS.set(False)


def _play() -> None:
    DESCENT_PLAYS.set(not DESCENT_PLAYS.get())


def _reset() -> None:
    st.session_state[STEP] = 0
    DESCENT_PLAYS.set(False)


def rate_slider(shown: Shown) -> None:
    """Show the slider of the learning rate, on a logarithmic scale."""
    label = hinted("Learning rate", "every rate starts from the same guess")
    st.select_slider(label, usable_rates(scaled=shown.scaled), shown.lr, key=LR, format_func=rate_words)


def scale_switch(shown: Shown) -> None:
    """Show the switch that scales t."""
    st.toggle("Scale t to −1 … 1", shown.scaled, key=SCALED, on_change=_fit_rate, help=SCALE_HELP)


def _fit_rate() -> None:
    """Limit the rate to the slider's range, which depends on the scale of t."""
    st.session_state[LR] = min(st.session_state[LR], usable_rates(scaled=st.session_state[SCALED])[-1])


def preset_buttons(shown: Shown) -> None:
    """Show a button for each preset rate; the chosen one is framed."""
    with st.container(horizontal=True, gap="small", key="descent_presets"):
        for words, lr in presets(scaled=shown.scaled).items():
            label = f"{words} :small[:gray[{rate_words(lr)}]]"
            look: Literal["secondary", "tertiary"] = "secondary" if lr == shown.lr else "tertiary"
            st.button(label, key=f"descent_preset {words}", on_click=_take, args=(lr,), type=look)


def _take(lr: float) -> None:
    st.session_state[LR] = lr
