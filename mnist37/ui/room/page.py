"""The room's page: for a student, for a teacher, and for whoever is neither yet."""

import streamlit as st

from mnist37.errors import RoomNotFound
from mnist37.rooms import Room, clean_code, spaced
from mnist37.ui.live.notices import notify, toasts_errors
from mnist37.ui.room.join import join_form, student_view
from mnist37.ui.room.projector import project
from mnist37.ui.room.teacher import teach
from mnist37.ui.shell import start
from mnist37.ui.shell.address import in_address, write_address
from mnist37.ui.shell.classroom import ROOM_PARAMETER, place, rooms
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import ROOM_TAUGHT
from mnist37.ui.widgets.clock import clock
from mnist37.ui.widgets.projector import heading, is_projected


def room_page() -> None:
    """Show the page."""
    heading("Class", "a room for a teacher and a class")
    here = place()
    if here is not None:
        student_view(here)
        return
    room = _taught()
    if room is None:
        _join_or_open()
    elif is_projected():
        project(start.engine(), room)
    else:
        teach(start.engine(), room)


def _taught() -> Room | None:
    """Return the room that the visitor teaches: the one that was chosen, or that the address names; None for none."""
    code = ROOM_TAUGHT.get() or clean_code(in_address(ROOM_PARAMETER) or "")
    try:
        room = rooms().room(code) if code and visitor().is_host else None
    except RoomNotFound:
        room = None
    is_theirs = room is not None and (ROOM_TAUGHT.get() == room.code or room.host == visitor().id)
    if room is None or not is_theirs:
        ROOM_TAUGHT.clear()
        return None
    ROOM_TAUGHT.set(room.code)
    write_address({ROOM_PARAMETER: room.code})
    return room


def _join_or_open() -> None:
    join, teach_ = st.columns(2, gap="large")
    with join:
        st.markdown("**Join your teacher's room**")
        join_form()
    with teach_:
        st.markdown("**Teach a class**")
        if not visitor().is_host:
            st.caption(
                "Whoever started this server can open a room, with the link that it printed. Ask them for a code."
            )
            return
        st.caption(
            "Students join by a code. You see everybody's runs live, set their Lab, give a task, pause all screens and "
            "gather the class's digits. A room ends by itself after a day."
        )
        st.button("Open a room", icon=":material/add:", type="primary", key="room_open", on_click=_open)
        for room in rooms().rooms():
            words = f"Room {spaced(room.code)}, opened {clock(room.opened)}"
            st.button(words, key=f"room_enter {room.code}", on_click=_enter, args=(room.code,), type="tertiary")


@toasts_errors
def _open() -> None:
    room = rooms().open(visitor().id)
    ROOM_TAUGHT.set(room.code)
    notify(f"The room {spaced(room.code)} is open.", "groups")


def _enter(code: str) -> None:
    ROOM_TAUGHT.set(code)
