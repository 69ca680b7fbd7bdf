"""The page's address: what it carries, and how the browser's history takes it.

Streamlit makes an entry in the history of every parameter that changes, and Back would take one back after the other. A
script of ours (`frontend/address.js`) lets such a change replace the entry, so that Back leaves the page.
"""

from collections.abc import Mapping

import streamlit as st

from mnist37.ui.live.nodes import mind_address
from mnist37.ui.shell.who import VISITOR_COOKIE
from mnist37.ui.visit import ADDRESS_READY, ADDRESS_WAITING, RUN, VISITOR_COOKIE_VALUE

RUN_COOKIE = "mnist37_run"
"""Names the run that this browser looks at, so that another tab finds it."""

KEY = "address"


def write_address(changes: Mapping[str, str | None]) -> None:
    """Let the address carry these parameters; None takes one out.

    A visit's first changes wait until the script is there: they would make entries of their own.
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
    """Have the browser mind its history and know the run that is looked at; called once a page."""
    is_new = not ADDRESS_READY.get()
    run = RUN.get()
    cookies = {
        "visitor": f"{VISITOR_COOKIE}={VISITOR_COOKIE_VALUE.get()}",
        "run": f"{RUN_COOKIE}={run}" if run else "",
    }
    mind_address({"asks": is_new, **cookies}, _begin, key=KEY)


def _begin() -> None:
    ADDRESS_READY.set(True)
    _write()


def run_of_other_tab() -> str | None:
    """The run that this browser looked at last, if any."""
    return st.context.cookies.get(RUN_COOKIE)
