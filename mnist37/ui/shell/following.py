"""Pages that follow something of the server: it runs a page again as soon as what the page shows of it has changed.

Streamlit runs a page again when its browser asks for it. The pages of a class would ask all the time: thirty of them,
every 2 s, took a quarter of a core, and "Eyes up" came late. Here one thread looks for all of them.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import exists, get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from mnist37.errors import Mnist37Error

INTERVAL_S = 0.5

T = TypeVar("T")


class Followers(Generic[T]):
    """The pages that follow something.

    Args:
        look: returns what a visitor, an id, sees of it now. One thread calls it for all pages.
    """

    def __init__(self, look: Callable[[str], T]) -> None:
        self._look = look
        self._pages: dict[str, tuple[str, T]] = {}
        self._lock = threading.Lock()
        self._is_watched = False

    def follow(self, visitor: str, seen: T) -> None:
        """Run the current page again as soon as this visitor sees something else than `seen`."""
        context = get_script_run_ctx()
        if context is None or not exists():  # a test without a server
            return
        with self._lock:
            self._pages[context.session_id] = (visitor, seen)
            if not self._is_watched:
                self._is_watched = True
                threading.Thread(target=self._watch, name="mnist37-followers", daemon=True).start()

    def _watch(self) -> None:
        never = threading.Event()
        try:
            while self._is_needed():
                with suppress(Mnist37Error):  # the next run of a page says what is wrong
                    self._look_once()
                never.wait(INTERVAL_S)
        finally:
            self._is_watched = False

    def _look_once(self) -> None:
        for session_id, (visitor, seen) in list(self._pages.items()):
            if not get_instance().is_active_session(session_id) or self._look(visitor) != seen:
                self._run_again(session_id)

    def _is_needed(self) -> bool:
        with self._lock:
            self._is_watched = bool(self._pages)
            return self._is_watched

    def _run_again(self, session_id: str) -> None:
        """Run a page again if it is at rest; one that runs is looked at again, and one that was left is forgotten."""
        info = get_instance()._session_mgr.get_active_session_info(session_id)
        if info is None:
            self._pages.pop(session_id, None)
        else:
            info.session._call_soon_on_event_loop(lambda: self._run_at_rest(session_id, info.session))

    def _run_at_rest(self, session_id: str, session: AppSession) -> None:
        if session._scriptrunner is None:  # else it would take the place of what the visitor just asked for
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
