"""The room's page for its teacher: let students in, set the Lab and the task, watch, pause, send, close."""

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote

import streamlit as st

from mnist37.controls import Stop
from mnist37.engine import Engine
from mnist37.errors import RunError
from mnist37.rooms import BEST, BREAK, FEWEST, NO_TASK, Room, Task, spaced
from mnist37.rungs import used_settings
from mnist37.ui.lab.controls import chosen_rung, chosen_settings
from mnist37.ui.lab.share import PAGES, ROOM, app_root, page_address, qr_code, show_address
from mnist37.ui.live.nodes import choose_in_html, live_pictures
from mnist37.ui.live.notices import notify, toasts_errors
from mnist37.ui.live.tick import tick
from mnist37.ui.room.answered import answered
from mnist37.ui.room.board import LOOK, REFUSE, SHOW, board_html, chart, summary, wall
from mnist37.ui.room.class_digits import class_digits
from mnist37.ui.room.files import room_zip
from mnist37.ui.room.progress import Progress, class_progress
from mnist37.ui.shell import start
from mnist37.ui.shell.classroom import ROOM_PARAMETER, rooms
from mnist37.ui.shell.link import BUTTONS, RUNG, title_of
from mnist37.ui.shell.session import choose_one, keep, look_at
from mnist37.ui.visit import ROOM_TAUGHT
from mnist37.ui.widgets.clock import clock

TICK_S = 1.0
QR_PX = 132
STOP_S = 3.0
"""Maximum wait for a run to stop before it is deleted."""
VIEW_KEY, LOSS_KEY, TASK_KEY, NUMBER_KEY = "room_view", "room_loss", "room_task", "room_number"
SEND_KEY, SHOWN_KEY = "room_send", "room_shown"
BOARD, ANSWERS, DIGITS, SET_UP = "The board", "Answers", "The class's digits", "Set up"
TASKS = {NO_TASK: "No task", BEST: "Best accuracy", FEWEST: "Fewest units", BREAK: "Break it"}
NUMBERS = {BEST: ("within so many epochs", 5.0, 1.0, 100.0), FEWEST: ("for an accuracy of, in %", 98.0, 50.0, 100.0)}
"""For each task that has a number: its label, default, smallest and largest value."""
JOIN, CURVES, WALL, TABLE, HARD = "join", "curves", "wall", "table", "digits"
SHOWN = {JOIN: "How to join", CURVES: "Curves", WALL: "Weights", TABLE: "Board", HARD: "Hardest drawings"}
"""What the projector shows, besides a single run."""


def join_address(room: Room) -> str:
    """Return the address that a student opens."""
    return page_address(app_root(), ROOM, {ROOM_PARAMETER: room.code})


def teach(engine: Engine, room: Room) -> None:
    """Show the teacher's page of a room."""
    _head(room)
    views = (BOARD, ANSWERS, DIGITS, SET_UP)
    view = choose_one("View", views, key=VIEW_KEY, first=BOARD, wrap=True)
    if view == SET_UP:
        _set_up(room)
        return
    draw = {ANSWERS: _answers, DIGITS: _digits}.get(view, _board)
    tick(
        lambda: class_progress(engine, rooms(), room),
        lambda _: TICK_S,
        lambda all_: draw(engine, room, all_),
        name=f"room {view}",
    )


def _head(room: Room) -> None:
    code, controls = st.columns([1, 2.4], gap="medium", vertical_alignment="center")
    address = join_address(room)
    with code, st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        live_pictures([qr_code(address, QR_PX)], key="room_qr", alt="The address to join as a QR code")
        with st.container(gap="xsmall"):
            st.markdown(f"## {spaced(room.code)}")
            st.caption("is closed" if room.is_closed else f"until {clock(room.ends)}")
    with controls:
        show_address(address)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            _pause_button(room)
            st.selectbox("Send the class to", list(PAGES), format_func=PAGES.__getitem__, key=SEND_KEY, width=220)
            st.button("Send", icon=":material/send:", key="room_do_send", on_click=_send, args=(room,))
            st.selectbox(
                "The projector shows",
                list(SHOWN),
                list(SHOWN).index(room.shown if room.shown in SHOWN else JOIN),
                format_func=SHOWN.__getitem__,
                key=f"{SHOWN_KEY} {room.shown}",
                width=180,
                on_change=_show,
                args=(room,),
                help="In a window in the projector view of this page. “Show” in the board puts one run there.",
            )


def _pause_button(room: Room) -> None:
    words, icon = ("Go on", "play_arrow") if room.is_paused else ("Eyes up", "visibility")
    st.button(
        words,
        key="room_pause",
        type="primary" if room.is_paused else "secondary",
        icon=f":material/{icon}:",
        on_click=_pause,
        args=(room,),
        help="Covers the screens of all students. Their runs go on.",
    )


@toasts_errors
def _pause(room: Room) -> None:
    rooms().pause(room.code, is_paused=not room.is_paused)


@toasts_errors
def _send(room: Room) -> None:
    page = st.session_state[SEND_KEY]
    rooms().send(room.code, page)
    notify(f"The class was sent to: {PAGES[page]}.", "send")


@toasts_errors
def _show(room: Room) -> None:
    rooms().show(room.code, st.session_state[f"{SHOWN_KEY} {room.shown}"])


def _board(engine: Engine, room: Room, students: list[Progress]) -> None:
    st.markdown(f"{summary(students)}{f' · **{room.task.words}**' if room.task.kind else ''}")
    if not students:
        st.caption("Nobody has joined yet.")
        return
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        chart(engine, students, loss=bool(keep(LOSS_KEY, False)))
        st.toggle("Loss", keep(LOSS_KEY, False), key=LOSS_KEY)
    with right:
        wall(engine, students, _open_in_lab)
    choose_in_html(board_html(students, room), _row_button(room), key="class_board")


def _open_in_lab(run_id: str) -> None:
    look_at(run_id)
    notify("The Lab shows this run now.", "science")


def _row_button(room: Room) -> Callable[[str], None]:
    @toasts_errors
    def pressed(value: str) -> None:
        what, _, of = value.partition(":")
        if what == SHOW:
            rooms().show(room.code, unquote(of))
            notify("The projector shows this run.", "present_to_all")
        elif what == LOOK:
            _open_in_lab(unquote(of))
        elif what == REFUSE and of.isdecimal():
            rooms().refuse(int(of))

    return pressed


def _answers(engine: Engine, room: Room, students: list[Progress]) -> None:  # noqa: ARG001
    answered(rooms().answers(room.code), students)


def _digits(engine: Engine, room: Room, students: list[Progress]) -> None:
    class_digits(engine, rooms(), room, students)


def _set_up(room: Room) -> None:
    lab, task, end = st.columns(3, gap="large")
    with lab:
        _presets(room)
    with task:
        _task(room)
    with end:
        _end(room)


def _presets(room: Room) -> None:
    settings = chosen_settings(chosen_rung())
    names = [RUNG, *used_settings(settings.rung)]
    st.markdown("**The Lab of all students**")
    st.caption("It takes the settings that your own Lab has now. Change them there first.")
    carried = st.pills(
        "Set", names, default=names, format_func=title_of, selection_mode="multi", key="room_carried", wrap=True
    )
    locked = st.pills(
        "Lock", [*names, BUTTONS], format_func=title_of, selection_mode="multi", key="room_locked", wrap=True
    )
    st.button(
        "Set the Lab of all", icon=":material/tune:", key="room_preset", on_click=_preset, args=(room, carried, locked)
    )
    if room.presets:
        which = ", ".join(title_of(name) for name in sorted(room.locked)) or "nothing"
        st.caption(f"Set {'once' if room.presets == 1 else f'{room.presets} times'}; locked: {which}.")


@toasts_errors
def _preset(room: Room, carried: list[str], locked: list[str]) -> None:
    settings = chosen_settings(chosen_rung())
    names = {*carried, *locked} & set(used_settings(settings.rung))
    values = {name: getattr(settings, name) for name in names}
    rooms().preset(room.code, settings.rung if names or RUNG in {*carried, *locked} else "", values, locked)
    notify("The Lab of all students is set.", "tune")


def _task(room: Room) -> None:
    st.markdown("**Task**")
    kinds = list(TASKS)
    kind = st.radio(
        "Task",
        kinds,
        kinds.index(room.task.kind),
        format_func=TASKS.__getitem__,
        key=TASK_KEY,
        label_visibility="collapsed",
    )
    number = 0.0
    if kind in NUMBERS:
        label, default, low, high = NUMBERS[str(kind)]
        now = room.task.number if room.task.kind == kind else default
        number = st.number_input(label, low, high, now, key=f"{NUMBER_KEY} {kind}")
    st.button(
        "Give this task", icon=":material/flag:", key="room_give", on_click=_give, args=(room, Task(str(kind), number))
    )
    if room.task.kind:
        st.caption(f"Now: {room.task.words}")


@toasts_errors
def _give(room: Room, task: Task) -> None:
    rooms().give(room.code, task)
    notify(task.words or "The class has no task.", "flag")


def _end(room: Room) -> None:
    engine = start.engine()
    st.markdown("**The end**")
    code = room.code
    st.download_button(
        "Runs and answers (CSV), digits (PNG)",
        lambda: room_zip(class_progress(engine, rooms(), room), rooms().answers(code), rooms().drawings(code)),
        f"class-{code}.zip",
        "application/zip",
        icon=":material/download:",
        key="room_zip",
    )
    st.button(
        "Close the room",
        icon=":material/door_front:",
        key="room_close",
        disabled=room.is_closed,
        on_click=_close,
        args=(room,),
        help="Nobody can join, draw or answer any more. You can still look and download until the room ends.",
    )
    with st.popover("Delete the room", icon=":material/delete:"):
        st.markdown("Nicknames, digits, answers and all runs of this room are deleted. This cannot be undone.")
        st.button("Delete everything now", key="room_delete", type="primary", on_click=_delete, args=(engine, room))


@toasts_errors
def _close(room: Room) -> None:
    rooms().close_room(room.code)


@toasts_errors
def _delete(engine: Engine, room: Room) -> None:
    """Delete a room, and the runs that were trained in it; a run that trains is stopped first."""
    runs = [run.run_id for run in rooms().runs(room.code)]
    rooms().delete(room.code)
    ROOM_TAUGHT.clear()
    for run_id in runs:
        with suppress(RunError):  # it was deleted before
            engine.control(run_id, Stop())
    for run_id in runs:
        engine.wait_until_as_asked(run_id, STOP_S)
        with suppress(RunError):
            engine.delete(run_id)
    notify("The room is deleted, with all runs of it.", "delete")
