"""What one visitor's browser tab remembers: its widgets across pages, and the run it looks at, in the address too."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from typing import Any

import streamlit as st

from mnist37.controls import RunControl, SetDrawing, SetPace, Step, Stop
from mnist37.data import Digits, Prepared
from mnist37.engine import Engine
from mnist37.errors import NotYours, RunError
from mnist37.settings import SETTINGS, Settings
from mnist37.ui.live.notices import notify
from mnist37.ui.shell import start
from mnist37.ui.shell.address import in_address, run_of_other_tab, write_address
from mnist37.ui.shell.first_run import ensure_first_run
from mnist37.ui.shell.link import LOCK, RUNG, Linked, link_parameters, locked_words, read_link
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import DRAWING, KEPT, LINKED, LINKS_FOLLOWED, OPENED_BY_LINK, OWN_RUN, RUN
from mnist37.visitor import HOST_PARAMETER

RUN_PARAMETER = "run"
PACE_KEY = "lab_pace"
_NOTHING = Linked(None, {}, frozenset(), ())
TAKE = "take"
"""In a link to the Lab from another page: its number, so that an old address is not taken for another click."""


def take_host_link() -> None:
    """Say what the host's link has made of this visitor, and take its token out of the address."""
    if in_address(HOST_PARAMETER) is None:
        return
    write_address({HOST_PARAMETER: None})
    if visitor().is_host:
        notify("You are the host: you may turn, name, stop and delete everybody's runs.", "key")
    else:
        notify("This link does not make you the host. The server prints the one that does when it starts.", "key_off")


def is_locked(name: str) -> bool:
    """Whether the link that this visitor came by freezes a setting, the model or the buttons."""
    return _linked().is_locked(name)


def linked_rung() -> str | None:
    """Return the model that this visit's address asked for at first; None where it asked for none."""
    return _linked().rung


def has_locks() -> bool:
    """Return whether the link that this visitor came by locks anything."""
    return bool(_linked().locked)


def what_is_locked(used: Collection[str]) -> str:
    """Return which of the settings and buttons on this page the link locks, as a sentence; empty for none."""
    return locked_words(_linked().locked, used)


def _linked() -> Linked:
    """Return what this visit's address asked for at first; nothing before it was read."""
    return LINKED.get() or _NOTHING


def first_look() -> Linked | None:
    """What the address asks for, once for each visit: afterwards the visitor's own clicks count, not an old address."""
    if LINKED.is_set:
        return None
    _is_new_click()
    linked = read_link(st.query_params.to_dict())
    LINKED.set(linked)
    for notice in linked.notices:
        st.toast(notice, icon=":material/link:", duration="long")
    return linked


def lab_parameters(settings: Settings) -> dict[str, str]:
    """The parameters of a link that opens the Lab with these settings, from another page of this visit or anywhere."""
    return {**link_parameters(settings, frozenset()), TAKE: str(LINKS_FOLLOWED.get() + 1)}


def followed_link() -> Linked | None:
    """What a link to the Lab asks for that was followed within this visit, once; what a teacher froze stays frozen."""
    if not _is_new_click():
        return None
    linked = read_link(st.query_params.to_dict())
    if is_locked(RUNG):
        notify("Your teacher's link keeps the model as it is, so the Lab stays as it was.", "lock")
        return None
    return replace(linked, values={name: value for name, value in linked.values.items() if not is_locked(name)})


def _is_new_click() -> bool:
    """Whether the address carries the number of the next link to follow; it is taken out of it."""
    number, following = in_address(TAKE), LINKS_FOLLOWED.get() + 1
    if number is None:
        return False
    write_address({TAKE: None})
    if number == str(following):
        LINKS_FOLLOWED.set(following)
    return number == str(following)


def show_in_address(settings: Settings) -> None:
    """Let the address be a link to these settings."""
    wanted = link_parameters(settings, _linked().locked)
    write_address({name: wanted.get(name) for name in (RUNG, *SETTINGS, LOCK)})


def current_run(engine: Engine) -> str:
    """The run that this visitor looks at.

    At first it is the one that the address names, else the one that this browser looked at last, else the first of all.
    """
    if not RUN.is_set:
        asked = st.query_params.get(RUN_PARAMETER)
        found = next((run for run in (asked, run_of_other_tab()) if run and can_be_shown(engine, run)), None)
        if found:
            OPENED_BY_LINK.set(found)
            look_at(found)
        if asked and asked != found:
            st.toast(f"The run {asked} is not here (any more), so another one is shown.", icon=":material/search_off:")
    run_id = RUN.get()
    if not run_id or not can_be_shown(engine, run_id):
        run_id = _first_run(engine)
    look_at(run_id)
    return str(run_id)


def _first_run(engine: Engine) -> str:
    """What a new visitor finds; somebody may have deleted it meanwhile."""
    started = start.start()
    if not can_be_shown(engine, started.first_run):
        started.first_run = ensure_first_run(engine, start.digits())
    return started.first_run


def train(engine: Engine, settings: Settings, digits: Digits, *, steps_once: bool = False) -> str:
    """Train, and look at it; what this visitor still trains is stopped, as nobody looks at it any more.

    Returns:
        The new run's id.
    """
    last = OWN_RUN.get()
    if last and engine.trains(last):
        engine.control(last, Stop())
        notify("Your run before this one was stopped; what it learned is kept.", "stop")
    opening: list[RunControl] = [SetPace(pace()), SetDrawing(drawing())]
    if steps_once:
        opening.append(Step())
    run_id = engine.submit(settings, digits, visitor().id, opening)
    OWN_RUN.set(run_id)
    look_at(run_id)
    return run_id


def pace() -> float:
    """The most mini-batches a second that this visitor wants to see; 0 for no limit.

    What was chosen just before Train has not been kept yet: the callback comes before the page has run.
    """
    kept = KEPT.get().get(PACE_KEY)
    return float(st.session_state.get(PACE_KEY, kept) or 0.0)


def drawing() -> bytes:
    """What this visitor drew last, as the model sees it: uint8 `[28, 28]` as bytes; empty if nothing."""
    return DRAWING.get()


def remember_drawing(engine: Engine, prepared: Prepared | None) -> None:
    """Keep what was drawn, and let the run that one looks at judge it."""
    pixels = b"" if prepared is None or prepared.is_blank else prepared.image.tobytes()
    if pixels != drawing():
        DRAWING.set(pixels)
        with suppress(NotYours):  # it is kept for the visitor's own runs
            engine.control(RUN.get(), SetDrawing(pixels))


def look_at(run_id: str) -> None:
    """From now on, this visitor looks at that run, also after a reload."""
    RUN.set(run_id)
    write_address({RUN_PARAMETER: run_id})


def is_elsewhere(run_id: str) -> bool:
    """Whether this visitor has come to look at another run than that."""
    return RUN.is_set and RUN.get() != run_id


def can_be_shown(engine: Engine, run_id: str) -> bool:
    """Whether there is such a run and it is not broken."""
    try:
        engine.info(run_id)
    except RunError:
        return False
    return True


def keep(key: str, default: Any) -> Any:
    """Give the widget `key` its last value: Streamlit forgets a widget's value when its page is left.

    Returns:
        The value, to be the widget's default, too. What is set in the session is told to the browser once, and one that
        is slower than the page's next run never draws that: it would show, and then send, what a default says.
    """
    kept = KEPT.keep()
    if key not in st.session_state:
        st.session_state[key] = kept.get(key, default)
    kept[key] = st.session_state[key]
    return kept[key]
