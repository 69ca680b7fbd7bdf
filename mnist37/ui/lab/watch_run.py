"""A run while it trains: its status, its progress, and the updates of the board below."""

from functools import partial

import streamlit as st

from mnist37.engine import Engine
from mnist37.events import REMARK, Status
from mnist37.runs import History, RunInfo
from mnist37.ui.lab.board import board, updates
from mnist37.ui.live.nodes import update_nodes
from mnist37.ui.live.notices import literal
from mnist37.ui.runs.choose_run import follow
from mnist37.ui.shell import start
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.words import BADGES, model_title, progress_words, settings_words

TICK_SECONDS, QUEUED_TICK_SECONDS, PAUSED_TICK_SECONDS = 0.2, 0.25, 0.5
SLOWER = {16: 5.0, 8: 2.5}
"""Above this number of visitors, refreshes are this many times rarer: one process makes some 30 a second for all."""
LATELY_SECONDS = 20.0
"""A visitor who was active within this time counts for `SLOWER`."""
LAST_FEW, BURST = 5, 5.0
"""A run goes wrong if the mean of its last five losses is above five times the first one."""

ASKED = {Status.PAUSED: "pausing …", Status.RUNNING: "going on …", Status.STOPPED: "stopping …"}


def watch_run(engine: Engine, run_id: str) -> None:
    """Show a run, and refresh it several times a second while it is under way."""
    follow(engine, run_id, _show, partial(_clock, engine))
    board(engine, run_id)


def _show(engine: Engine, run_id: str) -> None:
    """Show the progress, and send the board's updates while the run is under way."""
    engine.greet()
    info, history = engine.info(run_id), engine.history(run_id)
    _headline(engine, info, history)
    if not info.status.is_over:
        update_nodes(updates(engine, info, history, start.digits_of(info.settings)))


def _clock(engine: Engine, status: Status) -> float | None:
    """Return the refresh interval for a status; a new interval makes the page draw the buttons above anew."""
    clocks = {Status.QUEUED: QUEUED_TICK_SECONDS, Status.RUNNING: TICK_SECONDS, Status.PAUSED: PAUSED_TICK_SECONDS}
    visitors = engine.visitors(LATELY_SECONDS)
    slower = next((times for count, times in SLOWER.items() if visitors > count), 1.0)
    return clocks[status] * slower if status in clocks else None


def _badge(engine: Engine, info: RunInfo) -> str:
    """Return Markdown of the run's status; between a click and its effect at the next batch, the requested status."""
    word, icon, colour = BADGES[info.status]
    asked, place = engine.asked(info.id), engine.place(info.id) if engine.is_ready else None
    if asked:
        status_words = ASKED.get(asked, word)
    elif engine.is_stepping(info.id):
        status_words = "stepping …"
    else:
        status_words = f"{word}, number {place} in line" if place else word
    return f":{colour}-badge[{icon} {status_words}]"


def _headline(engine: Engine, info: RunInfo, history: History) -> None:
    """Write two lines of fixed height, so that nothing below them moves."""
    with st.container(gap=None, key="headline"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            own = f", {info.n_own} own digits" if info.n_own else ""
            words = f"{_badge(engine, info)} **{model_title(info)}** · {settings_words(info, history)}{own}"
            st.markdown(words, width="content")
            _whose(engine, info)
            _notice(info, history)
        if info.status.is_over:
            st.markdown(_outcome(info, history))
        else:
            total = history.epoch_ends(info.settings, info.n_train)[-1]
            st.progress(min(1.0, history.step / max(1, total)), text=_progress_text(engine, info, history))


def _whose(engine: Engine, info: RunInfo) -> None:
    """Show whose run this is if the visitor may not control it, except for finished runs of the host."""
    why_not = engine.not_yours(info.id)
    if why_not and (info.visitor or not info.status.is_over):
        whose = "another visitor's" if info.visitor else "the host's"
        st.markdown(f":gray[:material/visibility: {whose}]", help=str(why_not), width="content")


def _notice(info: RunInfo, history: History) -> None:
    """Show in a few words what is wrong with a run, and offer the details."""
    if not info.status.is_over and _bursts(history):
        too_far = "The loss is far above its start. Lower the learning rate."
        st.markdown(f":orange[:material/warning: {too_far}]", width="content")
    elif info.reason:
        colour, icon = ("orange", "warning") if info.status is Status.FINISHED else ("red", "error")
        short = info.reason.removeprefix(REMARK).partition(": ")[0]
        st.markdown(f":{colour}[:material/{icon}: {literal(short[:1].upper() + short[1:])}]", width="content")
        if short != info.reason:
            with st.popover("Why, and what to do", type="tertiary"):
                st.markdown(literal(info.reason))


def _bursts(history: History) -> bool:
    """Return whether the last losses are so high that the visitor should know it while the run still trains."""
    losses = history.losses()
    return len(losses) > LAST_FEW and float(losses[-LAST_FEW:].mean()) > BURST * max(float(losses[0]), 0.1)


def _progress_text(engine: Engine, info: RunInfo, history: History) -> str:
    if info.status is Status.QUEUED:
        return "Trains as soon as a worker is free" if engine.is_ready else "Trains as soon as the trainer has started"
    return progress_words(history.epoch_ends(info.settings, info.n_train), history.step, engine.seconds_left(info.id))


def _outcome(info: RunInfo, history: History) -> str:
    if info.accuracy is None or info.score is None:
        return "Stopped in the first epoch: no accuracy yet."
    words = f"**{percent(info.accuracy)}** of {info.n_valid:,} validation digits right, {info.score.wrong:,} wrong"
    words += f" ({info.score.interval_words})"
    if info.status is Status.STOPPED:
        words += f" after epoch {len(history.epochs())}"
    return words + (f" · {history.step:,} steps, {info.seconds:.2f} s" if history.step else "")
