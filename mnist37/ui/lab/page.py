"""The Lab: choose digits, model and learning rate, from left to right; train; watch it learn."""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist37.engine import Engine
from mnist37.rungs import Rung
from mnist37.settings import Settings
from mnist37.ui.lab.controls import (
    choose_digits,
    chosen_rung,
    chosen_settings,
    has_knobs,
    is_of,
    knobs,
    presets,
    samples,
    take_settings,
)
from mnist37.ui.lab.ladder_row import choose_rung
from mnist37.ui.lab.lr_tools import lr_tools, take_found
from mnist37.ui.lab.share import share
from mnist37.ui.lab.sources import choose_source
from mnist37.ui.lab.tour import is_new, replayed, tour
from mnist37.ui.lab.transport import choose_pace, train_chosen, transport
from mnist37.ui.lab.watch_run import watch_run
from mnist37.ui.lessons.shared.table import get_lesson, number_of
from mnist37.ui.live.nodes import send_strokes_at_once
from mnist37.ui.runs.choose_run import choose_run
from mnist37.ui.runs.takeaway import take_away
from mnist37.ui.shell import start
from mnist37.ui.shell.link import BUTTONS
from mnist37.ui.shell.session import (
    chosen_digits,
    current_run,
    is_locked,
    linked_rung,
    show_in_address,
    what_is_locked,
)
from mnist37.ui.shell.who import is_phone
from mnist37.ui.visit import OPENED_BY_LINK
from mnist37.ui.widgets.projector import heading, is_projected, projector_button


def lab() -> None:
    """Show the settings on the left, the run on the right."""
    engine = start.engine()
    open_link()
    if is_projected():
        projected(engine)
        return
    with st.container(key="lab"):
        rung = choose_rung(engine, chosen_digits())
        setup, happening = st.columns([1, 2.3], gap="medium")
    with setup:
        with st.container(horizontal=True, vertical_alignment="top"):
            heading("Lab")
            button = st.container()
        offer = st.container() if is_new() else None
        with room_for_knobs():
            set_up(rung)
    settings = chosen_settings(rung)
    show_in_address(settings)
    # On a phone what Train does comes before which run one looks at.
    with st.container() if is_phone() else setup:
        run_id = choose_run(engine, "Look at", key="lab_run")
        with st.container(horizontal=True, gap="small"):
            label, icon = "Take this run with you", ":material/download:"
            with st.popover(label, icon=icon, type="tertiary", key="export", on_change="rerun") as export:
                if export.open:  # its content is a sixth of the page
                    take_away(engine, run_id)
            if is_phone():
                for_a_class(settings)
            offer = offer or st.container(width="content")
    with button:
        train_button(engine)
        is_shown = is_of(settings, engine.info(run_id), engine.history(run_id))
        st.caption("The run shown has these settings." if is_shown else "Settings changed. Press Train to use them.")
    played = replayed(engine, run_id)
    with happening:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            transport(engine, run_id)
            if not is_phone():
                for_a_class(settings)
        watch_run(engine, run_id)
    with offer:  # after the board, of which it brings something newer
        tour(played)
    send_strokes_at_once()


def projected(engine: Engine) -> None:
    """Show what the back row must see: the run, its curves, its weights, its prediction; settings open at a click."""
    with st.container(key="lab"):
        run_id = current_run(engine)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.popover("Settings", icon=":material/tune:", key="settings", on_change="rerun") as settings:
                if settings.open:
                    set_up(choose_rung(engine, chosen_digits()))
                    choose_run(engine, "Look at", key="lab_run")
                    choose_pace(engine, run_id)
            train_button(engine, shortcut="T", width="content")
            transport(engine, run_id)
            projector_button()
        show_in_address(chosen_settings(chosen_rung()))
        watch_run(engine, run_id)
    send_strokes_at_once()


def for_a_class(settings: Settings) -> None:
    """Show the buttons for a link to these settings and for the projector view."""
    share(settings)
    projector_button()


def train_button(engine: Engine, **look: Any) -> None:
    """Show the button that trains with the chosen settings."""
    # A callback, as what follows a click in the script is lost if another event comes in before it got there.
    look = {"type": "primary", "icon": ":material/play_arrow:", "width": "stretch", **look}
    st.button("Train", key="train", disabled=is_locked(BUTTONS), on_click=train_chosen, args=(engine,), **look)


def open_link() -> None:
    """Set the controls to the settings of the run in the address, unless the address has settings of its own."""
    engine = start.engine()
    opened = current_run(engine)
    by_link = OPENED_BY_LINK.pop()
    if opened == by_link and linked_rung() is None:
        settings = engine.info(opened).settings
        take_settings(settings.rung, settings.to_dict())


def set_up(rung: Rung) -> None:
    """Show data, model and learning: each setting in the group of its role."""
    if locked := what_is_locked(rung.uses):
        st.caption(f":material/lock: {locked}")
    data, model = st.columns(2, gap="small")
    with model:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**2 Model**", width="content")
            if rung.lesson_page:
                lesson = get_lesson(rung.lesson_page)
                st.page_link(lesson.page, label=f"Lesson {number_of(lesson)}", icon=":material/school:")
        st.caption(rung.summary)
        knobs(rung, "model")
    with data:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**1 Data**", width="content")
            choose_digits()
        digits = chosen_digits()
        samples(digits)
        choose_source(digits)
        knobs(rung, "data")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**3 Learning**" if has_knobs(rung, "learning") else "")
        presets(rung)
    if "lr" in rung.uses:
        take_found(rung)
    knobs(rung, "learning")
    if "lr" in rung.uses:
        with st.container(horizontal=True, gap="small"):
            lr_tools(start.engine(), rung)


def room_for_knobs() -> DeltaGenerator:
    """Return a container for the controls; on a phone it folds, as it would push the results far down the page."""
    return st.expander("Settings", icon=":material/tune:") if is_phone() else st.container()
