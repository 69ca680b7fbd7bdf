"""The buttons that control a run (pause, resume, step, stop, again), and the choice of its pace.

They keep their places whatever the run does; what is impossible now is disabled.
"""

import time
from contextlib import suppress
from typing import Any

import streamlit as st

from mnist37.controls import Pause, Resume, RunControl, SetPace, Step, Stop
from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.errors import NotYours
from mnist37.events import Status
from mnist37.runs import RunInfo
from mnist37.settings import Settings
from mnist37.ui.drawing.own import with_own_of
from mnist37.ui.lab.controls import chosen_rung, chosen_settings
from mnist37.ui.live.notices import toasts_errors
from mnist37.ui.shell import start
from mnist37.ui.shell.link import BUTTONS
from mnist37.ui.shell.session import PACE_KEY, choose_one, chosen_digits, is_locked, train
from mnist37.ui.visit import LAST_CONTROL
from mnist37.ui.widgets.projector import is_projected, scaled

PACES = {0.0: "Full", 20.0: "20/s", 5.0: "5/s", 1.0: "1/s"}
"""Maximum mini-batches a second: no limit, or slow enough to explain."""

PAUSE_WIDTH = 116
"""In px, wide enough for "Resume"."""
PAUSE_KEY, STEP_KEY = "P", "S"
"""Shortcuts in the projector view, where one hand holds the pointer."""

TWICE_SECONDS = 0.2
"""A second click within this time counts as part of a double click."""

ANSWER_SECONDS = 0.1
"""Maximum wait for the effect of a click, so that the page shows it at once; with large batches it comes later."""


def transport(engine: Engine, run_id: str) -> None:
    """Show the row of buttons for the selected run."""
    info = engine.info(run_id)
    locked = is_locked(BUTTONS)
    trains = engine.trains(info.id)
    why_not = str(engine.not_yours(info.id) or "") if trains else ""
    trains = trains and not locked and not why_not
    has_keys = is_projected()
    pause: dict[str, Any] = {"key": "pause", "width": scaled(PAUSE_WIDTH), "shortcut": PAUSE_KEY if has_keys else None}
    pause["help"] = why_not or None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="transport"):
        # Pause and Resume share one button of a fixed width. With two, a browser shows both until the page has run, and
        # Stop moves aside and back: a click that begins while it moves is lost.
        if info.status is Status.PAUSED:
            _button(engine, info.id, Resume(), "Resume", icon=":material/play_arrow:", enabled=trains, **pause)
        else:
            enabled = trains and info.status is Status.RUNNING
            _button(engine, info.id, Pause(), "Pause", icon=":material/pause:", enabled=enabled, **pause)
        st.button(
            "Step",
            icon=":material/skip_next:",
            key="step",
            disabled=locked or bool(why_not) or info.status is Status.QUEUED,
            on_click=_step,
            args=(engine, info),
            shortcut=STEP_KEY if has_keys else None,
            help=why_not
            or "One mini-batch, then wait. Where nothing learns, it begins a new run with the settings on the left.",
        )
        if has_keys:
            return
        stop: dict[str, Any] = {"key": "stop", "icon": ":material/stop:", "help": why_not or None}
        _button(engine, info.id, Stop(), "Stop", enabled=trains, **stop)
        _again_button(engine, info, locked=locked)
        choose_pace(engine, info.id)


def _again_button(engine: Engine, info: RunInfo, *, locked: bool) -> None:
    st.button(
        "Again",
        icon=":material/replay:",
        key="again",
        disabled=locked,
        on_click=_again,
        args=(engine, info),
        help="Train once more with this run's settings and seed: the curve will be the same, bit for bit.",
    )


def choose_pace(engine: Engine, run_id: str) -> None:
    """Show the choice of the maximum number of mini-batches a second."""
    choose_one(
        "Batches a second",
        list(PACES),
        key=PACE_KEY,
        first=0.0,
        format_func=PACES.__getitem__,
        disabled=is_locked(BUTTONS),
        help="How many mini-batches a second at most.",
        on_change=_set_pace,
        args=(engine, run_id),
    )


def _button(engine: Engine, run_id: str, control: RunControl, label: str, *, enabled: bool, **look: Any) -> None:
    """Show a button that sends a control to the run."""
    st.button(label, disabled=not enabled, on_click=_send, args=(engine, run_id, control), **look)


@toasts_errors
def _send(engine: Engine, run_id: str, control: RunControl) -> None:
    """Send a control to the run, and wait a moment, so that the page's next run shows its effect.

    A double click on Pause is one click, as Resume is the same button. Streamlit may also deliver one click twice.
    """
    last, at = LAST_CONTROL.get()
    if {last, control} == {Pause(), Resume()} and time.monotonic() < at + TWICE_SECONDS:
        return
    step = engine.history(run_id).step
    engine.control(run_id, control)
    engine.wait_until_as_asked(run_id, ANSWER_SECONDS, beyond=step if control == Step() else -1)
    LAST_CONTROL.set((control, time.monotonic()))


@toasts_errors
def train_chosen(engine: Engine, *, steps_once: bool = False) -> None:
    """Train with the chosen settings."""
    _begin(engine, chosen_settings(chosen_rung()), chosen_digits(), steps_once=steps_once)


@toasts_errors
def _step(engine: Engine, info: RunInfo) -> None:
    if engine.trains(info.id):
        _send(engine, info.id, Step())
    else:
        train_chosen(engine, steps_once=True)


@toasts_errors
def _again(engine: Engine, info: RunInfo) -> None:
    digits = start.digits_of(info.settings)
    digits = with_own_of(info, digits) if info.n_own else digits
    _begin(engine, info.settings.replace(data=start.source_of(info.settings)), digits)


def _begin(engine: Engine, settings: Settings, digits: Digits, *, steps_once: bool = False) -> None:
    """Train, and wait a moment for the first step, so that the page shows it if a worker is free."""
    run_id = train(engine, settings, digits, steps_once=steps_once)
    engine.wait_until_as_asked(run_id, ANSWER_SECONDS, beyond=0)


def _set_pace(engine: Engine, run_id: str) -> None:
    with suppress(NotYours):  # the pace applies to the visitor's own next run
        engine.control(run_id, SetPace(st.session_state[PACE_KEY] or 0.0))
