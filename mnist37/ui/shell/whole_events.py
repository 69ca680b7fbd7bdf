"""Streamlit's handling of a visitor's event, without an interruption by the next one.

A request that arrives interrupts the running script at its next call of `st`. Streamlit 1.67 also does so while it
applies an event: the click is lost, or its callback ends at its first line that reads `st.session_state`. A slider that
was turned right after another one did not reach the run in this way, whenever the machine was busy.
"""

import threading
from typing import Any

from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequest, ScriptRequests
from streamlit.runtime.state.safe_session_state import SafeSessionState

_applying = threading.local()
_apply = SafeSessionState.on_script_will_rerun
_look = ScriptRequests.on_scriptrunner_yield


def apply_events_whole() -> None:
    """Make Streamlit apply each event, and run its callbacks to their end, before it looks at the next request."""
    SafeSessionState.on_script_will_rerun = _apply_whole  # type: ignore[assignment,method-assign]
    ScriptRequests.on_scriptrunner_yield = _look_afterwards  # type: ignore[assignment,method-assign]


def _apply_whole(state: SafeSessionState, *args: Any, **more: Any) -> None:
    _applying.now = True
    try:
        _apply(state, *args, **more)
    finally:
        _applying.now = False


def _look_afterwards(requests: ScriptRequests) -> ScriptRequest | None:
    return None if getattr(_applying, "now", False) else _look(requests)
