"""A visitor without a browser: exchanges Streamlit's own messages with a server of this machine, as its frontend does.

It opens a page, runs each fragment with an interval again in time, can press a button, and keeps the durations. It
draws nothing, so it measures the server alone.
"""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from mnist37.ui.shell.address import KEY
from mnist37.ui.shell.who import VISITOR_COOKIE

FINISHED = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}
"""A run that ended early is followed by another one, which draws what was asked for."""
PATIENCE_SECONDS = 60


@dataclass
class Visitor:
    """One browser tab.

    Args:
        url: the server, such as `http://127.0.0.1:8501`.
        query: the address's parameters.
        page: the address of the page, without a slash; empty for the Lab.
        cookie: of the visitor; empty for a new one.
        ticks: seconds from asking for a fragment's run to its end.
        clicks: seconds from pressing a button to the end of the page's run.
        bytes_received: the number of bytes that the server sent.
    """

    url: str
    query: str = ""
    page: str = ""
    cookie: str = ""
    ticks: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    bytes_received: int = 0
    _buttons: dict[str, str] = field(default_factory=dict)
    _fragments: dict[str, str] = field(default_factory=dict)
    _timers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _finished: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _page: str = ""
    _answer: asyncio.Task[float] | None = None
    _failed: BaseException | None = None
    _socket: ClientConnection | None = None
    _components: dict[str, str] = field(default_factory=dict)
    _values: dict[str, WidgetState] = field(default_factory=dict)

    async def visit(self, seconds: float, first: str = "", press: tuple[str, ...] = (), every: float = 10.0) -> None:
        """View the page for `seconds`; press the button `first`, then those of `press` in turn, one `every` seconds."""
        async with self.opened():
            end, place = time.monotonic() + seconds, 0
            while time.monotonic() < end:
                await asyncio.sleep(min(every, max(0.0, end - time.monotonic())))
                if time.monotonic() >= end:
                    break
                if first:
                    first = "" if await self.press(first) else first
                elif press:
                    place += await self.press(press[place % len(press)])

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open the page, and leave it at the end."""
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        headers = {"Cookie": f"{VISITOR_COOKIE}={self.cookie}"} if self.cookie else {}
        protocol = Subprotocol("streamlit")
        async with connect(address, subprotocols=[protocol], additional_headers=headers, max_size=None) as socket:
            self._socket = socket
            reader = asyncio.create_task(self._read(socket))
            reader.add_done_callback(self._broken)
            try:
                await self._run(socket)
                yield
            finally:
                for task in (reader, *self._timers.values()):
                    task.cancel()
                self._socket = None

    @property
    def run(self) -> str:
        """The id of the selected run, from its address."""
        return parse_qs(self.query).get("run", [""])[0]

    async def press(self, label: str) -> bool:
        """Press a button; return whether the page has it."""
        if label not in self._buttons or self._socket is None:
            return False
        self.clicks.append(await self._run(self._socket, WidgetState(id=self._buttons[label], trigger_value=True)))
        return True

    async def go(self, page: str) -> None:
        """Go to another page, by its address, in the same visit."""
        assert self._socket is not None
        self._buttons.clear()
        self._components.clear()
        self._values.clear()
        self.page, self._page = page, ""
        self.clicks.append(await self._run(self._socket))

    async def draw(self, png: bytes, key: str = "canvas") -> bool:
        """Send a drawing, as the canvas does after a stroke; return whether the page has a canvas of that key."""
        found = next((found for name, found in self._components.items() if name.startswith(f"{key} ")), None)
        if found is None or self._socket is None:
            return False
        data = f"data:image/png;base64,{base64.b64encode(png).decode()}"
        value = json.dumps({"drawing": {"raw": {"objects": [{"type": "Path"}]}, "data": data}, "backgroundFit": None})
        await self._run(self._socket, WidgetState(id=found, json_value=value))
        return True

    def on_content(self, key: str, body: str) -> None:
        """Take the new content of an HTML node; for subclasses."""

    async def _run(self, socket: ClientConnection, touched: WidgetState | None = None, fragment: str = "") -> float:
        """Run the page or a fragment, and wait for its end; one at a time, as the server does."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self.query, self._page
        state.page_name = "" if self._page else self.page
        if touched is not None:
            fragment = self._fragments.get(touched.id, fragment)  # a browser asks for the widget's fragment only
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment) and touched is None
        if touched is not None and touched.WhichOneof("value") == "json_value":
            self._values[touched.id] = touched  # a browser sends the values of all widgets each time
        elif touched is not None:
            state.widget_states.widgets.append(touched)
        state.widget_states.widgets.extend(self._values.values())
        asked = time.perf_counter()
        async with self._turn:
            self._finished.clear()
            await socket.send(message.SerializeToString())
            async with asyncio.timeout(PATIENCE_SECONDS):  # asyncio.wait_for of Python 3.11 can swallow a cancellation
                await self._finished.wait()
        if self._failed is not None:
            raise self._failed
        return time.perf_counter() - asked

    async def _read(self, socket: ClientConnection) -> None:
        async for data in socket:
            assert isinstance(data, bytes)
            self.bytes_received += len(data)
            message = ForwardMsg()
            message.ParseFromString(data)
            self._take(socket, message)

    def _take(self, socket: ClientConnection, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                if not message.metadata.run.fragment_ids:
                    self._stop_all_timers()  # the page runs again, and will send its fragments with an interval
            case "delta":
                self._take_element(socket, message)
            case "navigation":
                self._page = message.navigation.page_script_hash
            case "auto_rerun":
                told = message.auto_rerun
                self._stop_timer(told.fragment_id)
                self._timers[told.fragment_id] = asyncio.create_task(
                    self._tick(socket, told.fragment_id, told.interval)
                )
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._stop_timer(fragment)
            case "script_finished" if message.script_finished in FINISHED:
                self._finished.set()

    def _take_element(self, socket: ClientConnection, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if widget := element.button.id or element.bidi_component.id:
            self._fragments[widget] = message.delta.fragment_id
        match element.WhichOneof("type"):
            case "button" if element.button.disabled:
                self._buttons.pop(element.button.label, None)  # nobody can press it
            case "button":
                self._buttons[element.button.label] = element.button.id
            case "bidi_component":
                self._mind_component(socket, message)

    def _mind_component(self, socket: ClientConnection, message: ForwardMsg) -> None:
        """Reply as `address.js` does if the server asks: only then does the server write the run into the address."""
        component = message.delta.new_element.bidi_component
        key = component.id.rpartition("-")[2]
        self._components[key] = component.id
        if component.component_name.endswith("mnist37.html"):
            self.on_content(key, json.loads(component.bytes)["content"]["body"])
        if component.id.endswith(f"-{KEY}") and json.loads(component.bytes)["asks"]:
            events = json.dumps([{"event": "ready", "value": True}])
            answer = WidgetState(id=_make_trigger_id(component.id, "events"), json_trigger_value=events)
            self._answer = asyncio.create_task(self._run(socket, answer, message.delta.fragment_id))

    async def _tick(self, socket: ClientConnection, fragment: str, interval: float) -> None:
        with suppress(ConnectionClosed):  # the visitor has left
            while True:
                await asyncio.sleep(interval)
                self.ticks.append(await self._run(socket, fragment=fragment))

    def _broken(self, reader: asyncio.Task[None]) -> None:
        """End the wait for a reply after reading has failed."""
        if not reader.cancelled() and reader.exception() is not None:
            self._failed = reader.exception()
        self._finished.set()

    def _stop_all_timers(self) -> None:
        for fragment in list(self._timers):
            self._stop_timer(fragment)

    def _stop_timer(self, fragment: str) -> None:
        if fragment in self._timers:
            self._timers.pop(fragment).cancel()
