"""Figures and pictures that change while they are on the page, each drawn into a node that stays.

`st.plotly_chart` mounts its plot anew at every change, which loses zoom and pan and flickers. Here a component keeps
one node, and its script updates that node. This module knows Streamlit and the data that is sent (plain JSON values,
PNG bytes). It must not know what a figure shows: no runs, no tensors, no plotly objects.
"""

import base64
import hashlib
import re
import struct
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal
from weakref import WeakSet

import streamlit as st
from streamlit import runtime
from streamlit.components.v1 import declare_component

from mnist37.clock import now
from mnist37.ui.live.wire import to_json
from mnist37.ui.widgets.projector import scaled

Figure = dict[str, Any]
"""A Plotly figure as plain data: `{"data": [...], "layout": {...}}`."""

_SERVED_BY: WeakSet[runtime.Runtime] = WeakSet()
_FRONTEND = Path(__file__).parent / "frontend"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a row.

    Args:
        png: The PNG file's bytes; drawn with hard pixel edges.
        caption: The text below it; empty for none.
        alt: The text for screen readers.
        size_px: Length of the longer edge on the screen.
        value: The value that `choose_picture` passes on.
    """

    png: bytes
    caption: str
    alt: str
    size_px: int = 84
    value: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a node: the page draws it (`show`), and a refresh updates it (`update_nodes`).

    Args:
        key: The name of the node, unique in the app.
        kind: The name of the component that draws it.
        data: The data to draw, as plain JSON values and arrays.
    """

    key: str
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spoken:
    """An announcement for screen readers, made when a node's subject changes; other updates are not announced.

    Args:
        words: the text to announce; empty for none yet.
        of: the subject; empty for none.
    """

    words: str
    of: str


def figure(shown: Figure, *, key: str, alt: str) -> Content:
    """Return a Plotly figure that keeps zoom and pan when it is updated.

    Numbers that are not finite become gaps in the curve; an array of numbers is sent as bytes. Colours, fonts and
    margins that the figure does not set follow the page's theme; `layout.uirevision` is set unless given (another
    value resets the view).

    Args:
        shown: `{"data": [...], "layout": {...}}` of plain JSON values and arrays; at most some 400 points a curve.
        key: The name of the node, unique in the app.
        alt: A sentence on what the figure shows, for screen readers.
    """
    return Content(key, "figure", {"figure": shown, "alt": alt})


def pictures(shown: Sequence[Picture], *, key: str, alt: str, waits: bool = False) -> Content:
    """Return small pictures in a row that wraps; updates do not flicker.

    Args:
        shown: The pictures, in order.
        key: The name of the row, unique in the app.
        alt: What the pictures show together, for screen readers.
        waits: Whether the pictures are still to come: until then the row keeps its height, so that nothing jumps.
    """
    return Content(key, "pictures", {"pictures": [_shown(picture) for picture in shown], "alt": alt, "waits": waits})


def html(body: str, *, key: str, waits: bool = False, spoken: Spoken | None = None) -> Content:
    """Return trusted HTML: escape a visitor's text before; `waits` as in `pictures`."""
    announced = {} if spoken is None else {"spoken": {"words": spoken.words, "of": spoken.of}}
    return Content(key, "html", {"body": body, "waits": waits, **announced})


def show(content: Content, *, height: int | None = None, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw a node.

    Args:
        content: The first content; later updates replace it.
        height: Height in px, set from the first paint on, so that nothing below jumps (a row of pictures then scrolls);
            None for as much as it needs. In the projector view it is scaled, as type is.
        width: The width that it takes.
    """
    _serve_files()
    data = to_json({"key": content.key, "at": now(), "content": content.data})
    _DRAWN_BY[content.kind](key=content.key, height=scaled(height or 0) or "content", width=width, data=data)


def update_nodes(contents: Iterable[Content]) -> None:
    """Update nodes with newer content, all in one message; nodes that the page does not have are ignored.

    A refresh costs the server some 0.4 ms for each element that it draws, whatever is in it.
    """
    _serve_files()
    news = {content.key: content.data for content in contents}
    _news(key="news", height=1, data=to_json({"at": now(), "news": news}))


def live_figure(shown: Figure, *, key: str, height: int, alt: str) -> None:
    """Draw a `figure` of this height in px."""
    show(figure(shown, key=key, alt=alt), height=height)


def live_pictures(shown: Sequence[Picture], *, key: str, alt: str, height: int | None = None) -> None:
    """Draw a row of `pictures`; with a height in px, it scrolls."""
    show(pictures(shown, key=key, alt=alt), height=height)


def choose_picture(
    pictures: Sequence[Picture], on_choice: Callable[[str], None], *, key: str, alt: str, chosen: str | None = None
) -> None:
    """Show small pictures in a row that wraps, each a button, for mouse, finger and keyboard.

    Args:
        pictures: The pictures, in order, each with its own value.
        on_choice: Called with the value of the chosen picture, before the script runs again.
        key: The name of the row, unique in the app.
        alt: What the pictures show together, for screen readers.
        chosen: The value of the picture that is marked.
    """
    _serve_files()
    shown = [_shown(picture) | {"value": picture.value, "chosen": picture.value == chosen} for picture in pictures]
    offered = {picture.value for picture in pictures}
    data = {"key": key, "at": now(), "content": {"pictures": shown, "alt": alt}}
    _pictures(key=key, data=to_json(data), on_chosen_change=_take_sent(key, "chosen", _one_of(offered, on_choice)))


def choose_in_html(body: str, on_choice: Callable[[str], None], *, key: str) -> None:
    """Show trusted HTML whose buttons with a `data-value` send it; the button with the focus keeps it.

    Args:
        body: the HTML.
        on_choice: called with the value of the chosen button, before the script runs again.
        key: the name of the node, unique in the app.
    """
    _serve_files()
    offered = {unescape(value) for value in re.findall('data-value="([^"]*)"', body)}
    data = {"key": key, "at": now(), "content": {"body": body, "waits": False}}
    _html(key=key, data=to_json(data), on_chosen_change=_take_sent(key, "chosen", _one_of(offered, on_choice)))


def _take_sent(key: str, name: str, take: Callable[[str], None]) -> Callable[[], None]:
    """Return a callback that calls `take` with the value that a component's script has sent under a name."""

    def changed() -> None:
        value = st.session_state[key].get(name)
        if value is not None:
            take(str(value))

    return changed


def _one_of(offered: Collection[str | None], take: Callable[[str], None]) -> Callable[[str], None]:
    """Return a callback that ignores a value that was not offered: only a changed page sends one."""

    def take_offered(value: str) -> None:
        if value in offered:
            take(value)

    return take_offered


def on_paste(take: Callable[[bytes], None], *, key: str) -> None:
    """Call `take` with the bytes of a file that is pasted anywhere on the page: a PNG if the browser can decode it."""
    _serve_files()
    _paste(key=key, height=1, on_pasted_change=_take_sent(key, "pasted", lambda value: take(_from_base64(value))))


def _from_base64(text: str) -> bytes:
    """Return the bytes; none for a text that is no base64."""
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def send_strokes_at_once() -> None:
    """Make every canvas of the page send a stroke when it ends, not 200 ms later; called once a page."""
    _serve_files()
    _stroke(key="stroke", height=1)


def waiting(state: Mapping[str, Any], *, key: str) -> None:
    """Draw a progress bar that moves by itself between two updates from the server.

    Args:
        state: `stages`, their names, and `stage`, the index of the current one; `from` and `to`, where that stage
            begins and ends on the bar, 0 to 1; `share`, its progress, 0 to 1, or None to estimate it from the seconds
            `inside` the stage so far and the `expected` ones; `doing`, a description of it; and the seconds `since`
            the beginning. With `isDrawn`, the bar is removed as soon as the page behind it is complete.
        key: the name of the node, unique in the app.
    """
    _serve_files()
    _waiting(key=key, data=to_json(dict(state)))


def manage_history(state: Mapping[str, Any], on_ready: Callable[[], None], *, key: str) -> None:
    """Make changes of the address replace the entry in the browser's history, and share the run with other tabs.

    Args:
        state: `asks`, whether the browser must confirm that it is ready; the cookies of the `visitor` and of the `run`
            (empty for none), which are kept until the browser is closed.
        on_ready: called when the browser confirms.
        key: the name of the node, unique in the app.
    """
    _serve_files()
    _address(key=key, height=1, data=to_json(dict(state)), on_ready_change=on_ready)


def tour_button(
    steps: Sequence[Mapping[str, Any]],
    frames: Sequence[Mapping[str, Any]],
    seconds: float,
    *,
    is_new: bool,
    key: str,
) -> None:
    """Draw a button that starts a tour: it shows a card beside one part of the page after the other.

    Args:
        steps: each with a `title`, a `text` and `at`, CSS selectors of which the first visible match counts.
        frames: contents of the page's nodes, by their keys, one frame after the other; played once before.
        seconds: the duration of the frames in seconds.
        is_new: whether the visitor is new, so that the tour is offered.
        key: the name of the node, unique in the app.
    """
    _serve_files()
    offered = {"steps": list(steps), "frames": list(frames), "seconds": seconds, "isNew": is_new, "at": now()}
    _tour(key=key, width="content", data=to_json(offered))


def _shown(picture: Picture) -> dict[str, Any]:
    src = f"data:image/png;base64,{base64.b64encode(picture.png).decode()}"
    return {"src": src, "caption": picture.caption, "alt": picture.alt, **_css_size(picture)}


def _css_size(picture: Picture) -> dict[str, float]:
    """Return width and height on the screen; a PNG's header has its size in pixels."""
    width, height = struct.unpack(">II", picture.png[16:24])
    scale = picture.size_px / max(width, height)
    return {"width": width * scale, "height": height * scale}


def _serve_files() -> None:
    """Make Streamlit serve the scripts and Plotly itself at `component/<module>.<name>/`.

    A declaration belongs to the running server (each AppTest starts its own), so it is made once for each server.
    Nothing is ever mounted from it: it is Streamlit's public way to serve a package's own files.
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
        f'const url = new URL("{address}", document.baseURI);\n'  # Streamlit takes a text of one line for a file name
        "export default async (component) => {\n"
        "  const { default: call } = await import(url);\n"
        '  component.parentElement.dataset.stands = "";\n'
        "  return call(component);\n"
        "};"
    )


# Styles are not isolated: Plotly puts its style sheet into the page's head, which a shadow root would not see.
_figure = st.components.v2.component("mnist37.figure", js=_loader("figure.js"), isolate_styles=False)
_pictures = st.components.v2.component("mnist37.pictures", js=_loader("pictures.js"), isolate_styles=False)
_html = st.components.v2.component("mnist37.html", js=_loader("html.js"), isolate_styles=False)
_news = st.components.v2.component("mnist37.news", js=_loader("news.js"), isolate_styles=False)
_DRAWN_BY = {"figure": _figure, "pictures": _pictures, "html": _html}
_paste = st.components.v2.component("mnist37.paste", js=_loader("paste.js"), isolate_styles=False)
_tour = st.components.v2.component("mnist37.tour", js=_loader("tour.js"), isolate_styles=False)
_waiting = st.components.v2.component("mnist37.waiting", js=_loader("waiting.js"), isolate_styles=False)
_address = st.components.v2.component("mnist37.address", js=_loader("address.js"), isolate_styles=False)
_stroke = st.components.v2.component("mnist37.stroke", js=_loader("stroke.js"), isolate_styles=False)
