"""A run as it learns: status, progress, buttons, curves and first-layer weights, brought up to date while one looks."""

import streamlit as st

from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.rungs import get_rung
from mnist37.runs import History, RunInfo
from mnist37.ui.curves import accuracy_figure, loss_figure
from mnist37.ui.follow import follow, until_over
from mnist37.ui.live import live_figure, live_pictures
from mnist37.ui.pictures import first_layer_pictures, scale_bar, weights_limit
from mnist37.ui.words import BADGES, model_title, percent, progress_words, settings_words

TICK_SECONDS = 0.25
PAUSED_TICK_SECONDS = 1.0
CURVE_HEIGHT = 262
DRAW_ICON = ":material/draw:"


def watch_run(engine: Engine, run_id: str) -> None:
    """Show a run, several times a second while it is under way."""
    follow(engine, run_id, _watch, _clock)


def _watch(engine: Engine, run_id: str) -> None:
    info, history = engine.info(run_id), engine.history(run_id)
    with st.container():  # one element, whatever it holds: the figures below keep their places, and so their nodes
        _headline(engine, info, history)
    curves, weights = st.columns([1.75, 1], gap="medium")
    with curves:
        _curves(info, history)
    with weights:
        _weights(info, history)


def _clock(status: Status) -> float | None:
    return PAUSED_TICK_SECONDS if status is Status.PAUSED else until_over(TICK_SECONDS)(status)


def _headline(engine: Engine, info: RunInfo, history: History) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="headline"):
        word, icon, colour = BADGES[info.status]
        place = engine.place(info.id) if engine.is_ready else None
        st.badge(f"{word}, number {place} in line" if place else word, icon=icon, color=colour)
        st.markdown(f"**{model_title(info)}** · {settings_words(info)}", width="stretch")
        _buttons(engine, info)
    if not info.status.is_over:
        share = min(1.0, history.step / max(1, info.total_steps))
        st.progress(share, text=_progress_text(engine, info, history))
    elif info.status in {Status.DIVERGED, Status.FAILED}:
        st.error(info.reason, icon=":material/error:")
    else:
        st.markdown(_result(info, history))
        if info.accuracy is not None:
            st.page_link("pages/draw.py", label="Now draw a digit and let this model say what it is", icon=DRAW_ICON)
        if info.reason and info.status is Status.FINISHED:
            st.warning(info.reason, icon=":material/warning:")


def _progress_text(engine: Engine, info: RunInfo, history: History) -> str:
    if info.status is Status.QUEUED:
        return "Trains as soon as a worker is free" if engine.is_ready else "The trainer is waking up: a few seconds"
    return progress_words(info, history.step, engine.seconds_left(info.id))


def _buttons(engine: Engine, info: RunInfo) -> None:
    """Pause or Resume, and Stop: only what can be done now."""
    if not engine.trains(info.id):
        return
    if info.status is Status.PAUSED:
        st.button("Resume", icon=":material/play_arrow:", key="resume", on_click=engine.resume, args=(info.id,))
    elif info.status is Status.RUNNING:
        st.button("Pause", icon=":material/pause:", key="pause", on_click=engine.pause, args=(info.id,))
    st.button("Stop", icon=":material/stop:", key="stop", on_click=engine.stop, args=(info.id,))


def _result(info: RunInfo, history: History) -> str:
    if info.accuracy is None:
        return info.reason or "It ended before its first epoch did."
    told = f"**{percent(info.accuracy)}** of {info.n_valid:,} validation digits right, {info.errors} wrong"
    steps = f" · {history.step:,} steps in {info.seconds:.2f} s of training." if history.step else "."
    return f"{told}{steps}"


def _curves(info: RunInfo, history: History) -> None:
    if not get_rung(info.settings.rung).uses & {"lr"}:
        st.info("Nothing is trained here: an image is compared with the two means, once. Its accuracy is the baseline.")
        return
    loss = history.last_epoch()
    said = f"valid loss {loss.valid_loss:.4f}, accuracy {percent(loss.accuracy)}" if loss else "no epoch ended yet"
    live_figure(loss_figure(info, history), key="loss", height=CURVE_HEIGHT, alt=f"Loss over epochs: {said}")
    live_figure(accuracy_figure(info, history), key="accuracy", height=CURVE_HEIGHT, alt=f"Accuracy: {said}")


def _weights(info: RunInfo, history: History) -> None:
    snapshot = history.snapshot()
    if snapshot is None:
        st.caption("The first-layer weights appear here as pictures when it starts to learn.")
        return
    pictures = first_layer_pictures(info.settings, snapshot, size_px=_lab_size(info))
    is_trained = get_rung(info.settings.rung).gives_probability
    st.markdown(
        f"**First layer** after step {snapshot.step:,}" if is_trained else "**The two means**", help=WEIGHTS_HELP
    )
    live_pictures(pictures, key="weights", alt="The weights of the first layer as pictures")
    if is_trained:
        st.html(scale_bar(weights_limit(info.settings, snapshot)))


WEIGHTS_HELP = (
    "One number for each pixel. In the linear models orange pixels speak for a 3 and blue ones for a 7; a hidden unit "
    "looks for its orange strokes, and its caption says whom it then speaks for."
)


def _lab_size(info: RunInfo) -> int:
    return {"simple-net": 52, "resnet18": 30, "pixel-similarity": 130}.get(info.settings.rung, 280)
