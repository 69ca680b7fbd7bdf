"""A run that is over, played once more: what the board showed of it, step by step, for those who were not there."""

from typing import Any

import numpy as np
import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.ui.lab.board import told
from mnist37.ui.runs.curves import Curve

FRAMES = 30
BENT = 1.5
"""A loss falls fastest at first, so the first steps get more of the time than the last ones."""

Frame = dict[str, dict[str, Any]]
"""What each node of the board shows, by its key."""


@st.cache_resource(show_spinner=False, max_entries=4)
def frames(run_id: str, _engine: Engine, _digits: Digits) -> list[Frame]:
    """Return the board at some steps of a run, from none to all of them, made once for all visitors.

    The axes are those of the whole curves from the beginning on, so that only the curves move.
    """
    info, history = _engine.info(run_id), _engine.history(run_id)
    shares = np.linspace(0, 1, FRAMES) ** BENT
    steps = sorted({round(share * history.step) for share in shares.tolist()})
    played: list[Frame] = []
    for step in steps:
        contents = told(_engine, [Curve(info, history.until(step))], _digits, step)
        played.append({content.key: dict(content.data) for content in contents})
    for frame in played:
        for key, data in frame.items():
            if "figure" in data:
                data["figure"] = {**data["figure"], "layout": played[-1][key]["figure"]["layout"]}
    return played
