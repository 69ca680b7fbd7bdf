"""The page's address: its parameters, and the browser's history.

Streamlit adds a history entry for every changed parameter, so that Back would undo one change after the other. A script
of ours (`frontend/address.js`) replaces the entry instead, so that Back leaves the page.
"""

from collections.abc import Mapping

import streamlit as st

from mnist37.ui.live.nodes import manage_history
from mnist37.ui.shell.who import VISITOR_COOKIE
from mnist37.ui.visit import ADDRESS_READY, ADDRESS_WAITING, RUN, VISITOR_COOKIE_VALUE

RUN_COOKIE = "mnist37_run"
"""Name of a cookie with the selected run of this browser, for its other tabs."""

KEY = "address"


def write_address(changes: Mapping[str, str | None]) -> None:
    """Write these parameters to the address; None removes one.

    A visit's first changes wait until the script is ready: before, they would add history entries.
    """
    ADDRESS_WAITING.keep().update(changes)
    if ADDRESS_READY.get():
        _write()


def in_address(name: str) -> str | None:
    """Return a parameter of the address, or its new value if that is not written yet; None if it has none."""
    return ADDRESS_WAITING.get().get(name, st.query_params.get(name))


def _write() -> None:
    changes = ADDRESS_WAITING.pop()
    before = st.query_params.to_dict()
    after = {name: value for name, value in (before | changes).items() if value is not None}
    if after != before:
        st.query_params.from_dict(after)


@st.fragment
def address() -> None:
    """Set up the script for the history, and the cookies; called once a page."""
    is_new = not ADDRESS_READY.get()
    run = RUN.get()
    cookies = {
        "visitor": f"{VISITOR_COOKIE}={VISITOR_COOKIE_VALUE.get()}",
        "run": f"{RUN_COOKIE}={run}" if run else "",
    }
    manage_history({"asks": is_new, **cookies}, _begin, key=KEY)


def _begin() -> None:
    ADDRESS_READY.set(True)
    _write()


def run_of_other_tab() -> str | None:
    """Return the run that this browser selected last, if any."""
    return st.context.cookies.get(RUN_COOKIE)
