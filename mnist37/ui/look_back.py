"""Looking back: a slider over the steps whose weights a run kept."""

import streamlit as st

from mnist37.runs import History, RunInfo


def look_back(info: RunInfo, history: History) -> int | None:
    """Let the visitor choose a step of a run that is over.

    Returns:
        The chosen step; None for the end, and while the run still learns.
    """
    steps = history.snapshot_steps()
    if not info.status.is_over or len(steps) < 2:
        return None
    key = f"look_back {info.id}"
    st.session_state.setdefault(key, steps[-1])
    step: int = st.select_slider(
        "Look back :small[:gray[· the weights, the answers and your drawing as they were then]]",
        steps,
        key=key,
        format_func=lambda step: f"step {step:,}",
    )
    return None if step == steps[-1] else step
