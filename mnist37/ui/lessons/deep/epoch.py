"""One epoch of ResNet-18, live: the loss of each batch, the learning rate of each step, and the result."""

from typing import Any

import streamlit as st

from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.lessons.deep import one_cycle
from mnist37.runs import RunInfo
from mnist37.settings import Settings
from mnist37.ui.answers.ask import baseline
from mnist37.ui.lessons.shared.lesson_run import lesson_run, train_button
from mnist37.ui.live.nodes import live_figure, live_pictures
from mnist37.ui.live.pictures import first_layer_pictures
from mnist37.ui.runs.choose_run import follow, until_over
from mnist37.ui.runs.curves import Curve, loss_figure
from mnist37.ui.shell import start
from mnist37.ui.widgets.colours import RUN_COLOURS
from mnist37.ui.widgets.words import BADGES, score_words

TICK_SECONDS = 0.4
POINTS = 100


def one_epoch(engine: Engine, settings: Settings) -> None:
    """Show a button that trains one epoch, or the run itself once it exists."""
    run_id = lesson_run(engine, settings)
    if run_id is not None:
        follow(engine, run_id, _watch, until_over(TICK_SECONDS), is_current=False)
        return
    steps = settings.steps_per_epoch(start.digits().n_train)
    train_button(engine, settings, "Train one epoch")
    st.markdown(
        f"{start.digits().n_train:,} digits in mini-batches of {settings.batch_size}: **{steps} steps**, the learning "
        f"rate up to {settings.lr:g} and down again. Pixel similarity, which learns nothing: "
        f"{score_words(baseline(start.digits()).score)}."
    )
    alt = "The learning rate and the momentum that the steps will have"
    live_figure(cycle_figure(settings.lr), key="deep_plan", height=330, alt=alt)


def _watch(engine: Engine, run_id: str) -> None:
    info, history = engine.info(run_id), engine.history(run_id)
    with st.container(key="deep_words"):
        _words(info, history.step)
    curve, filters = st.columns([1.6, 1], gap="large")
    with curve:
        live_figure(loss_figure(Curve(info, history)), key="deep_loss", height=340, alt="The loss of each mini-batch")
    with filters:
        snapshot = history.snapshot()
        if snapshot is not None:
            st.markdown("**First layer** :small[:gray[· 64 filters of 7 × 7]]")
            live_pictures(
                first_layer_pictures(info.settings, snapshot, 34, captions=False), key="deep_filters",
                alt="The 64 filters of the first layer",
            )  # fmt: skip


def _words(info: RunInfo, step: int) -> None:
    word, icon, colour = BADGES[info.status]
    steps = info.settings.steps_per_epoch(info.n_train)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(word, icon=icon, color=colour)
        if info.status is Status.QUEUED:
            st.markdown("It trains as soon as a worker is free.")
        elif info.status.is_over:
            st.markdown(_outcome(info))
        else:
            rate, momentum = one_cycle(info.settings.lr, step / steps)
            st.markdown(f"step **{step}** of {steps} · learning rate **{rate:.2g}** · momentum **{momentum:.2f}**")
    if info.status in {Status.DIVERGED, Status.FAILED}:
        st.error(info.reason, icon=":material/error:")


def _outcome(info: RunInfo) -> str:
    if info.score is None:
        return "Stopped in the first epoch: no accuracy yet."
    against = f"pixel similarity: {baseline(start.digits()).score}"
    return f"**{score_words(info.score)}**; {against}; {info.seconds:.1f} s."


def cycle_figure(peak: float) -> dict[str, Any]:
    """Return learning rate and momentum over the share of the training in percent, on two axes: a plain Plotly dict."""
    shares = [place / POINTS for place in range(POINTS + 1)]
    rates, momenta = zip(*(one_cycle(peak, share) for share in shares), strict=True)
    look = {"x": [100 * share for share in shares], "mode": "lines"}
    return {
        "data": [
            {**look, "y": rates, "name": "learning rate", "line": {"color": RUN_COLOURS[0], "width": 3}},
            {
                **look,
                "y": momenta,
                "name": "momentum",
                "yaxis": "y2",
                "line": {"color": RUN_COLOURS[1], "width": 2, "dash": "dash"},
            },
        ],
        "layout": {
            "xaxis": {"title": {"text": "of the training"}, "ticksuffix": " %"},
            "yaxis": {"title": {"text": "learning rate"}, "rangemode": "tozero"},
            "yaxis2": {"overlaying": "y", "side": "right", "showgrid": False, "tickmode": "auto"},
            "margin": {"r": 56},
        },
    }
