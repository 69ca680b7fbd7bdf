"""A run as it learns: status, buttons, progress, curves and what it has come to, brought up to date while one looks."""

from contextlib import nullcontext

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.rungs import get_rung
from mnist37.runs import History, RunInfo
from mnist37.ui import start
from mnist37.ui.baseline import baseline
from mnist37.ui.curves import accuracy_figure, loss_figure
from mnist37.ui.follow import follow
from mnist37.ui.live import live_figure
from mnist37.ui.look_back import look_back
from mnist37.ui.overlay import set_overlay, with_overlaid
from mnist37.ui.result import result
from mnist37.ui.session import keep
from mnist37.ui.words import BADGES, model_title, percent, progress_words, settings_words

TICK_SECONDS, QUEUED_TICK_SECONDS, PAUSED_TICK_SECONDS = 0.2, 0.25, 0.5
LOSS_HEIGHT, ACCURACY_HEIGHT = 270, 230
LOG_KEY = "lab_log"
LAST_FEW, BURST = 5, 5.0
"""Where the last five losses are on average five times the first one, a run goes wrong."""

ASKED = {Status.PAUSED: "pausing …", Status.RUNNING: "going on …", Status.STOPPED: "stopping …"}


def watch_run(engine: Engine, run_id: str) -> None:
    """Show a run, several times a second while it is under way."""
    follow(engine, run_id, _watch, _clock)


def _watch(engine: Engine, run_id: str) -> None:
    info, history, digits = engine.info(run_id), engine.history(run_id), start.digits()
    with st.container():  # one element, whatever it holds: the figures below keep their places, and so their nodes
        _headline(engine, info, history)
    curves, outcome = st.columns([1.55, 1], gap="medium")
    with curves:
        figures = st.container()
        step = look_back(info, history)
        with figures:
            _curves(engine, info, history, digits, step)
    with outcome:
        result(engine, info, history, digits, step)


def _clock(status: Status) -> float | None:
    """Another clock wherever the buttons above are others: the page draws them anew when it changes."""
    clocks = {Status.QUEUED: QUEUED_TICK_SECONDS, Status.RUNNING: TICK_SECONDS, Status.PAUSED: PAUSED_TICK_SECONDS}
    return clocks.get(status)


def _badge(engine: Engine, info: RunInfo) -> None:
    """Where the run stands; between a click and the batch that it takes effect at, what was asked."""
    word, icon, colour = BADGES[info.status]
    asked, place = engine.asked(info.id), engine.place(info.id) if engine.is_ready else None
    if asked:
        said = ASKED.get(asked, word)
    elif engine.is_stepping(info.id):
        said = "stepping …"
    else:
        said = f"{word}, number {place} in line" if place else word
    st.badge(said, icon=icon, color=colour)


def _headline(engine: Engine, info: RunInfo, history: History) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="headline"):
        _badge(engine, info)
        own = f", {info.n_own} own digits" if info.n_own else ""
        st.markdown(f"**{model_title(info)}** · {settings_words(info, history)}{own}")
        if info.status.is_over:
            st.markdown(_outcome(info, history))
        else:
            total = history.epoch_ends(info.settings, info.n_train)[-1]
            st.progress(min(1.0, history.step / max(1, total)), text=_progress_text(engine, info, history))
    if info.status in {Status.DIVERGED, Status.FAILED}:
        st.error(info.reason, icon=":material/error:")
    elif info.status is Status.FINISHED and info.reason:
        st.warning(info.reason, icon=":material/warning:")
    elif not info.status.is_over and _bursts(history):
        st.warning("The loss is far above where it began: the steps are too long. Turn the learning rate down.")


def _bursts(history: History) -> bool:
    """Whether the last losses are so high that one should know it while the run still learns."""
    losses = history.losses()
    return len(losses) > LAST_FEW and float(losses[-LAST_FEW:].mean()) > BURST * max(float(losses[0]), 0.1)


def _progress_text(engine: Engine, info: RunInfo, history: History) -> str:
    if info.status is Status.QUEUED:
        return "Trains as soon as a worker is free" if engine.is_ready else "The trainer is waking up: a few seconds"
    return progress_words(history.epoch_ends(info.settings, info.n_train), history.step, engine.seconds_left(info.id))


def _outcome(info: RunInfo, history: History) -> str:
    if info.accuracy is None:
        return "It ended before its first epoch did."
    told = f"**{percent(info.accuracy)}** of {info.n_valid:,} validation digits right"
    if info.status is Status.STOPPED:
        told += f" after epoch {len(history.epochs())}"
    return told + (f" · {history.step:,} steps, {info.seconds:.2f} s" if history.step else "")


def _curves(engine: Engine, info: RunInfo, history: History, digits: Digits, step: int | None) -> None:
    if not get_rung(info.settings.rung).uses & {"lr"}:
        st.info("Nothing is trained here: an image is compared with the two means, once. Its accuracy is the baseline.")
        return
    log = bool(keep(LOG_KEY, False))
    curve, *others = with_overlaid(engine, info, history)
    epoch = history.last_epoch()
    said = f"valid loss {epoch.valid_loss:.4f}, accuracy {percent(epoch.accuracy)}" if epoch else "no epoch ended yet"
    figure = loss_figure(curve, others, log=log, at=step)
    live_figure(figure, key="loss", height=LOSS_HEIGHT, alt=f"Loss over epochs: {said}")
    line = baseline(digits) if info.is_judged_by(digits) else None
    figure = accuracy_figure(curve, others, baseline=line, at=step)
    live_figure(figure, key="accuracy", height=ACCURACY_HEIGHT, alt=f"Accuracy: {said}")
    row = st.container(horizontal=True, vertical_alignment="center", gap="small") if others else nullcontext()
    with row:
        st.toggle("Loss on a logarithmic scale", key=LOG_KEY)
        if others:
            st.button("Show this run alone", key="clear_overlay", type="tertiary", on_click=set_overlay, args=([],))
