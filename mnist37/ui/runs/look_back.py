"""Looking back: a slider over the steps whose weights a run kept."""

import streamlit as st

from mnist37.runs import History, RunInfo
from mnist37.ui.widgets.labels import hinted


def look_back(info: RunInfo, history: History) -> int | None:
    """Let the visitor choose a step of a run that is over.

    Returns:
        The chosen step; None for the end, and while the run still learns.
    """
    steps = history.snapshot_steps()
    if not info.status.is_over or len(steps) < 2:
        return None
    # The end is the widget's own default: a value that we set is told once, and lost if the page is drawn again then.
    step: int = st.select_slider(
        hinted("Look back", "the weights, the answers and your drawing as they were then"),
        steps,
        value=steps[-1],
        key=f"look_back {info.id}",
        format_func=lambda step: f"step {step:,}",
    )
    return None if step == steps[-1] else step
