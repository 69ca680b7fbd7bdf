"""Streamlit's handling of a visitor's event, without an interruption by the next one.

A request that arrives interrupts the running script at its next call of `st`. Streamlit 1.67 also does so while it
applies an event: the click is lost, or its callback ends at its first line that reads `st.session_state`. A slider that
was turned right after another one did not reach the run in this way, whenever the machine was busy.

Streamlit's page sends a click together with another widget's event of the same moment, and names the fragment of that
one only. So the click's callback ran, and the page was not drawn again: it is, here.

A value that its widget cannot have (of another type, or an option that there is not) comes from no page of ours, but
from somebody who changed one. The same is true of a value whose id no widget can have. Streamlit would show an
error instead of the page; here such a value is ignored.
"""

import logging
import threading
from dataclasses import replace
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequest, ScriptRequests
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.state.common import WidgetMetadata, is_element_id, unpack_widget_state_value
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX, SessionState

_log = logging.getLogger(__name__)
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
        if args and args[0] is not None:
            args = (_possible(state._state, args[0]), *args[1:])
        _apply(state, *args, **more)
        _draw_all_if_more_changed(state._state, args[0] if args else None)
    finally:
        _applying.now = False


def _draw_all_if_more_changed(session: SessionState, widget_states: WidgetStates | None) -> None:
    """Ask for a run of the whole page if, in a run of some fragments, a widget outside of these has changed."""
    context = get_script_run_ctx()
    if context is None or not context.fragment_ids_this_run or context.script_requests is None:
        return
    known = session._new_widget_state.widget_metadata
    changed = (known[widget] for widget in session._new_widget_state if widget in known and _changed(session, widget))
    if any(metadata.fragment_id not in context.fragment_ids_this_run for metadata in changed):
        triggers = session._filter_active_trigger_widget_states(widget_states)
        request = replace(session._build_full_app_rerun(context), replay_trigger_states=triggers)
        context.script_requests.request_rerun(request)


def _possible(session: SessionState, sent: WidgetStates) -> WidgetStates:
    """Return the values that their widgets can have, and those of widgets that are not known yet."""
    known, kept = session._new_widget_state.widget_metadata, WidgetStates()
    for value in sent.widgets:
        if _can_be(known[value.id], value) if value.id in known else _is_widget_id(value.id):
            kept.widgets.append(value)
        else:
            _log.warning("A value was ignored that its widget cannot have: %.80r", value.id)
    return kept


def _is_widget_id(sent: str) -> bool:
    """Return whether an id has the form of a widget's, or of a component's event."""
    return is_element_id(sent) or sent.startswith(STREAMLIT_INTERNAL_KEY_PREFIX)


def _can_be(metadata: WidgetMetadata[Any], sent: WidgetState) -> bool:
    """Return whether a widget can have a value; none at all is one where the widget begins without one."""
    # Streamlit forgets the type of a widget whose value was cleared. Its page sends a whole number as an integer, also
    # where the widget's type is "double".
    types = {str(name).replace("int", "double") for name in (sent.WhichOneof("value"), metadata.value_type) if name}
    if len(types) > 1 or _is_no_option(metadata, sent):
        return False
    try:
        value = metadata.deserializer(unpack_widget_state_value(sent))
        # A choice that begins with an option keeps one: each choice here that may be left empty begins so.
        return value is not None or metadata.deserializer(None) is None
    except Exception:  # noqa: BLE001 - each of Streamlit's widgets raises what its own code stumbles over
        return False


def _is_no_option(metadata: WidgetMetadata[Any], sent: WidgetState) -> bool:
    """Return whether a choice has no such option: Streamlit gives its text to the callback all the same."""
    options = getattr(getattr(metadata.deserializer, "__self__", None), "formatted_option_to_option_index", None)
    texts = [sent.string_value] if sent.HasField("string_value") else sent.string_array_value.data
    return options is not None and not set(texts) <= set(options)


def _changed(session: SessionState, widget: str) -> bool:
    """Return whether a widget was clicked, or has another value than before; a widget without one before is new."""
    before, now = session._old_state.get(widget), session._new_widget_state.get(widget)
    return bool(now != before and (before is not None or now is True))


def _look_afterwards(requests: ScriptRequests) -> ScriptRequest | None:
    return None if getattr(_applying, "now", False) else _look(requests)
