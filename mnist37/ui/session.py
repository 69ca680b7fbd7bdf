"""What one visitor's browser tab remembers: its widgets across pages, and the run it looks at, in the address too."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.errors import Mnist37Error, RunError
from mnist37.settings import Settings
from mnist37.ui import start
from mnist37.ui.first_run import ensure_first_run

P = ParamSpec("P")
T = TypeVar("T")

RUN_PARAMETER = "run"
OPENED_BY_LINK = "opened_by_link"
"""Holds the run that a link opened in a new tab, until the Lab's knobs have taken its settings."""


def visitor() -> str:
    """A name for this visitor, so that the engine can be fair."""
    if "visitor" not in st.session_state:
        st.session_state["visitor"] = uuid.uuid4().hex
    return str(st.session_state["visitor"])


def current_run(engine: Engine) -> str:
    """The run that this visitor looks at: the address says which, else what was looked at last, else the first run."""
    asked = st.query_params.get(RUN_PARAMETER)
    is_first_look = "run" not in st.session_state
    for run_id in (asked, st.session_state.get("run")):
        if run_id and _can_be_shown(engine, run_id):
            look_at(run_id)
            if is_first_look:
                st.session_state[OPENED_BY_LINK] = run_id
            return run_id
        if run_id and run_id == asked:
            st.toast(f"The run {run_id} is not here (any more), so another one is shown.", icon=":material/search_off:")
    look_at(_first_run(engine))
    return str(st.session_state["run"])


def _first_run(engine: Engine) -> str:
    """What a new visitor finds; somebody may have deleted it meanwhile."""
    started = start.start()
    if not _can_be_shown(engine, started.first_run):
        started.first_run = ensure_first_run(engine, start.digits())
    return started.first_run


def train(engine: Engine, settings: Settings, digits: Digits) -> None:
    """Train, and look at it; what this visitor still trains is stopped, as nobody looks at it any more."""
    last = st.session_state.get("own_run")
    if last is not None and engine.trains(last):
        engine.stop(last)
        st.toast("Your run before this one was stopped; what it learned is kept.", icon=":material/stop:")
    st.session_state["own_run"] = engine.submit(settings, digits, visitor())
    look_at(st.session_state["own_run"])


def look_at(run_id: str) -> None:
    """From now on, this visitor looks at that run, also after a reload."""
    st.session_state["run"] = run_id
    if st.query_params.get(RUN_PARAMETER) != run_id:
        st.query_params[RUN_PARAMETER] = run_id


def _can_be_shown(engine: Engine, run_id: str) -> bool:
    try:
        engine.info(run_id)
    except RunError:
        return False
    return True


def keep(key: str, default: Any) -> Any:
    """Give the widget `key` its last value: Streamlit forgets a widget's value when its page is left."""
    kept = st.session_state.setdefault("kept", {})
    if key not in st.session_state:
        st.session_state[key] = kept.get(key, default)
    kept[key] = st.session_state[key]
    return kept[key]


def says_errors(function: Callable[P, T]) -> Callable[P, T | None]:
    """Let a page or a fragment say what went wrong and what to do, instead of a traceback."""

    @wraps(function)
    def careful(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return function(*args, **kwargs)
        except Mnist37Error as error:
            st.error(f"**{error.message}** {error.remedy}", icon=":material/error:")
            return None

    return careful
