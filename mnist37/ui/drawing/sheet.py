"""The sheet that a visitor draws on: its present and earlier states, the same on every page."""

import base64
import io
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist37.data import Prepared, ink_from_rgba, to_mnist
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import SHEET

MAX_STATES = 40
"""Maximum number of states that are kept, for Undo."""

MAX_VISITORS = 1000
"""Maximum number of visitors whose last drawing is kept, some 10 kB each."""

DIGIT_SHARE = 5 / 7
"""A picture on the sheet is as large as a digit in MNIST's field: 20 of 28."""

PLACED_SIDE = 280
"""Side in px of a sheet with a picture: ten for each of the model's pixels."""


@dataclass(frozen=True, slots=True)
class State:
    """The content of the sheet.

    Args:
        png: a PNG file, bright ink on black; empty for a blank sheet.
        strokes: the strokes as the canvas of `side` px sent them; None for a picture.
        side: the side of the canvas that it was drawn on, in px.
        is_taken: whether it began with a digit that was put there, and is not the visitor's own writing.
    """

    png: bytes = b""
    strokes: dict[str, Any] | None = None
    side: int = 0
    is_taken: bool = False


BLANK = State()


@dataclass(eq=False)
class Sheet:
    """One visitor's sheet.

    Args:
        states: oldest first; the last one is the current one.
        number: increases whenever something other than the hand fills the sheet, as the canvas then starts anew.
        visitor: the owner's id, so that a reload finds the drawing.
    """

    states: list[State] = field(default_factory=lambda: [BLANK])
    number: int = 0
    visitor: str = ""

    @property
    def now(self) -> State:
        """The current state."""
        return self.states[-1]

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier state."""
        return len(self.states) > 1

    def receive(self, state: State) -> None:
        """Add the state that the canvas sends; it sends the same one until the next stroke."""
        if state.png != self.now.png:
            self._add(replace(state, is_taken=self.now.is_taken))

    def lay(self, state: State) -> None:
        """Put something else on the sheet."""
        self._add(state)
        self.number += 1

    def clear(self) -> None:
        """Start over; Undo brings the drawing back."""
        if self.now is not BLANK:
            self.lay(BLANK)

    def undo(self) -> None:
        """Take the last stroke back; strokes that came in one message go together."""
        if self.can_undo:
            self.states.pop()
            self.number += 1
            self._keep()

    def prepared(self) -> Prepared | None:
        """Return the drawing, prepared for a model; None if nothing was drawn."""
        return _prepared(self.now.png) if self.now.png else None

    def before(self) -> Prepared | None:
        """Return the drawing before the last stroke, prepared for a model; None if there was none."""
        return _prepared(self.states[-2].png) if self.can_undo and self.states[-2].png else None

    def _add(self, state: State) -> None:
        self.states = [*self.states, state][-MAX_STATES:]
        self._keep()

    def _keep(self) -> None:
        """Keep the current state for the visitor's next visit, in the server's memory, for the most recent visitors."""
        with _LOCK:
            _LAST.pop(self.visitor, None)
            _LAST[self.visitor] = self.now
            while len(_LAST) > MAX_VISITORS:
                del _LAST[next(iter(_LAST))]


_LOCK = Lock()
_LAST: dict[str, State] = {}
"""The current state of each visitor's sheet; the visitor who drew last comes last."""


def sheet() -> Sheet:
    """Return this visitor's sheet, the same on every page; after a reload, with its last drawing."""
    kept = SHEET.get()
    if kept is None:
        last = _LAST.get(visitor().id, BLANK)
        kept = Sheet([BLANK] if last is BLANK else [BLANK, last], visitor=visitor().id)
        SHEET.set(kept)
    return kept


def lay_digit(image: NDArray[np.uint8]) -> None:
    """Put a digit on the sheet, uint8 `[28, 28]`; each of its pixels becomes a square."""
    enlarged = image.repeat(PLACED_SIDE // 28, 0).repeat(PLACED_SIDE // 28, 1)
    sheet().lay(State(_png(enlarged), None, PLACED_SIDE, is_taken=True))


def lay_ink(ink: NDArray[np.uint8]) -> None:
    """Put the ink of a picture on the sheet, uint8 `[H, W]`, as large as a digit and in the middle."""
    left, top, right, bottom = to_mnist(ink).box
    cut = Image.fromarray(ink[top:bottom, left:right]) if right else Image.fromarray(ink)
    scale = PLACED_SIDE * DIGIT_SHARE / max(cut.size)
    small = cut.resize((max(1, round(cut.width * scale)), max(1, round(cut.height * scale))), Image.Resampling.BOX)
    paper = Image.new("L", (PLACED_SIDE, PLACED_SIDE))
    paper.paste(small, ((PLACED_SIDE - small.width) // 2, (PLACED_SIDE - small.height) // 2))
    sheet().lay(State(_png(np.asarray(paper)), None, PLACED_SIDE))


def first_drawing(state: State, side: int) -> dict[str, Any] | None:
    """Return the first content of a new canvas of `side` px, as JSON of Fabric, which draws it."""
    if not state.png:
        return None
    if state.strokes is not None and state.side == side:
        return state.strokes
    picture = {
        "type": "Image",
        "src": f"data:image/png;base64,{base64.b64encode(state.png).decode()}",
        "left": 0,
        "top": 0,
        "originX": "left",
        "originY": "top",
        "scaleX": side / state.side,
        "scaleY": side / state.side,
        "selectable": False,
    }
    return {"objects": [picture]}


@lru_cache(maxsize=64)
def _prepared(png: bytes) -> Prepared:
    """Cache prepared drawings, as a page that refreshes itself needs the same one several times a second."""
    return to_mnist(ink_from_rgba(np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))))


def _png(ink: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(ink).save(file, "PNG")
    return file.getvalue()
