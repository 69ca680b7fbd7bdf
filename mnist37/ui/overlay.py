"""The runs whose curves a visitor wants to see laid over each other, chosen on one page and drawn on another."""

from collections.abc import Iterable

import streamlit as st

from mnist37.engine import Engine
from mnist37.errors import RunError

MOST_OVERLAID = 6
"""More curves in one figure are not told apart any more."""

_KEY = "overlay"


def overlaid(engine: Engine) -> list[str]:
    """The ids of the runs to overlay, in the order in which they were chosen; those deleted meanwhile are left out."""
    return [run_id for run_id in st.session_state.get(_KEY, []) if _is_there(engine, run_id)]


def set_overlay(ids: Iterable[str]) -> None:
    """From now on, overlay these runs: each once, the first `MOST_OVERLAID` of them; none takes the overlay away."""
    st.session_state[_KEY] = list(dict.fromkeys(ids))[:MOST_OVERLAID]


def _is_there(engine: Engine, run_id: str) -> bool:
    try:
        engine.info(run_id)
    except RunError:
        return False
    return True
