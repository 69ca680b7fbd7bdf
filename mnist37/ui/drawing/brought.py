"""Pictures that a visitor uploads: one digit goes on the sheet, several are offered, a refusal stays on the page."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from mnist37.data import Prepared, cut_digits, find_digits, ink_from_bytes
from mnist37.errors import BadImage
from mnist37.ui.drawing.sheet import lay_ink, sheet
from mnist37.ui.live.nodes import Picture, choose_picture
from mnist37.ui.visit import BROUGHT, DIGITS_DRAWN
from mnist37.ui.widgets.colours import grey_png

SIZE = 52
"""Side of an offered digit, in px of the screen."""

MAX_OFFERED = 40
BLANK = "**Nothing is drawn on the picture.** Give one with a dark digit on bright paper, or a bright digit on dark."

Ink = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Several:
    """The digits of one picture.

    Args:
        digits: uint8 `[h, w]` each, 0 = paper, 255 = ink, cut from the picture in its own resolution.
        drawing: the canvas that they were drawn on, as a PNG file; empty for an uploaded picture.
        taken: the index of the one that was taken last, from 0.
    """

    digits: tuple[Ink, ...]
    drawing: bytes = b""
    taken: int | None = None


@dataclass(slots=True)
class Brought:
    """The result of the last picture.

    Args:
        refusal: why it was refused, as Markdown; empty if it was not.
        several: the digits that are offered.
    """

    refusal: str = ""
    several: Several | None = None


def brought() -> Brought:
    """Return the result of this visitor's last picture."""
    kept = BROUGHT.get()
    if kept is None:
        kept = Brought()
        BROUGHT.set(kept)
    return kept


def forget() -> None:
    """Offer no digits any more, as something else was put on the sheet."""
    BROUGHT.set(Brought())


def go_on_offering() -> None:
    """Offer the other digits of a drawing even when it is gone from the canvas, like those of a picture."""
    several = brought().several
    if several is not None and several.taken is not None:
        brought().several = replace(several, drawing=b"")


def bring(data: bytes) -> None:
    """Take a picture file. The sheet stays as it is if the file is refused, blank, or contains several digits."""
    try:
        ink = ink_from_bytes(data)
    except BadImage as error:
        brought().refusal = f"**{error.message}** {error.remedy}"
        return
    boxes = find_digits(ink)
    if not boxes:
        brought().refusal = BLANK
        return
    forget()
    if len(boxes) == 1:
        lay_ink(ink)
    else:
        brought().several = Several(cut_digits(ink, boxes))


def show_brought() -> None:
    """Show why the last picture was refused, or where its digits are offered."""
    last = brought()
    if last.refusal:
        st.error(last.refusal, icon=":material/error:")
    elif last.several is not None and not last.several.drawing:
        count = len(last.several.digits)
        st.info(f"{count} digits found: take one of them beside the canvas.", icon=":material/arrow_upward:")


def offer_several(drawn: Prepared | None) -> None:
    """Show the digits of the last picture or of the drawing on the canvas, if there are several, to choose one."""
    found = _offered(drawn)
    if found is None:
        return
    count = len(found.digits)
    words = f"**{count} digits found.** The models judge one at a time: take one."
    if count > MAX_OFFERED:
        words += f" The first {MAX_OFFERED} are shown."
    if found.drawing and found.drawing == sheet().now.png:
        words += " What stands below judges all of the canvas as one."
    st.info(words, icon=":material/grid_view:")
    pictures = [
        Picture(_thumbnail(ink), "", f"Take digit {number + 1} of {count}", SIZE, str(number))
        for number, ink in enumerate(found.digits[:MAX_OFFERED])
    ]
    chosen = None if found.taken is None else str(found.taken)
    choose_picture(pictures, _take, key="several", alt="Digits found", chosen=chosen)


def _offered(drawn: Prepared | None) -> Several | None:
    """Return the digits of the last picture, or of a drawing by hand if it contains several."""
    last, now = brought(), sheet().now
    is_by_hand = drawn is not None and now.strokes is not None
    if drawn is not None and is_by_hand and len(digits := _digits_drawn(now.png, drawn)) > 1:
        if last.several is None or last.several.drawing != now.png:
            last.several = Several(digits, now.png)
    elif last.several is not None and last.several.drawing and (is_by_hand or drawn is None):
        last.several = None
    return last.several


def _digits_drawn(png: bytes, drawn: Prepared) -> tuple[Ink, ...]:
    """Find the digits on the canvas, once for each stroke, as the page needs them several times a second."""
    kept = DIGITS_DRAWN.get()
    if kept[0] != png:
        kept = (png, cut_digits(drawn.ink, find_digits(drawn.ink)))
        DIGITS_DRAWN.set(kept)
    return kept[1]


def _take(value: str) -> None:
    last = brought()
    if last.several is None or int(value) >= len(last.several.digits):  # a click on an outdated page
        return
    last.several = replace(last.several, taken=int(value))
    lay_ink(last.several.digits[int(value)])


def _thumbnail(ink: Ink) -> bytes:
    """Return a square PNG file of the digit, at twice the size that it is shown at."""
    side = max(ink.shape)
    square = Image.new("L", (side, side))
    square.paste(Image.fromarray(ink), ((side - ink.shape[1]) // 2, (side - ink.shape[0]) // 2))
    square.thumbnail((2 * SIZE, 2 * SIZE), Image.Resampling.BOX)
    return grey_png(np.asarray(square))
