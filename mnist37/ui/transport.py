"""The buttons that a run is driven with: pause, resume, step, stop, again, and how fast it goes.

They stand at the same places whatever the run does; what cannot be done now cannot be pressed.
"""

from collections.abc import Callable

import streamlit as st

from mnist37.data import source_name
from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.runs import RunInfo
from mnist37.settings import Settings
from mnist37.ui import start
from mnist37.ui.controls import chosen_rung, chosen_settings
from mnist37.ui.link import BUTTONS
from mnist37.ui.session import PACE_KEY, is_locked, keep, toasts_errors, train
from mnist37.ui.words import BADGES

PACES = {0.0: "Full", 20.0: "20/s", 5.0: "5/s", 1.0: "1/s"}
"""Mini-batches a second: as fast as it goes, or slow enough to talk over."""

ASKED = {Status.PAUSED: "pausing …", Status.RUNNING: "going on …", Status.STOPPED: "stopping …"}


def transport(engine: Engine, info: RunInfo) -> None:
    """The row of buttons for the run that one looks at."""
    locked = is_locked(BUTTONS)
    trains = engine.trains(info.id) and not locked
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="transport"):
        if info.status is Status.PAUSED:
            _button("Resume", "play_arrow", engine.resume, info.id, enabled=trains)
        else:
            _button("Pause", "pause", engine.pause, info.id, enabled=trains and info.status is Status.RUNNING)
        st.button(
            "Step",
            icon=":material/skip_next:",
            key="step",
            disabled=locked or info.status is Status.QUEUED,
            on_click=_step,
            args=(engine, info),
            help="One mini-batch, then wait. Where nothing learns, it begins a new run with the settings on the left.",
        )
        _button("Stop", "stop", engine.stop, info.id, enabled=trains)
        st.button(
            "Again",
            icon=":material/replay:",
            key="again",
            disabled=locked,
            on_click=_again,
            args=(engine, info.settings),
            help="Train once more with this run's settings and seed: the curve will be the same, bit for bit.",
        )
        keep(PACE_KEY, 0.0)
        st.segmented_control(
            "Batches a second",
            list(PACES),
            format_func=PACES.__getitem__,
            key=PACE_KEY,
            required=True,
            disabled=locked,
            label_visibility="collapsed",
            help="How many mini-batches a second at most.",
            on_change=_set_pace,
            args=(engine, info.id),
        )
        _badge(engine, info)


def _badge(engine: Engine, info: RunInfo) -> None:
    """Where the run stands; between a click and the batch that it takes effect at, what was asked."""
    word, icon, colour = BADGES[info.status]
    asked, place = engine.asked(info.id), engine.place(info.id) if engine.is_ready else None
    said = ASKED.get(asked, word) if asked else f"{word}, number {place} in line" if place else word
    with st.container(key="status", width="content"):
        st.badge(said, icon=icon, color=colour)


def _button(label: str, icon: str, turn: Callable[[str], None], run_id: str, *, enabled: bool) -> None:
    st.button(label, icon=f":material/{icon}:", key=label.lower(), disabled=not enabled, on_click=turn, args=(run_id,))


@toasts_errors
def train_chosen(engine: Engine, *, steps_once: bool = False) -> None:
    """Train what the knobs say."""
    train(engine, chosen_settings(chosen_rung()), start.digits(), steps_once=steps_once)


@toasts_errors
def _step(engine: Engine, info: RunInfo) -> None:
    if engine.trains(info.id):
        engine.step(info.id)
    else:
        train_chosen(engine, steps_once=True)


@toasts_errors
def _again(engine: Engine, settings: Settings) -> None:
    train(engine, settings.replace(data=source_name()), start.digits())


def _set_pace(engine: Engine, run_id: str) -> None:
    engine.set_pace(run_id, st.session_state[PACE_KEY] or 0.0)
