"""The class room that a visitor is in: on every page, what the teacher does counts there, and what they do is kept."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.engine import Engine
from mnist37.rooms import ROOM_DISK_GB, SET, UPLOAD, Place, Rooms, Tries, refuse_more, rooms_file, spaced
from mnist37.ui.live.notices import literal
from mnist37.ui.shell.following import Followers
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import PLACE, SENDINGS_FOLLOWED

PAGE = "pages/room.py"
ROOM_PARAMETER = "room"

COVER = """<style>
body * { visibility: hidden !important; }
#eyes-up, #eyes-up * { visibility: visible !important; }
#eyes-up { position: fixed; inset: 0; z-index: 999999; display: grid; place-content: center;
  text-align: center; background: #312e81; color: #fff; font-size: clamp(1.5rem, 6vw, 3.5rem); font-weight: 700; }
#eyes-up small { font-size: 45%; font-weight: 400; }
</style>
<div id="eyes-up" role="alert">Eyes up<small>Your teacher has paused this screen.<br>Nothing is lost.</small></div>"""


@lru_cache(maxsize=1)
def rooms() -> Rooms:
    """Return the rooms of this server. Not in Streamlit's cache, nor is `tries`: any browser can have that cleared."""
    return Rooms()


@lru_cache(maxsize=1)
def tries() -> Tries:
    """Return the wrong codes of the last minute, of all visitors."""
    return Tries()


def place() -> Place | None:
    """Return the room that this visitor is in, and who they are in it; None if they are in none."""
    return PLACE.get()


def find_place() -> None:
    """Look up the visitor's room; called before a page is drawn. A server without rooms opens no file."""
    if rooms_file().exists():
        _take(rooms().place(visitor().id))


def _take(found: Place | None) -> None:
    if found is not None and (SENDINGS_FOLLOWED.get() is None or PLACE.get() is None):
        SENDINGS_FOLLOWED.set(found.room.sendings)  # where the class was sent before this visit does not count
    PLACE.set(found)


def sent_to() -> str | None:
    """Return the address of the page that the teacher has just sent the class to; None if there is nothing new."""
    here = place()
    if here is None or here.room.sendings == SENDINGS_FOLLOWED.get():
        return None
    SENDINGS_FOLLOWED.set(here.room.sendings)
    return here.room.page


def follow_class() -> None:
    """Show a student's class above the page, and follow what the teacher does.

    The container is there on every page, also without a class: what a fragment of the page sends may arrive while the
    page is drawn anew. Were its place that of another part by then, the browser would show an empty page.
    """
    here = place()
    with st.container(key="class_head"):
        if here is not None:
            if here.room.is_paused:
                st.html(COVER)
            _head(here)
            _followers().follow(visitor().id, _seen(here))


@lru_cache(maxsize=1)
def _followers() -> Followers[Place | None]:
    return Followers(lambda visitor_id: _seen(rooms().place(visitor_id)))


def _head(here: Place) -> None:
    task = f" · **{literal(here.room.task.words)}**" if here.room.task.kind else ""
    nickname = literal(here.student.nickname)
    if here.student.is_refused:
        label = f"Your teacher asks for another nickname than {nickname}"
        st.page_link(PAGE, label=f":orange[**{label}**]", icon=":material/person_alert:")
    else:
        st.markdown(f":small[:material/groups: :gray[{nickname}, in the class {spaced(here.room.code)}]{task}]")


def _seen(here: Place | None) -> Place | None:
    """Return what a student sees of their place: what the projector shows is not part of it."""
    return None if here is None else replace(here, room=replace(here.room, shown=""))


def refuse_full_room(engine: Engine) -> None:
    """Check that the visitor's room may have one more run.

    Raises:
        RoomError: its runs take as much room on the disk as is allowed.
    """
    if (here := place()) is not None:
        sizes = engine.store.sizes()
        size = sum(sizes.get(run.run_id, 0) for run in rooms().runs(here.room.code))
        refuse_more(ROOM_DISK_GB, size / 1e9, "GB of runs", "Delete some of yours on Compare.")


def note_run(run_id: str) -> None:
    """Add a run of the visitor to their room, if they are in one."""
    if (here := place()) is not None:
        rooms().note_run(here, run_id)


def note_answer(lesson: str, answer: str, *, is_right: bool) -> None:
    """Keep the visitor's answer to a lesson's question for their room, if they are in one."""
    if (here := place()) is not None:
        rooms().answer(here, lesson, answer, is_right=is_right)


def note_drawing(image: NDArray[np.uint8], digit: int) -> bool:
    """Add a labelled drawing, uint8 `[28, 28]`, to the class's digits; return whether the visitor is in a room."""
    here = place()
    if here is not None:
        rooms().keep_drawing(here, image, digit)
    return here is not None


def note_upload() -> None:
    """Count an upload of the visitor, if they are in a room.

    Raises:
        RoomError: the room has had as many as are allowed.
    """
    if (here := place()) is not None:
        rooms().spend(here, UPLOAD)


def note_set() -> None:
    """Count a new set of own digits of the visitor, if they are in a room; errors as in `note_upload`."""
    if (here := place()) is not None:
        rooms().spend(here, SET)
