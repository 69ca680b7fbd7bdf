"""The state of a visit, apart from its widgets' values: every such value, with its type, in one place.

A widget's value is in Streamlit's session under the widget's own key; `shell.session.keep` keeps it across pages. All
other state of one visitor's browser tab is one of the values below. Imports no torch.

The session has them all under one key. Streamlit calls some 40 functions to read a key, and some of its widgets read
every key there is. With a key for each value, a fifth of the calls of the Lab's page were made for that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mnist37.controls import RunControl
    from mnist37.engine import LrSearch
    from mnist37.lessons.seven_steps.lesson import Walk
    from mnist37.rooms import Place
    from mnist37.settings import Settings
    from mnist37.ui.drawing.brought import Brought
    from mnist37.ui.drawing.sheet import Sheet
    from mnist37.ui.shell.link import Linked
    from mnist37.ui.shell.sources import Fetch
    from mnist37.visitor import Visitor

T = TypeVar("T")
KEY = "visit"
_here = threading.local()
"""The session whose script runs in this thread, and its values: a thread runs the scripts of one session only."""


def values() -> dict[str, Any]:
    """Return all values of this visit that were set, by their names."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:  # a test without a script
        kept: dict[str, Any] = st.session_state.setdefault(KEY, {})
        return kept
    if getattr(_here, "session", None) is not context.session_state:
        _here.values = st.session_state.setdefault(KEY, {})
        _here.session = context.session_state
    found: dict[str, Any] = _here.values
    return found


class Held(Generic[T]):
    """A value of the visit.

    Args:
        key: its name.
        first: makes the first value, which counts before one is set.
    """

    def __init__(self, key: str, first: Callable[[], T]) -> None:
        self.key, self._first = key, first

    @property
    def is_set(self) -> bool:
        """Whether a value was set, or kept, in this visit."""
        return self.key in values()

    def get(self) -> T:
        """Return the value, or else a first one, which is not kept."""
        kept = values()
        return kept[self.key] if self.key in kept else self._first()

    def keep(self) -> T:
        """Return the value; a first one is kept, so that it may be changed in place."""
        value = self.get()
        self.set(value)
        return value

    def set(self, value: T) -> None:
        """Set the value."""
        values()[self.key] = value

    def pop(self) -> T:
        """Return the value, or else a first one, and remove it."""
        value = self.get()
        self.clear()
        return value

    def clear(self) -> None:
        """Remove the value."""
        values().pop(self.key, None)


def _optional(key: str) -> Held[Any]:
    return Held(key, lambda: None)


# Who and where.
VISITOR: Held[Visitor | None] = _optional("visitor")
VISITOR_COOKIE_VALUE: Held[str | None] = _optional("visitor_cookie")
"""The cookie that the browser keeps."""
IS_PROJECTED: Held[bool | None] = _optional("is_projected")
"""Whether the pages are in the projector view; None before the address was read."""
IS_FIRST_VISIT: Held[bool | None] = _optional("tour_is_new")
"""Whether it is the browser's first; None before its cookies were read."""
ADDRESS_READY: Held[bool] = Held("address_ready", bool)
"""Whether the address may be written, see `shell.address`."""
ADDRESS_WAITING: Held[dict[str, str | None]] = Held("address_waiting", dict)
"""Changes of the address until then."""
FIRST_ADDRESS: Held[dict[str, str] | None] = _optional("first_address")
"""The parameters of the address that this visit began with: a click on another page while the app starts drops them."""
LINKED: Held[Linked | None] = _optional("linked")
"""What the address asked for at first; None before it was read."""
LINKS_FOLLOWED: Held[int] = Held("take", int)
"""Links to the Lab that were followed from other pages."""
LESSONS_DONE: Held[frozenset[int] | None] = _optional("lessons_done")
"""Their numbers; None before the address was read."""
NOTICES: Held[list[tuple[str, str]]] = Held("notices", list)
"""Text and icon of each notice that the page has not shown yet."""
WELCOME_SHOWN: Held[bool] = Held("welcome_shown", bool)
KEPT: Held[dict[str, Any]] = Held("kept", dict)
"""Values of widgets whose page was left, by the widget's key."""

# The class room.
PLACE: Held[Place | None] = _optional("place")
"""The room that the visitor is in as a student, and who they are in it."""
SENDINGS_FOLLOWED: Held[int | None] = _optional("sendings_followed")
"""How often the class had been sent to a page when this visitor was last sent; None before they were in a room."""
PRESETS_TAKEN: Held[tuple[str, int] | None] = _optional("presets_taken")
"""Code of the room and number of the settings that the Lab took from the teacher last."""
ROOM_TAUGHT: Held[str] = Held("room_taught", str)
"""Code of the room that this visitor teaches; empty if none is chosen."""

# Runs.
RUN: Held[str] = Held("run", str)
"""Id of the selected run; empty before there is one."""
OWN_RUN: Held[str] = Held("own_run", str)
"""Id of the run that this visitor trained last."""
OPENED_BY_LINK: Held[str] = Held("opened_by_link", str)
"""Id of the run that a link opened in a new tab, until the Lab's controls have its settings."""
OVERLAY: Held[list[str]] = Held("overlay", list)
"""Ids of the runs whose curves are overlaid."""
LESSON_RUNS: Held[dict[Settings, str]] = Held("lesson_runs", dict)
"""Ids of the runs that lessons show."""
OTHER_RUN: Held[str | None] = _optional("other run")
"""Id of the run that Inside compares with."""
ANSWERING: Held[Mapping[str, str]] = Held("chosen answering runs", dict)
"""Id of the run that the visitor chose to answer for a rung, by the rung's name."""
SOURCE: Held[str] = Held("source", str)
"""The source of the digits that this visitor trains on; empty for the server's own."""
FETCH: Held[Fetch | None] = _optional("fetch")
"""The fetch of a source that this visitor waits for."""
IMPORTED: Held[tuple[str | None, str | None]] = Held("imported", lambda: (None, None))
"""Id of the file that was imported last, and why it was refused."""

# The Lab.
CHANGED_SETTINGS: Held[dict[str, dict[str, Any]]] = Held("changed settings", dict)
"""Settings that this visitor changed while a run trained, by the run's id; they count before the next batch does."""
LAST_CONTROL: Held[tuple[RunControl | None, float]] = Held("last control", lambda: (None, 0.0))
"""The last control that a button of the Lab sent, and when its callback ended, in seconds of the monotonic clock."""
BOARD_BEGINS: Held[Mapping[str, dict[str, Any]]] = Held("board_begins", dict)
"""The first contents of the board's nodes when it is drawn next, by their keys; later updates replace them."""
WAS_REPLAYED: Held[bool] = Held("tour_looked", bool)
"""Whether the Lab was shown before in this visit, so that the first run is not replayed any more."""
OPEN_DIALOG: Held[str] = Held("open_dialog", str)
"""The dialog that was opened last, by the key of its button; a page shows one at most."""
LR_SEARCH: Held[LrSearch | None] = _optional("lr_search")
LR_FAN: Held[list[str]] = Held("lr_fan", list)
"""Ids of the runs of five rates."""
LR_FOUND: Held[float | None] = _optional("lr_found")
"""The rate that the control is set to when it is drawn next."""

# Drawings.
DRAWING: Held[bytes] = Held("drawing", bytes)
"""The last drawing as the models' input: uint8 `[28, 28]` as bytes; empty if there is none."""
SHEET: Held[Sheet | None] = _optional("sheet")
BROUGHT: Held[Brought | None] = _optional("brought")
"""The picture that was uploaded last."""
DIGITS_DRAWN: Held[tuple[bytes, tuple[NDArray[np.uint8], ...]]] = Held("digits drawn", lambda: (b"", ()))
"""A drawing as a PNG file, and the digits that were found on it, uint8 `[h, w]` each."""
SAMPLES_TURN: Held[int] = Held("samples turn", int)
HARD_TURN: Held[int] = Held("hard turn", int)
OWN_SET: Held[str] = Held("own set", str)
"""Id of the visitor's own digits."""
OWN_CHOSEN: Held[str | None] = _optional("own digit")
"""Name of the own digit that is opened."""
OWN_REFUSED: Held[str] = Held("own refused", str)
"""The files that the last import refused, and why."""
OWN_REFUSAL: Held[str] = Held("own refusal", str)
"""Why the last import was refused as a whole."""

# Digits and units that are opened.
OPENED_DIGIT: Held[int | None] = _optional("opened digit")
"""Index of a validation digit."""
OPENED_UNIT: Held[int | None] = _optional("opened unit")
"""Number of a hidden unit."""
OPENED_CELL: Held[tuple[int, int] | None] = _optional("opened cell")
"""A true and a predicted digit: the cell of the confusion matrix whose digits are shown."""
AGAINST: Held[tuple[str, int, int] | None] = _optional("against")
"""Id of a run of ten digits, key of an image, and the digit that the answer is compared with."""

# Compare.
SELECTED: Held[list[str]] = Held("compare_selected", list)
"""Ids of the selected runs."""
SELECTED_AT_FIRST: Held[list[int]] = Held("compare_selected_at_first", list)
"""Their rows when the table was first drawn."""
COMPARE_NOTICE: Held[str | None] = _optional("compare_said")
TIMES_NAMED: Held[int] = Held("compare_saved", int)
"""How often a name was saved: a popover of the next key is closed."""

# Lessons.
PIXELS_DIGIT: Held[int | None] = _optional("pixels digit")
"""Index of the validation digit that is shown."""
PIXELS_TURN: Held[int] = Held("pixels turn", int)
GRADIENT_LINES: Held[list[str] | None] = _optional("gradients_lines")
"""The lines that were run."""
WALK: Held[Walk | None] = _optional("seven_steps_walk")
LAYERS_SEED: Held[int] = Held("nonlinearity_seed", int)
TEN_DIGIT: Held[int | None] = _optional("to_ten digit")
"""Index of the validation digit, of all ten classes, that is shown."""
TEN_TURN: Held[int] = Held("to_ten turn", int)
FIRST_TRIES: Held[dict[int, bool]] = Held("self_test_first_try", dict)
"""Whether the first answer to a question was right, by its place."""
DESCENT_PLAYS: Held[bool] = Held("descent_playing", bool)
