"""What the projector shows of a room: how to join it, its curves, weights, results or drawings, or one run."""

import html

import streamlit as st

from mnist37.engine import Engine
from mnist37.rooms import Room, spaced
from mnist37.runs import RunInfo
from mnist37.ui.lab.board import PROJECTED_HEIGHTS, board_contents
from mnist37.ui.lab.share import qr_code
from mnist37.ui.live.nodes import live_pictures, show
from mnist37.ui.live.tick import tick
from mnist37.ui.room.board import board_html, chart, summary, wall
from mnist37.ui.room.class_digits import all_judged, hardest
from mnist37.ui.room.progress import Progress, class_progress, nicknames, run_or_none
from mnist37.ui.room.teacher import CURVES, HARD, SHOWN, TABLE, TICK_S, WALL, join_address
from mnist37.ui.runs.curves import Curve
from mnist37.ui.shell import start
from mnist37.ui.shell.classroom import rooms
from mnist37.ui.widgets.words import model_title

FIGURES, BESIDE = ("loss", "accuracy"), ("answers", "weights", "weights_scale")
"""Parts of the Lab's board that the back row can see."""


def project(engine: Engine, room: Room) -> None:
    """Show what the teacher has chosen for the projector, and follow the choice."""
    tick(
        lambda: (rooms().room(room.code), class_progress(engine, rooms(), room)),
        lambda _: TICK_S,
        lambda found: _project(engine, *found),
        name="room projector",
    )


def _project(engine: Engine, room: Room, students: list[Progress]) -> None:
    with st.container(key=f"projected_{room.shown or 'join'}"):
        info = run_or_none(engine, room.shown) if room.shown and room.shown not in SHOWN else None
        if info is not None:
            _one_run(engine, info, students)
        elif room.shown == CURVES:
            st.markdown(_summary(room, students))
            chart(engine, students)
        elif room.shown == WALL:
            wall(engine, students)
        elif room.shown == TABLE:
            st.markdown(_summary(room, students))
            st.html(board_html(students, room, buttons=False))
        elif room.shown == HARD:
            _drawings(engine, room, students)
        else:
            _how_to_join(room, students)


def _summary(room: Room, students: list[Progress]) -> str:
    return f"**{room.task.words}** {summary(students)}" if room.task.kind else summary(students)


def _how_to_join(room: Room, students: list[Progress]) -> None:
    address = join_address(room)
    left, right = st.columns([1, 1.6], gap="medium", vertical_alignment="center")
    with left:
        live_pictures([qr_code(address)], key="projected_qr", alt="The address to join as a QR code")
    with right:
        shown = html.escape(address.partition("://")[2])
        st.html(
            f'<div style="font-size:1.1rem;overflow-wrap:anywhere">{shown}</div>'
            f'<div style="font-size:3.2rem;font-weight:700;letter-spacing:.08em">{spaced(room.code)}</div>'
        )
    names = ", ".join(html.escape(one.student.nickname) for one in students if not one.student.is_refused)
    st.html(f"<div>{summary(students)}<br>{names}</div>")


def _one_run(engine: Engine, info: RunInfo, students: list[Progress]) -> None:
    who = next((one.student.nickname for one in students if any(run.id == info.id for run in one.runs)), "")
    st.html(f"<b>{html.escape(who)}</b> · {html.escape(model_title(info))}")
    curve = Curve(info, engine.history(info.id))
    contents = {
        content.key: content for content in board_contents(engine, [curve], start.digits_of(info.settings), None)
    }
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        for key, height in zip(FIGURES, PROJECTED_HEIGHTS, strict=True):
            if key in contents:
                show(contents[key], height=height)
    with right:
        for key in BESIDE:
            show(contents[key])


def _drawings(engine: Engine, room: Room, students: list[Progress]) -> None:
    judged = all_judged(engine, students, rooms().drawings(room.code))
    if judged:
        hardest(judged[0], nicknames(students))
    else:
        st.markdown("No digit yet, or no model that reads digits.")
