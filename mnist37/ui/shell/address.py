"""The page's address: what it carries, and how the browser's history takes it.

Streamlit makes an entry in the history of every parameter that changes, and Back would take one back after the other. A
script of ours (`frontend/address.js`) lets such a change replace the entry, so that Back leaves the page.
"""

from collections.abc import Mapping

import streamlit as st

from mnist37.ui.live.nodes import mind_address
from mnist37.ui.shell.who import COOKIE, VISITOR_COOKIE

RUN_COOKIE = "mnist37_run"
"""Names the run that this browser looks at, so that another tab finds it."""

READY, _WAITING, KEY = "address_ready", "address_waiting", "address"


def write_address(changes: Mapping[str, str | None]) -> None:
    """Let the address carry these parameters; None takes one out.

    A visit's first changes wait until the script is there: they would make entries of their own.
    """
    waiting = st.session_state.setdefault(_WAITING, {})
    waiting.update(changes)
    if READY in st.session_state:
        _write()


def in_address(name: str) -> str | None:
    """Return a parameter of the address, or its new value if that is not written yet; None if it has none."""
    waiting: dict[str, str | None] = st.session_state.get(_WAITING, {})
    return waiting.get(name, st.query_params.get(name))


def _write() -> None:
    changes = st.session_state.pop(_WAITING, {})
    before = st.query_params.to_dict()
    after = {name: value for name, value in (before | changes).items() if value is not None}
    if after != before:
        st.query_params.from_dict(after)


@st.fragment
def address() -> None:
    """Have the browser mind its history and know the run that is looked at; called once a page."""
    is_new = READY not in st.session_state
    run = st.session_state.get("run")
    cookies = {
        "visitor": f"{VISITOR_COOKIE}={st.session_state.get(COOKIE)}",
        "run": f"{RUN_COOKIE}={run}" if run else "",
    }
    mind_address({"asks": is_new, **cookies}, _begin, key=KEY)


def _begin() -> None:
    st.session_state[READY] = True
    _write()


def run_of_other_tab() -> str | None:
    """The run that this browser looked at last, if any."""
    return st.context.cookies.get(RUN_COOKIE)
