"""A browser's tab without a browser: it speaks to the server as Streamlit's page does, or as nobody should."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect
from websockets.typing import Subprotocol

PATIENCE_S = 120.0
ANSWER_S = 2.0
"""Time after which a sign of life is asked for again."""
STARTS = "Once all is ready"
"""What the page says while the app starts."""
QUIET_S = 2.0
"""Time without a message after which nothing more is expected."""
FINISHED = {
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
    ForwardMsg.FINISHED_WITH_COMPILE_ERROR,
}
"""Ends of a run that no other run follows at once."""
WORDS = ("markdown", "alert", "toast", "heading", "text", "html")


@dataclass
class Tab:
    """One tab of a browser.

    Args:
        url: the server's.
        query: the parameters of the address.
        page: the name of the page; empty for the first one.
        cookie: what the browser sends as its cookies; None for none.
        exceptions: what the page showed of exceptions.
        said: the texts of the page, the newest last.
        buttons: the id of each button by its label.
        fields: the id of each text field by its label.
        widgets: the ids of the page's widgets, with their kinds.
        hash: Streamlit's name of the page that is shown.
        session: Streamlit's name of the visit.
    """

    url: str
    query: str = ""
    page: str = ""
    cookie: str | None = None
    exceptions: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    widgets: dict[str, str] = field(default_factory=dict)
    hash: str = ""
    session: str = ""

    def __enter__(self) -> Self:
        self._connect("streamlit")
        return self

    def _connect(self, *protocols: str) -> None:
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        headers = {} if self.cookie is None else {"Cookie": self.cookie}
        self._open = connect(
            address, subprotocols=[*map(Subprotocol, protocols)], max_size=None, additional_headers=headers
        )
        self._socket = self._open.__enter__()

    def connect_again(self) -> None:
        """Lose the connection, and come back to the same session, as a page does that was offline."""
        self._open.__exit__(None, None, None)
        self._connect("streamlit", "no-token", self.session)

    def __exit__(self, *_: object) -> None:
        self._open.__exit__(None, None, None)

    def open(self) -> Self:
        """Run the page, again and again while the app still starts."""
        self.run()
        while any(STARTS in words for words in self.said):
            self.settle()  # the page that waits for the start runs again by itself
        return self

    def message(self, *touched: WidgetState, fragment: str = "") -> BackMsg:
        """Return the message that runs the page after these widgets were touched."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash, state.fragment_id = self.query, self.hash, fragment
        state.page_name = "" if self.hash else self.page
        state.widget_states.widgets.extend(touched)
        return message

    def run(self, *touched: WidgetState) -> None:
        """Run the page, and wait for its end."""
        self.said.clear()
        self.send(self.message(*touched).SerializeToString())
        self.wait()

    def press(self, *labels: str) -> None:
        """Press buttons, one after the other, without a look at what they do."""
        for label in labels:
            self.send(self.message(self.pressed(label)).SerializeToString())

    def pressed(self, label: str) -> WidgetState:
        """Return what a button sends that was pressed."""
        return WidgetState(id=self.buttons[label], trigger_value=True)

    def send(self, data: bytes) -> None:
        """Send any bytes."""
        self._socket.send(data)

    def wait(self) -> None:
        """Read until a run of the page ends."""
        while not self._take(self._next()):
            pass

    def settle(self) -> None:
        """Run the page once more, and wait until all that was asked for before has been done."""
        self.run()
        with suppress(TimeoutError):
            while True:
                self._take(self._next(QUIET_S))

    def wait_until_said(self, words: str) -> None:
        """Run the page until it says so."""
        for _ in range(1000):
            if any(words in said for said in self.said):
                return
            self.run()
        raise AssertionError(f"{words!r} was not said: {self.said}")

    def answers(self) -> bool:
        """Return whether the server answers a sign of life; a run that begins just then drops its answer."""
        message, end = BackMsg(), time.monotonic() + PATIENCE_S
        message.app_heartbeat = True
        while time.monotonic() < end:
            self.send(message.SerializeToString())
            with suppress(TimeoutError):
                while (received := self._next(ANSWER_S)).WhichOneof("type") != "heartbeat_ack":
                    self._take(received)
                return True
        return False

    def _next(self, timeout_s: float = PATIENCE_S) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self._socket.recv(timeout_s, decode=False))
        return message

    def _take(self, message: ForwardMsg) -> bool:
        match message.WhichOneof("type"):
            case "new_session":
                self.session = message.new_session.initialize.session_id
            case "navigation":  # the session's first run begins as another page's
                self.hash = message.navigation.page_script_hash
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "delta":
                self._take_element(message.delta.new_element)
            case "script_finished":
                return message.script_finished in FINISHED
        return False

    def _take_element(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind is None:
            return
        shown = getattr(element, kind)
        if kind == "exception":
            self.exceptions.append(f"{shown.type}: {shown.message} {''.join(shown.stack_trace)}")
        if kind == "button":
            self.buttons[shown.label] = shown.id
        if kind == "text_input":
            self.fields[shown.label] = shown.id
        if kind in WORDS:
            self.said.append(getattr(shown, "body", "") or getattr(shown, "text", ""))
        if getattr(shown, "id", ""):
            self.widgets[shown.id] = kind


def said_by(tabs: Iterable[Tab]) -> list[str]:
    """Return all exceptions that these tabs were shown."""
    return [exception for tab in tabs for exception in tab.exceptions]
