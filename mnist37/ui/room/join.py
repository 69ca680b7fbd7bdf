"""Joining a room with its code and a nickname, and what a student then sees on the room's page."""

import streamlit as st

from mnist37.errors import RoomNotFound
from mnist37.rooms import CODE_LENGTH, NICKNAME_LENGTH, Place, clean_code, spaced
from mnist37.ui.live.nodes import choose_picture
from mnist37.ui.live.notices import literal, notify, toasts_errors
from mnist37.ui.live.pictures import digit_picture
from mnist37.ui.shell.address import in_address
from mnist37.ui.shell.classroom import ROOM_PARAMETER, rooms, tries
from mnist37.ui.shell.who import visitor

CODE_KEY, NICKNAME_KEY = "room_code", "room_nickname"
PICTURE_PX = 56

WHAT_IS_KEPT = (
    "Your teacher sees your nickname, your runs, your answers to the lessons' questions, and each digit that you keep. "
    "Your digits and your nickname may be shown to the class. No e-mail, no password, no other data is asked for. "
    "Everything is on your teacher's server only. It is deleted when you leave, when your teacher deletes the room, "
    "and a day after the room was opened at the latest. Your runs stay without your nickname, unless your teacher "
    "deletes them."
)


def join_form() -> None:
    """Show the form to join a room."""
    st.session_state.setdefault(CODE_KEY, (in_address(ROOM_PARAMETER) or "")[: CODE_LENGTH + 2])
    with st.form("join", width=420):
        st.text_input("Code of the room", key=CODE_KEY, max_chars=CODE_LENGTH + 2, placeholder="ABC 234")
        _nickname_input()
        st.form_submit_button("Join", type="primary", icon=":material/login:", on_click=_join)
        st.caption(WHAT_IS_KEPT)


def _nickname_input() -> None:
    st.text_input(
        "Your nickname",
        key=NICKNAME_KEY,
        max_chars=NICKNAME_LENGTH,
        help="As your class knows you; not your full name.",
    )


@toasts_errors
def _join() -> None:
    who, address, code = visitor().id, st.context.ip_address or "", clean_code(st.session_state[CODE_KEY])
    tries().check(who, address)
    try:
        student = rooms().join(code, who, st.session_state[NICKNAME_KEY])
    except RoomNotFound:
        tries().note_wrong(who, address)
        raise
    notify(f"Welcome, {literal(student.nickname)}.", "groups")


def student_view(here: Place) -> None:
    """Show a student their room: the task, what they gave to the class, and how to leave."""
    room, student = here.room, here.student
    if student.is_refused:
        with st.form("rename", width=420):
            st.markdown("**Your teacher asks for another nickname.** All that you did stays.")
            _nickname_input()
            st.form_submit_button("Take this nickname", type="primary", on_click=_rename, args=(room.code,))
    st.markdown(f"You are **{literal(student.nickname)}** in the room **{spaced(room.code)}**.")
    if room.task.kind:
        st.info(room.task.words, icon=":material/flag:")
    st.page_link("pages/lab.py", label="Train in the Lab: your teacher sees your runs", icon=":material/science:")
    st.page_link("pages/draw.py", label="Draw and keep digits: they go to the class, too", icon=":material/draw:")
    _own_drawings(here)
    with st.expander("What is kept of you", icon=":material/shield_person:"):
        st.caption(WHAT_IS_KEPT)
        st.button(
            "Leave the room, and delete my digits and answers in it",
            key="room_leave",
            icon=":material/logout:",
            on_click=_leave,
            args=(here,),
        )


@toasts_errors
def _rename(code: str) -> None:
    rooms().join(code, visitor().id, st.session_state[NICKNAME_KEY])


@toasts_errors
def _leave(here: Place) -> None:
    rooms().leave(here.student)
    notify("You left the room, and what it held of you is deleted.", "logout")


def _own_drawings(here: Place) -> None:
    drawn = rooms().drawings(here.room.code)
    own = drawn.where(drawn.students == here.student.id)
    if not len(own.ids):
        return
    st.caption("Your digits for the class. A click removes one.")
    pictures = [
        digit_picture(
            image, PICTURE_PX, str(digit), f"Your {digit}: remove it from the class's digits", str(drawing_id)
        )
        for image, digit, drawing_id in zip(own.images, own.digits.tolist(), own.ids.tolist(), strict=True)
    ]

    @toasts_errors
    def remove(drawing_id: str) -> None:
        rooms().remove_drawing(here.student, int(drawing_id))

    choose_picture(pictures, remove, key="room_own", alt="Your digits for the class")
