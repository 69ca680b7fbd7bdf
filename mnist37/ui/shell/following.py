"""Pages that follow something of the server: it runs a page again as soon as what the page shows of it has changed.

Streamlit runs a page again when its browser asks for it. The pages of a class would ask all the time: thirty of them,
every 2 s, took a quarter of a core, and "Eyes up" came late. Here one thread looks for all of them.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import exists, get_instance
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from mnist37.errors import Mnist37Error

INTERVAL_S = 0.5
FORGET_S = 150.0
"""Time without a connection after which a page is forgotten. Streamlit keeps its session for 120 s; then it is new."""

T = TypeVar("T")


@dataclass(slots=True)
class _Page(Generic[T]):
    """A page that follows.

    Args:
        visitor: whose page it is, an id.
        seen: what it shows.
        connected: when it was connected last, in seconds of the monotonic clock.
    """

    visitor: str
    seen: T
    connected: float


class Followers(Generic[T]):
    """The pages that follow something.

    Args:
        look: returns what a visitor, an id, sees of it now. One thread calls it for all pages.
    """

    def __init__(self, look: Callable[[str], T]) -> None:
        self._look = look
        self._pages: dict[str, _Page[T]] = {}
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None

    def follow(self, visitor: str, seen: T) -> None:
        """Run the current page again as soon as this visitor sees something else than `seen`."""
        context = get_script_run_ctx()
        if context is None or not exists() or not hasattr(get_instance(), "_session_mgr"):  # a test without a server
            return
        with self._lock:
            self._pages[context.session_id] = _Page(visitor, seen, time.monotonic())
            if self._watcher is None or not self._watcher.is_alive():
                self._watcher = threading.Thread(target=self._watch, name="mnist37-followers", daemon=True)
                self._watcher.start()

    def _watch(self) -> None:
        never = threading.Event()
        while not never.wait(INTERVAL_S):
            with suppress(Mnist37Error):  # the next run of a page says what is wrong
                self._look_once()

    def _look_once(self) -> None:
        """Run each page again that is connected and out of date; forget those that were left."""
        for session_id, page in list(self._pages.items()):
            info = get_instance()._session_mgr.get_active_session_info(session_id)
            if info is not None:
                page.connected = time.monotonic()
                if self._look(page.visitor) != page.seen:
                    info.session._call_soon_on_event_loop(partial(self._run_at_rest, session_id, info.session))
            elif time.monotonic() > page.connected + FORGET_S:
                self._pages.pop(session_id, None)

    def _run_at_rest(self, session_id: str, session: AppSession) -> None:
        """Run a page again, unless it runs: that would take the place of what its visitor just asked for."""
        if session._scriptrunner is None and session._state is not AppSessionState.SHUTDOWN_REQUESTED:
            self._pages.pop(session_id, None)
            state = session._client_state
            values = WidgetStates()
            values.widgets.extend(session.session_state.get_widget_states())
            session._create_scriptrunner(
                RerunData(
                    query_string=state.query_string,
                    widget_states=values,
                    page_script_hash=state.page_script_hash,
                    context_info=state.context_info if state.HasField("context_info") else None,
                )
            )
