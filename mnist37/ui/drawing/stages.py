"""A drawing on its way to a model's input, stage by stage, in pictures and as a table of greys."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from mnist37.data import Prepared
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.live.pictures import digit_picture
from mnist37.ui.shell.session import keep
from mnist37.ui.widgets.colours import grey_png, text_on
from mnist37.ui.widgets.labels import scrolling

SIZE = 140
FITTED_SIZE = 100  # the 20x20 box, at the scale of the 28x28 field
BOX_GREY, LINE = 140, 2
GREYS_KEY = "greys"

SAW_HELP = (
    "MNIST's makers cut each digit out, scaled it into 20 by 20 pixels and placed it so that its centre of mass lies "
    "in the middle of 28 by 28. A model trained on such digits wants yours prepared the same way: beside each answer "
    "you see what it would say of the drawing as it is."
)


def stages(prepared: Prepared | None) -> None:
    """Show the drawing's stages: its box, scaled into 20x20, centred by mass in 28x28; and its greys as numbers."""
    st.markdown("**What the models saw**", help=SAW_HELP)
    if prepared is None or prepared.is_blank:
        st.caption("Your drawing appears here as 28 by 28 greys.")
        return
    live_pictures(_stages(prepared), key="saw", alt="Your drawing on its way to the model")
    greys = keep(GREYS_KEY, False)
    if st.toggle("As a table of greys", greys, key=GREYS_KEY, help="The very numbers: 0 is paper, 255 is ink."):
        st.html(greys_table(prepared.image))


def _stages(prepared: Prepared) -> list[Picture]:
    left, top, right, bottom = prepared.box
    box = f"{right - left} × {bottom - top} box"
    return [
        Picture(grey_png(_with_box(prepared)), box, "Your drawing with the box around its ink", SIZE),
        digit_picture(prepared.fitted, FITTED_SIZE, "into 20 × 20", "The box, scaled"),
        digit_picture(prepared.image, SIZE, "centred in 28 × 28", "Your drawing as the model saw it"),
        digit_picture(prepared.as_drawn, SIZE, "without cropping and centring", "Your drawing as it is, made small"),
    ]


def _with_box(prepared: Prepared) -> NDArray[np.uint8]:
    """Return the ink as small as it is shown, with a line around its box: uint8 `[SIZE, SIZE]`."""
    height, width = prepared.ink.shape
    scale = SIZE / max(height, width)
    shown = Image.fromarray(prepared.ink).resize((round(width * scale), round(height * scale)), Image.Resampling.BOX)
    picture = np.asarray(shown).copy()
    left, top, right, bottom = (int(edge * scale) for edge in prepared.box)
    inside = picture[top + LINE : max(top, bottom - LINE), left + LINE : max(left, right - LINE)].copy()
    picture[top:bottom, left:right] = BOX_GREY
    picture[top + LINE : top + LINE + inside.shape[0], left + LINE : left + LINE + inside.shape[1]] = inside
    return picture


def greys_table(image: NDArray[np.uint8]) -> str:
    """Return HTML of an image, uint8 `[28, 28]`, as a table of numbers on their own greys."""

    def cell(value: int) -> str:
        return f'<td style="background:rgb({value},{value},{value});color:{text_on(value)}">{value}</td>'

    rows = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in image.tolist())
    style = "border-collapse:collapse;font:8px/1.5 monospace;text-align:right"
    css = "<style>.greys td{padding:0 2px;min-width:17px}</style>"
    return css + scrolling(f'<table class="greys" style="{style}">{rows}</table>', "The 28 by 28 greys as numbers")
