"""The state of one visitor's browser tab: its widgets across pages, and the selected run (in the address, too)."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.controls import RunControl, SetDrawing, SetPace, Step, Stop
from mnist37.data import Digits, Prepared, source_name
from mnist37.engine import Engine
from mnist37.errors import DataError, NotYours, RunError
from mnist37.settings import SETTINGS, Settings
from mnist37.ui.live.notices import error_words, literal, notify
from mnist37.ui.shell import classroom, start
from mnist37.ui.shell.address import in_address, run_of_other_tab, write_address
from mnist37.ui.shell.first_run import ensure_first_run
from mnist37.ui.shell.link import LOCK, OLD_OWN, OWN, RUNG, Linked, link_parameters, locked_words, read_link, renamed
from mnist37.ui.shell.sources import name_of, named, usable
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import (
    DRAWING,
    FIRST_ADDRESS,
    KEPT,
    LINKED,
    LINKS_FOLLOWED,
    OPENED_BY_LINK,
    OWN_RUN,
    PRESETS_TAKEN,
    RUN,
    SOURCE,
)
from mnist37.visitor import HOST_PARAMETER

T = TypeVar("T")


def common_key(name: str) -> str:
    """Return the key of the Lab's widget for a setting that has one value for all models."""
    return f"lab_{name}"


RUN_PARAMETER = "run"
PACE_KEY = "lab_pace"
SOURCE_PARAMETER = "source"
DIGITS_KEY = common_key("digits")
"""Of the choice of the digits to tell apart, one for all models and pages."""
_NOTHING = Linked(None, {}, frozenset(), ())
TAKE = "take"
"""The number of a link to the Lab from another page, so that an old address does not count as another click."""


def take_host_link() -> None:
    """Tell the visitor whether the host's link was valid, and remove its token from the address."""
    if in_address(HOST_PARAMETER) is None:
        return
    write_address({HOST_PARAMETER: None})
    if visitor().is_host:
        notify("You are the host: you may turn, name, stop and delete everybody's runs.", "key")
    else:
        notify("This link does not make you the host. The server prints the one that does when it starts.", "key_off")


def is_locked(name: str) -> bool:
    """Return whether this visit's link locks a setting, the model or the buttons."""
    return _linked().is_locked(name)


def linked_rung() -> str | None:
    """Return the model in this visit's first address; None if it has none."""
    return _linked().rung


def has_locks() -> bool:
    """Return whether this visit's link locks anything."""
    return bool(_linked().locked)


def what_is_locked(used: Collection[str]) -> str:
    """Return a sentence on the settings and buttons of this page that the link locks; empty for none."""
    return locked_words(_linked().locked, used)


def _linked() -> Linked:
    """Return what this visit's first address asked for; nothing before it is read."""
    return LINKED.get() or _NOTHING


def _first_address() -> Mapping[str, str]:
    """Return the parameters that this visit began with."""
    return FIRST_ADDRESS.get() or st.query_params.to_dict()


def first_look() -> Linked | None:
    """Return what the address asks for, once a visit: afterwards the visitor's own clicks count, not an old address."""
    if LINKED.is_set:
        return None
    _is_new_click()
    asked = _first_address()
    parameters = renamed(asked)
    if parameters != asked:
        write_address({name: parameters.get(name) for name in (OLD_OWN, OWN)})
    linked = read_link(asked)
    LINKED.set(linked)
    for notice in linked.notices:
        st.toast(notice, icon=":material/link:", duration="long")
    return linked


def lab_parameters(settings: Settings) -> dict[str, str]:
    """Return the parameters of a link that opens the Lab with these settings, from this visit or anywhere."""
    return {**link_parameters(settings, frozenset()), TAKE: str(LINKS_FOLLOWED.get() + 1)}


def followed_link() -> Linked | None:
    """Return what a newly followed link to the Lab asks for, once; what a teacher's link locks stays locked."""
    if not _is_new_click():
        return None
    linked = read_link(st.query_params.to_dict())
    if is_locked(RUNG):
        notify("Your teacher keeps the model as it is, so the Lab stays as it was.", "lock")
        return None
    return replace(linked, values={name: value for name, value in linked.values.items() if not is_locked(name)})


def presets_of_class() -> Linked | None:
    """Return what the teacher of the visitor's room has set, once; after the room, that nothing is locked any more."""
    here, taken = classroom.place(), PRESETS_TAKEN.get()
    if here is None:
        if taken is None:
            return None
        PRESETS_TAKEN.set(None)
        LINKED.set(_NOTHING)
        write_address({LOCK: None})
        return None
    room = here.room
    if not room.presets or taken == (room.code, room.presets):
        return None
    PRESETS_TAKEN.set((room.code, room.presets))
    linked = Linked(room.rung or None, room.settings, room.locked, ())
    LINKED.set(linked)
    if not room.locked:
        write_address({LOCK: None})
    return linked


def _is_new_click() -> bool:
    """Return whether the address has the number of the next link to follow, and remove that number."""
    number, following = in_address(TAKE), LINKS_FOLLOWED.get() + 1
    if number is None:
        return False
    write_address({TAKE: None})
    if number == str(following):
        LINKS_FOLLOWED.set(following)
    return number == str(following)


def show_in_address(settings: Settings) -> None:
    """Write a link to these settings to the address."""
    wanted = link_parameters(settings, _linked().locked)
    write_address({name: wanted.get(name) for name in (RUNG, *SETTINGS, LOCK)})


def current_run(engine: Engine) -> str:
    """Return the id of the selected run.

    At first this is the run in the address, else the one that this browser selected last, else the first run.
    """
    if not RUN.is_set:
        asked = _first_address().get(RUN_PARAMETER)
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
    """Return the first run; train it again if it was deleted meanwhile."""
    started = start.start()
    if not can_be_shown(engine, started.first_run):
        started.first_run = ensure_first_run(engine, start.digits())
    return started.first_run


def show_digits_in_address() -> None:
    """Write other digits than the chapter's, and another source, to the address: a reload of any page keeps them."""
    name, chosen = SETTINGS["digits"].name, keep(DIGITS_KEY, str(THREE_OR_SEVEN))
    if chosen != (in_address(name) or str(THREE_OR_SEVEN)):
        write_address({name: chosen})
    source = chosen_source()
    named_so = None if source == source_name() else name_of(source)
    if named_so != in_address(SOURCE_PARAMETER):
        write_address({SOURCE_PARAMETER: named_so})


def chosen_digits() -> Digits:
    """Return the digits that this visitor has chosen to tell apart; 3s and 7s where the source has no such digits.

    Call it before the widget of that choice is drawn.
    """
    classes = Classes.from_text(keep(DIGITS_KEY, str(THREE_OR_SEVEN)))
    try:
        return start.digits(classes, chosen_source())
    except DataError as error:
        if classes == THREE_OR_SEVEN and not SOURCE.get():
            raise
        words = f"There is no {classes.words} here. {error_words(error)}"
        st.toast(words, icon=":material/error:", duration="long")
        if classes == THREE_OR_SEVEN:
            SOURCE.set("")
        st.session_state[DIGITS_KEY] = str(THREE_OR_SEVEN)
        return chosen_digits()


def chosen_source() -> str:
    """Return the source of the digits that this visitor trains on; at first the one that the address names."""
    if not SOURCE.is_set:
        asked = _first_address().get(SOURCE_PARAMETER, "")
        SOURCE.set(named(asked))
        if asked and not SOURCE.get():
            words = f"The digits “{literal(asked)}” are not here, so the server's own are taken."
            st.toast(words, icon=":material/database:")
    return usable(SOURCE.get())


def train(engine: Engine, settings: Settings, digits: Digits, *, steps_once: bool = False) -> str:
    """Train a run and select it; stop the run that this visitor still trains, as its page is no longer shown.

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
    classroom.refuse_full_room(engine)
    run_id = engine.submit(settings, digits, visitor().id, opening)
    classroom.note_run(run_id)
    OWN_RUN.set(run_id)
    look_at(run_id)
    return run_id


def pace() -> float:
    """Return this visitor's maximum number of mini-batches a second; 0 for no limit.

    A value chosen just before Train is not kept yet, as the callback runs before the page.
    """
    kept = KEPT.get().get(PACE_KEY)
    return float(st.session_state.get(PACE_KEY, kept) or 0.0)


def drawing() -> bytes:
    """Return this visitor's last drawing as the model's input: uint8 `[28, 28]` as bytes; empty if there is none."""
    return DRAWING.get()


def remember_drawing(engine: Engine, prepared: Prepared | None) -> None:
    """Keep the drawing, and send it to the selected run for a prediction."""
    pixels = b"" if prepared is None or prepared.is_blank else prepared.image.tobytes()
    if pixels != drawing():
        DRAWING.set(pixels)
        with suppress(NotYours):  # the drawing is kept for the visitor's own runs
            engine.control(RUN.get(), SetDrawing(pixels))


def look_at(run_id: str) -> None:
    """Select this run for this visitor, also after a reload."""
    RUN.set(run_id)
    write_address({RUN_PARAMETER: run_id})


def is_elsewhere(run_id: str) -> bool:
    """Return whether this visitor has selected another run than this."""
    return RUN.is_set and RUN.get() != run_id


def can_be_shown(engine: Engine, run_id: str) -> bool:
    """Return whether this run exists and can be read."""
    try:
        engine.info(run_id)
    except RunError:
        return False
    return True


def keep(key: str, default: Any) -> Any:
    """Give the widget `key` its last value, as Streamlit forgets a widget's value when its page is left.

    Returns:
        The value, which must be the widget's default, too. Streamlit sends a value from the session state to the
        browser once. A browser that is slower than the next run of the page would then show, and send, the default.
    """
    kept = KEPT.keep()
    try:
        kept[key] = st.session_state[key]
    except KeyError:
        kept[key] = st.session_state[key] = kept.get(key, default)
    return kept[key]


def choose_one(label: str, options: Sequence[T], *, key: str, first: T, **look: Any) -> T:
    """Show options side by side, of which one is always chosen; return the chosen one.

    Args:
        label: names the choice; hidden unless `look` says otherwise.
        options: what there is to choose.
        key: the widget's.
        first: the option that is chosen at first, and where the kept one is no option any more.
        look: further arguments of `st.segmented_control`.
    """
    kept = keep(key, first)
    if kept not in options:
        kept = st.session_state[key] = first
    look.setdefault("label_visibility", "collapsed")
    chosen: T = st.segmented_control(label, options, default=kept, key=key, required=True, **look)
    return chosen
