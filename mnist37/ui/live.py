"""Figures and pictures that change while one looks at them, each drawn into a node that stays.

`st.plotly_chart` mounts its plot anew at every change, which loses zoom and pan and blinks. Here a component keeps one
node and its script brings that node up to date. This module knows Streamlit and what crosses the wire (plain JSON
values, PNG bytes). It must not know what a figure shows: no runs, no tensors, no plotly objects.
"""

import base64
import hashlib
import json
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from weakref import WeakSet

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit import runtime
from streamlit.components.v1 import declare_component

_SERVED_BY: WeakSet[runtime.Runtime] = WeakSet()
_FRONTEND = Path(__file__).parent / "frontend"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a row.

    Args:
        png: The PNG file's bytes; drawn with hard pixel edges.
        caption: What stands below it; empty for nothing.
        alt: What a screen reader says in its place.
        size_px: Length of the longer edge on the screen.
        value: What `choose_picture` calls it.
    """

    png: bytes
    caption: str
    alt: str
    size_px: int = 84
    value: str = ""


def live_figure(figure: dict[str, Any], *, key: str, height: int, alt: str) -> None:
    """Draw a Plotly figure that keeps zoom and pan from one call to the next.

    Numbers that are not finite become gaps in the curve; an array of numbers crosses the wire as bytes. Colours, fonts
    and margins that the figure leaves open follow the page's theme; `layout.uirevision` is set unless given (change it
    to let the view start anew).

    Args:
        figure: `{"data": [...], "layout": {...}}` of plain JSON values and arrays; at most some 400 points a curve.
        key: The name of the node, unique in the app.
        height: Height in pixels, taken from the first paint on, so that nothing below jumps.
        alt: What the figure shows, in a sentence, for those who cannot see it.
    """
    _serve_files()
    _figure(key=key, height=height, data=to_json({"key": key, "figure": figure, "alt": alt}))


def live_pictures(pictures: Sequence[Picture], *, key: str, alt: str, height: int | None = None) -> None:
    """Show small pictures in a row that wraps, swapping what they show without a flicker.

    Args:
        pictures: What to show, in order.
        key: The name of the row, unique in the app.
        alt: What the pictures show together, for those who cannot see them.
        height: Height in pixels (the row then scrolls), or as much as the pictures need.
    """
    _serve_files()
    shown = [_shown(picture) for picture in pictures]
    _pictures(key=key, height=height or "content", data=to_json({"pictures": shown, "alt": alt}))


def choose_picture(
    pictures: Sequence[Picture], on_choice: Callable[[str], None], *, key: str, alt: str, chosen: str | None = None
) -> None:
    """Show small pictures in a row that wraps, each of them a button, for mouse, finger and keyboard.

    Args:
        pictures: What to show, in order, each with a value of its own.
        on_choice: Called with the value of the one that was chosen, before the script runs again.
        key: The name of the row, unique in the app.
        alt: What the pictures show together, for those who cannot see them.
        chosen: The value of the picture that is marked.
    """

    def heard() -> None:
        value = st.session_state[key].get("chosen")
        if value is not None:
            on_choice(str(value))

    _serve_files()
    shown = [_shown(picture) | {"value": picture.value, "chosen": picture.value == chosen} for picture in pictures]
    _pictures(key=key, data=to_json({"pictures": shown, "alt": alt}), on_chosen_change=heard)


def on_paste(take: Callable[[bytes], None], *, key: str) -> None:
    """Have a picture that is pasted anywhere on the page taken, as the bytes of a PNG; none where it cannot be read."""

    def heard() -> None:
        value = st.session_state[key].get("pasted")
        if value is not None:
            take(base64.b64decode(value))

    _serve_files()
    _paste(key=key, height=1, on_pasted_change=heard)


def send_strokes_at_once() -> None:
    """Have every canvas of the page tell of a stroke when it ends, not 200 ms later; called once a page."""
    _serve_files()
    _stroke(key="stroke", height=1)


def lead_around(steps: Sequence[Mapping[str, Any]], times: int, *, key: str) -> None:
    """Show a card beside one part of the page after the other.

    Args:
        steps: each with a `title`, a `text` and `at`, CSS selectors of which the first counts that the page shows.
        times: how often it was asked for; another number opens it anew.
        key: the name of the node, unique in the app.
    """
    _serve_files()
    _tour(key=key, height=1, data=to_json({"steps": list(steps), "times": times}))


def _shown(picture: Picture) -> dict[str, Any]:
    src = f"data:image/png;base64,{base64.b64encode(picture.png).decode()}"
    return {"src": src, "caption": picture.caption, "alt": picture.alt, **_css_size(picture)}


def _css_size(picture: Picture) -> dict[str, float]:
    """Width and height on the screen; a PNG says in its header how many pixels it has."""
    width, height = struct.unpack(">II", picture.png[16:24])
    scale = picture.size_px / max(width, height)
    return {"width": width * scale, "height": height * scale}


def _serve_files() -> None:
    """Have Streamlit serve the scripts and Plotly itself at `component/<module>.<name>/`.

    A declaration belongs to the running server (each AppTest starts its own), so it is made once for each. Nothing is
    ever mounted from it: it is Streamlit's public way to serve a package's own files.
    """
    server = runtime.get_instance() if runtime.exists() else None
    if server is None or server not in _SERVED_BY:
        _declare_files()
    if server is not None:
        _SERVED_BY.add(server)


def _declare_files() -> None:
    plotly = find_spec("plotly")  # finds the folder without importing plotly
    if plotly is None or not plotly.submodule_search_locations:
        raise ModuleNotFoundError("plotly is not installed, and the live figures are drawn by the plotly.min.js in it")
    declare_component("plotly", path=Path(plotly.submodule_search_locations[0]) / "package_data")
    declare_component("frontend", path=_FRONTEND)


def _loader(script: str) -> str:
    """Build the JavaScript that fetches and calls a script of the frontend folder.

    Streamlit sends a component's inline script along with every update, so this is all that is inline. All pages of
    an app are siblings, so the page's address leads to the app's root, whatever path it is served under.
    """
    code = hashlib.sha256((_FRONTEND / script).read_bytes()).hexdigest()[:8]
    address = f"component/{__name__}.frontend/{script}?v={code}&plotly={version('plotly')}"
    return (
        f'const url = new URL("{address}", document.baseURI);\n'  # a text of one line would be taken for a file's name
        "export default async (component) => (await import(url)).default(component);"
    )


def to_json(value: dict[str, Any]) -> bytes:
    """Encode for the browser, where NaN and infinity (a diverged loss) are no JSON: they become null."""
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"), default=_array)
    except ValueError:
        text = json.dumps(_finite(value), allow_nan=False, separators=(",", ":"), default=_array)
    return text.encode()


def _array(values: NDArray[np.float32] | NDArray[np.int32]) -> dict[str, str]:
    """An array as Plotly's own typed arrays: encoding its numbers one by one takes most of a live figure's time."""
    dtype = {"float32": "f4", "int32": "i4"}[str(values.dtype)]
    finite = np.where(np.isfinite(values), values, np.nan) if dtype == "f4" else values
    return {"dtype": dtype, "bdata": base64.b64encode(finite.tobytes()).decode()}


def _finite(value: Any) -> Any:
    """Copy JSON values with None in place of every number that is not finite."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


# Styles are not isolated: Plotly puts its style sheet into the page's head, which a shadow root would not see.
_figure = st.components.v2.component("mnist37.figure", js=_loader("figure.js"), isolate_styles=False)
_pictures = st.components.v2.component("mnist37.pictures", js=_loader("pictures.js"), isolate_styles=False)
_paste = st.components.v2.component("mnist37.paste", js=_loader("paste.js"), isolate_styles=False)
_tour = st.components.v2.component("mnist37.tour", js=_loader("tour.js"), isolate_styles=False)
_stroke = st.components.v2.component("mnist37.stroke", js=_loader("stroke.js"), isolate_styles=False)
