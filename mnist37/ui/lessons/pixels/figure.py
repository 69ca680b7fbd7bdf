"""Lesson 1: a digit as one large picture whose pixels show their numbers, and a part of it as a table."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mnist37.ui.widgets.colours import FIRST, text_on
from mnist37.ui.widgets.labels import scrolling


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a picture, as slices; the ends are exclusive."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def words(self) -> str:
        """The slice as Python code."""
        return f"digit[{self.top}:{self.bottom}, {self.left}:{self.right}]"

    def of(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return that part of the image."""
        return image[self.top : self.bottom, self.left : self.right]


def digit_figure(image: NDArray[np.uint8], crop: Crop | None, means: NDArray[np.float32] | None) -> dict[str, Any]:
    """Draw a digit, uint8 `[28, 28]`; hovering over a pixel shows row, column and grey.

    Args:
        image: the digit.
        crop: the part to draw a frame around.
        means: float32 `[2, 28, 28]`, the mean 3 and the mean 7, which are shown for each pixel, too.
    """
    trace: dict[str, Any] = {
        "type": "heatmap",
        "z": image.tolist(),
        "zmin": 0,
        "zmax": 255,
        "colorscale": [[0, "#000"], [1, "#fff"]],
        "showscale": False,
        "hovertemplate": "row %{y}, column %{x}<br>grey <b>%{z}</b> of 255<extra></extra>",
    }
    if means is not None:
        trace |= {"text": _compared(image / 255, means), "hovertemplate": "%{text}<extra></extra>"}
    axis = {"showgrid": False, "zeroline": False, "dtick": 5, "constrain": "domain", "ticks": ""}
    layout = {
        "xaxis": axis | {"range": [-0.5, 27.5]},
        "yaxis": axis | {"range": [27.5, -0.5], "scaleanchor": "x", "constraintoward": "top"},
        "margin": {"l": 28, "r": 4, "t": 30, "b": 24},
        "hovermode": "closest",
        "shapes": [] if crop is None else [_frame(crop)],
        "uirevision": "digit",
    }
    return {"data": [trace], "layout": layout}


def _frame(crop: Crop) -> dict[str, Any]:
    """Return a rectangle along the edges of the pixels; pixel 0 reaches from -0.5 to 0.5."""
    return {
        "type": "rect",
        "x0": crop.left - 0.5,
        "x1": crop.right - 0.5,
        "y0": crop.top - 0.5,
        "y1": crop.bottom - 0.5,
        "line": {"color": FIRST, "width": 2},
    }


def _compared(image: NDArray[np.float64], means: NDArray[np.float32]) -> list[list[str]]:
    """Return the hover text of each pixel: the digit and both means, greys in [0, 1]."""
    numbers = np.stack([image, *means, *(image - means)], -1)  # [28, 28, 5]
    words = (
        "row {}, column {}<br>digit <b>{:.3f}</b><br>"
        "mean 3: {:.3f}, difference <b>{:+.3f}</b><br>mean 7: {:.3f}, difference <b>{:+.3f}</b>"
    )
    return [
        [
            words.format(row, column, ink, in_3, less_3, in_7, less_7)
            for column, (ink, in_3, in_7, less_3, less_7) in enumerate(line)
        ]
        for row, line in enumerate(numbers.tolist())
    ]


def greys_table(image: NDArray[np.uint8], crop: Crop, *, as_floats: bool) -> str:
    """Return HTML of a part of a digit, uint8 `[28, 28]`: a table whose cells have the shade of their number."""
    rows, columns = range(crop.top, crop.bottom), range(crop.left, crop.right)
    table = pd.DataFrame(crop.of(image).astype(int), rows, columns)
    size = min(15.0, 330 / max(1, len(columns)))  # px, so that all 28 columns fit beside the picture
    styler = table.style.set_uuid("greys").map(_shade).set_table_attributes(f'style="font-size:{size:.1f}px"')
    if as_floats:
        styler = styler.format(lambda grey: f"{grey / 255:.2f}".lstrip("0") if grey < 255 else "1.")
    css = (
        ".scrolls:has(#T_greys){max-height:390px}"
        "#T_greys{border-collapse:collapse;line-height:1.65}"
        "#T_greys td{min-width:2em;padding:0 .15em;text-align:center;font-variant-numeric:tabular-nums}"
        "#T_greys th{font-weight:400;opacity:.75;padding:0 .4em;text-align:right}"
        "#T_greys thead th{text-align:center;padding:0}"
    )
    corner = re.sub("<th class=.blank.*?</th>", "<td></td>", styler.to_html())
    return f"<style>{css}</style>{scrolling(corner, 'A part of the digit as numbers')}"


def _shade(grey: int) -> str:
    return f"background:rgb({grey},{grey},{grey});color:{text_on(grey)}"
