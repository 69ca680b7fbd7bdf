"""The sheet of paper that a visitor draws on: what is on it now and before, the same on every page."""

import base64
import io
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist37.data import Prepared, ink_from_rgba, to_mnist
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import SHEET

MOST_KEPT = 40
"""So many strokes can be undone."""

MOST_VISITORS = 1000
"""Of so many visitors the last drawing is kept, some 10 kB each."""

DIGIT_SHARE = 5 / 7
"""A picture that is laid on the sheet is as large in it as a digit in MNIST's field: 20 of 28."""

PLACED_SIDE = 280
"""Pixels of the sheet that a picture is laid on: ten for each of the model's."""


@dataclass(frozen=True, slots=True)
class State:
    """What is on the sheet.

    Args:
        png: as a PNG file, bright ink on black; empty for a blank sheet.
        strokes: as the canvas of `side` pixels tells them; None for a picture.
        side: of the canvas that it was drawn on, in pixels.
    """

    png: bytes = b""
    strokes: dict[str, Any] | None = None
    side: int = 0


BLANK = State()


@dataclass(eq=False)
class Sheet:
    """One visitor's sheet.

    Args:
        states: oldest first; the last one is on the sheet now.
        number: grows whenever the sheet is filled by something other than the hand, as the canvas then starts anew.
        visitor: whose it is; a reload finds what is on it.
    """

    states: list[State] = field(default_factory=lambda: [BLANK])
    number: int = 0
    visitor: str = ""

    @property
    def now(self) -> State:
        """What is on the sheet."""
        return self.states[-1]

    @property
    def can_undo(self) -> bool:
        """Whether there was something else on it."""
        return len(self.states) > 1

    def hear(self, state: State) -> None:
        """Take in what the canvas tells; it tells the same until the next stroke."""
        if state.png != self.now.png:
            self._add(state)

    def lay(self, state: State) -> None:
        """Put something else on the sheet."""
        self._add(state)
        self.number += 1

    def clear(self) -> None:
        """Start over; what was there can be had back."""
        if self.now is not BLANK:
            self.lay(BLANK)

    def undo(self) -> None:
        """Take the last stroke back; strokes that came faster than the page heard of them go together."""
        if self.can_undo:
            self.states.pop()
            self.number += 1
            self._keep()

    def prepared(self) -> Prepared | None:
        """The drawing, prepared for a model; None where nothing was drawn."""
        return _prepared(self.now.png) if self.now.png else None

    def before(self) -> Prepared | None:
        """The same as it was one stroke ago."""
        return _prepared(self.states[-2].png) if self.can_undo and self.states[-2].png else None

    def _add(self, state: State) -> None:
        self.states = [*self.states, state][-MOST_KEPT:]
        self._keep()

    def _keep(self) -> None:
        """Keep what is on it for the next visit, in the server's memory; of many visitors the last ones."""
        with _LOCK:
            _LAST.pop(self.visitor, None)
            _LAST[self.visitor] = self.now
            while len(_LAST) > MOST_VISITORS:
                del _LAST[next(iter(_LAST))]


_LOCK = Lock()
_LAST: dict[str, State] = {}
"""What is on each visitor's sheet; who drew last comes last."""


def sheet() -> Sheet:
    """Return this visitor's sheet, the same on every page; after a reload, with what was on it."""
    kept = SHEET.get()
    if kept is None:
        last = _LAST.get(visitor().id, BLANK)
        kept = Sheet([BLANK] if last is BLANK else [BLANK, last], visitor=visitor().id)
        SHEET.set(kept)
    return kept


def lay_digit(image: NDArray[np.uint8]) -> None:
    """Lay a digit on the sheet, uint8 `[28, 28]`; each of its pixels becomes a square of it."""
    sheet().lay(State(_png(image.repeat(PLACED_SIDE // 28, 0).repeat(PLACED_SIDE // 28, 1)), None, PLACED_SIDE))


def lay_ink(ink: NDArray[np.uint8]) -> None:
    """Lay the ink of a picture on the sheet, uint8 `[H, W]`, as large as a digit and in the middle."""
    left, top, right, bottom = to_mnist(ink).box
    cut = Image.fromarray(ink[top:bottom, left:right]) if right else Image.fromarray(ink)
    scale = PLACED_SIDE * DIGIT_SHARE / max(cut.size)
    small = cut.resize((max(1, round(cut.width * scale)), max(1, round(cut.height * scale))), Image.Resampling.BOX)
    paper = Image.new("L", (PLACED_SIDE, PLACED_SIDE))
    paper.paste(small, ((PLACED_SIDE - small.width) // 2, (PLACED_SIDE - small.height) // 2))
    sheet().lay(State(_png(np.asarray(paper)), None, PLACED_SIDE))


def first_drawing(state: State, side: int) -> dict[str, Any] | None:
    """What a new canvas of `side` pixels begins with, in the words of Fabric, which draws it."""
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
    """A page that keeps itself up to date asks for the same drawing several times a second."""
    return to_mnist(ink_from_rgba(np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))))


def _png(ink: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(ink).save(file, "PNG")
    return file.getvalue()
