"""A link for a class: the page and the settings that it opens, and what it locks; as text and as a QR code."""

import io
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from mnist37.rungs import used_settings
from mnist37.settings import Settings
from mnist37.ui.lessons.shared.table import LESSONS
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.shell.link import BUTTONS, RUNG, class_parameters, title_of
from mnist37.ui.visit import OPEN_DIALOG
from mnist37.visitor import is_loopback

PAGES = {
    "": "Lab",
    "draw": "Draw",
    "inside": "Inside",
    "weights": "Weights",
    "compare": "Compare",
    **{lesson.name: f"Lesson {number}: {lesson.short}" for number, lesson in enumerate(LESSONS, 1)},
}
"""What each page is called, by its address."""

ROOM = "room"
"""The address of the page of class rooms, to which the class link does not lead."""
QR_SIDE_PX = 240
KEY = "share"


def share(settings: Settings) -> None:
    """Show the button for a link to these settings of the Lab; its dialog stays open while the page runs again."""
    st.button(
        "Link for a class", icon=":material/share:", type="tertiary", key=KEY, on_click=OPEN_DIALOG.set, args=(KEY,)
    )
    if OPEN_DIALOG.get() == KEY:
        _build(settings)


@st.dialog("A link for your class", width="large", icon=":material/share:", on_dismiss=OPEN_DIALOG.clear)
def _build(settings: Settings) -> None:
    code, choices = st.columns([1, 2.2], gap="medium")
    with choices:
        address = _chosen_address(settings)
    with code:
        live_pictures([qr_code(address)], key="share_qr", alt="The link as a QR code")
    show_address(address)


def show_address(address: str) -> None:
    """Show an address to copy, and how to let others in where it leads to this computer only."""
    st.code(address, language=None, wrap_lines=True)
    if is_only_here(address):
        st.caption(
            ":material/wifi_off: This address opens on this computer only. To let others in, start the app with "
            "`make run ADDRESS=0.0.0.0`, or `mnist37 serve --address 0.0.0.0`."
        )


def _chosen_address(settings: Settings) -> str:
    """Show the choice of what the link opens and locks; return its address."""
    names = [RUNG, *used_settings(settings.rung)]
    page = st.selectbox("The link opens", list(PAGES), format_func=PAGES.__getitem__, key="share_page")
    carried = st.pills("With these settings", names, default=names, format_func=title_of, selection_mode="multi")
    locked = st.pills("Locked", [*names, BUTTONS], format_func=title_of, selection_mode="multi")
    projector = st.toggle("In the projector view", key="share_projector")
    return page_address(app_root(), page, class_parameters(settings, carried, locked, projector=projector))


def page_address(root: str, page: str, parameters: dict[str, str]) -> str:
    """Return the address of a page below the app's root, with these parameters."""
    query = urlencode(parameters, safe=",")
    return f"{root}/{page}" + (f"?{query}" if query else "")


def is_only_here(address: str) -> bool:
    """Return whether an address leads to the computer that opens it."""
    return is_loopback(urlsplit(address).hostname or "")


def qr_code(address: str, side_px: int = QR_SIDE_PX) -> Picture:
    """Return an address as a QR code of this side, a picture that is dark on light in both themes."""
    file = io.BytesIO()
    segno.make(address, error="m").save(file, kind="png", scale=4, border=3)
    return Picture(file.getvalue(), "", "The link as a QR code", side_px)


def app_root() -> str:
    """Return the app's address as others can open it, if the server is open to them."""
    shown = urlsplit(st.context.url or "http://localhost:8501")
    path = shown.path.rstrip("/")
    last = path.rpartition("/")[2]
    if last in {*PAGES, "lab", ROOM}:
        path = path.removesuffix(last).rstrip("/")
    place = shown.netloc
    if is_only_here(shown.geturl()) and st.get_option("server.address") in {"0.0.0.0", "::"}:  # noqa: S104
        place = f"{st.get_option('browser.serverAddress')}:{shown.port or 80}"
    return urlunsplit((shown.scheme, place, path, "", ""))
