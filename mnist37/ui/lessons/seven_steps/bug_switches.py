"""Lines that are easily left out: the broken run and the right one in one figure."""

from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from mnist37.lessons.seven_steps.bugs import BUGS, Curves, train_with
from mnist37.ui.lessons.shared.data import is_large, lesson_rows
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.live.notices import says_errors
from mnist37.ui.runs.curves import thin
from mnist37.ui.shell import start
from mnist37.ui.shell.session import keep
from mnist37.ui.widgets.colours import RUN_COLOURS
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.projector import scaled

CHOSEN, RATE = "bugs_chosen", "bugs_lr"
RATES = (0.1, 0.5, 1.0)
RIGHT, BROKEN = RUN_COLOURS[0], RUN_COLOURS[3]

WHY = {
    "no shuffle": "All 3s come before all 7s, so each mini-batch pulls to one side only.",
    "no zero_grad": "`backward` adds to the old gradients, so each step goes on in the direction of all steps before.",
    "no bias": "The border has to go through the origin, the empty picture; that costs little where their ink differs.",
    "no ReLU": "Two linear layers are one, whatever the number of units.",
    "no sigmoid": "A larger output lowers the loss even where the answer is right, so the outputs grow without end.",
}


@st.fragment
@says_errors
def bug_switches() -> None:
    """Show the choice of a line to leave out, its cost, and both runs."""
    keep(CHOSEN, "no zero_grad")
    keep(RATE, 1.0)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        chosen = st.pills("Left out", BUGS, key=CHOSEN)
        st.select_slider("Learning rate", RATES, key=RATE, width=scaled(180))
    bugs, lr = frozenset([chosen] if chosen else []), st.session_state[RATE]
    right, broken = curves_of(frozenset(), lr), curves_of(bugs, lr)
    with st.container(key="bugs_words"):
        st.markdown(_cost(right, broken, bugs))
        st.caption(" ".join(WHY[bug] for bug in BUGS if bug in bugs) or "Leave a line out, and see what it was for.")
    loss, accuracy = st.columns(2, gap="medium")
    with loss:
        live_figure(
            _losses(right, broken, bugs), key="bugs_loss", height=300, alt="The loss of each mini-batch, both runs"
        )
    with accuracy:
        live_figure(_accuracies(right, broken, bugs), key="bugs_accuracy", height=300, alt="Accuracy of both runs")
    st.caption(f"The chapter's net of 30 units, trained now, {_epochs()} epochs in mini-batches of {_batch_size()}.")


def _epochs() -> int:
    return 6 if is_large() else 20


def _batch_size() -> int:
    return 256 if is_large() else 64


def curves_of(bugs: frozenset[str], lr: float) -> Curves:
    """Return the run with these bugs, trained once for all visitors."""
    return _curves(start.digits().fingerprint, bugs, lr)


@lru_cache(maxsize=36)  # every choice, for two sets of digits
def _curves(fingerprint: str, bugs: frozenset[str], lr: float) -> Curves:  # noqa: ARG001 - the cache key
    return train_with(bugs, lesson_rows(), lr, _batch_size(), _epochs())


def _cost(right: Curves, broken: Curves, bugs: frozenset[str]) -> str:
    ends = f"With all lines: **{percent(right.accuracies[-1])}** of the validation digits right"
    if not bugs:
        return f"{ends}."
    lost = 100 * (right.accuracies[-1] - broken.accuracies[-1])
    costs = f"it costs {lost:.1f} points" if lost > 0.05 else "it costs nothing here"
    ended = f", and the loss is NaN (no number) after step {len(broken.losses)}" if broken.diverged else ""
    return f"{ends} · with {' and '.join(sorted(bugs))}: **{percent(broken.accuracies[-1])}**, {costs}{ended}."


def _losses(right: Curves, broken: Curves, bugs: frozenset[str]) -> dict[str, Any]:
    data = [_trace("right", right.losses, RIGHT)]
    if bugs:
        data.append(_trace("line left out", broken.losses, BROKEN))
    low = -0.75 if min(broken.losses) < 0 else 0.0  # without a sigmoid the loss falls without end
    layout = {"title": {"text": "Loss"}, "xaxis": {"title": {"text": "step"}}, "yaxis": {"range": [low, 0.75]}}
    return {"data": data, "layout": layout}


def _trace(name: str, losses: tuple[float, ...], colour: str) -> dict[str, Any]:
    kept = thin(np.array(losses, np.float32))
    return {
        "x": (kept + 1).tolist(),
        "y": [losses[place] for place in kept],
        "name": name,
        "mode": "lines",
        "line": {"color": colour, "width": 1.5},
    }


def _accuracies(right: Curves, broken: Curves, bugs: frozenset[str]) -> dict[str, Any]:
    runs = [("right", right, RIGHT), *([("line left out", broken, BROKEN)] if bugs else [])]
    data = [
        {
            "x": list(range(1, len(run.accuracies) + 1)),
            "y": [100 * share for share in run.accuracies],
            "name": name,
            "mode": "lines+markers",
            "line": {"color": colour},
        }
        for name, run, colour in runs
    ]
    layout = {
        "title": {"text": "Accuracy on the validation digits"},
        "xaxis": {"title": {"text": "epoch"}},
        "yaxis": {"ticksuffix": " %"},
    }
    return {"data": data, "layout": layout}
