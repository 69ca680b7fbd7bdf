"""The Lab's board: curves and results. The page draws it; later updates change its nodes."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Literal

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.rungs import BASELINE, get_rung
from mnist37.runs import History, RunInfo
from mnist37.ui.answers.ask import baseline
from mnist37.ui.drawing.canvas import canvas
from mnist37.ui.lab.result import against_baseline, digits_size, mistakes, verdict, weights
from mnist37.ui.live.nodes import Content, figure, show
from mnist37.ui.live.notices import says_errors
from mnist37.ui.live.pictures import row_width
from mnist37.ui.runs.curves import Curve, accuracy_figure, loss_figure
from mnist37.ui.runs.overlay import set_overlay, with_overlaid
from mnist37.ui.shell import start
from mnist37.ui.shell.session import keep, remember_drawing
from mnist37.ui.visit import BOARD_BEGINS
from mnist37.ui.widgets.labels import hinted
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.projector import is_projected, scaled

LOSS_HEIGHT, ACCURACY_HEIGHT, WEIGHTS_HEIGHT = 240, 205, 174
PROJECTED_HEIGHTS = 170, 140
"""Heights of loss and accuracy in the projector view, in px before scaling: both fit below its larger type."""
CANVAS_SIDE = 150
LOG_KEY = "lab_log"

CURVES_WORDS = (
    "Smoothed loss: the mean of up to 20 batches before and behind. Dotted: the accuracy on the training digits after "
    "each epoch; far above the valid one, the model has learned them by heart."
)

WEIGHTS_HELP = (
    "One number for each pixel. In the linear models orange pixels speak for the first digit and blue ones for the "
    "other one; a hidden unit looks for its orange strokes, and its caption says whom it then speaks for."
)
TEN_WEIGHTS_HELP = (
    "One number for each pixel. A linear model has a picture for each digit: orange pixels speak for that digit and "
    "blue ones against it. A hidden unit looks for its orange strokes; on Weights, its caption says which digit it "
    "then speaks for most."
)


@st.fragment
@says_errors
def board(engine: Engine, run_id: str) -> None:
    """Draw the whole board: with the page, and whenever one of its widgets is used."""
    info, history = engine.info(run_id), engine.history(run_id)
    digits = start.digits_of(info.settings)
    if is_projected():
        _projected(engine, info, history, digits)
        return
    left, right = st.columns([1.55, 1], gap="medium")
    with left:
        figures = st.container()
        step = look_back(info, history)
        with figures:
            _curves(engine, info, history, digits, step)
    with right, st.container(key="results"):
        _weights(info, history, step)
        _mistakes(engine, info, digits, step)
        _drawing(engine, run_id, step)
    BOARD_BEGINS.clear()


def _projected(engine: Engine, info: RunInfo, history: History, digits: Digits) -> None:
    """Draw curves, weights and prediction only: what can be seen from the back row."""
    left, right = st.columns([1.3, 1], gap="small")
    with left:
        _curves(engine, info, history, digits, None)
    with right, st.container(horizontal=True, gap="small", key="results"):
        with st.container(width=scaled(CANVAS_SIDE)):
            _weights(info, history, None)
        with st.container(width=scaled(CANVAS_SIDE)):
            _drawing(engine, info.id, None)


def updates(engine: Engine, info: RunInfo, history: History, digits: Digits) -> Iterator[Content]:
    """Return all content of the board that changes while a run is under way."""
    yield from board_contents(engine, with_overlaid(engine, info, history), digits, None, log=_is_log())
    yield from verdict(engine, info.id, None)


def board_contents(
    engine: Engine, curves: Sequence[Curve], digits: Digits, step: int | None, *, log: bool = False
) -> Iterator[Content]:
    """Return the board's content for the first of these runs at a step, None for now; without the visitor's drawing."""
    info, history = curves[0].info, curves[0].history
    if _learns(info):
        yield from _figures(curves, digits, None, log=log)
        yield against_baseline(engine, info, digits, step)
    yield from weights(info, history, step)
    yield from mistakes(engine, info, digits, step)


def _is_log() -> bool:
    return bool(keep(LOG_KEY, False))


def _learns(info: RunInfo) -> bool:
    return get_rung(info.settings.rung).is_trained


def _show(content: Content, *, height: int | None = None, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw a node, with its first content from `BOARD_BEGINS` if there is one."""
    begins = BOARD_BEGINS.get()
    show(replace(content, data=begins.get(content.key, content.data)), height=height, width=width)


def _curves(engine: Engine, info: RunInfo, history: History, digits: Digits, step: int | None) -> None:
    if not _learns(info):
        rung = get_rung(info.settings.rung)
        more = " Its accuracy is the baseline." if rung.name == BASELINE else ""
        st.info(f"Nothing is trained here: an image is compared with the {rung.look.words}, once.{more}")
        return
    curves = with_overlaid(engine, info, history)
    loss, accuracy = _figures(curves, digits, step, log=_is_log())
    heights = PROJECTED_HEIGHTS if is_projected() else (LOSS_HEIGHT, ACCURACY_HEIGHT)
    for shown, height in zip((loss, accuracy), heights, strict=True):
        _show(shown, height=height)
    if is_projected():
        return
    _show(against_baseline(engine, info, digits, step))
    others = curves[1:]
    row = st.container(horizontal=True, vertical_alignment="center", gap="small") if others else nullcontext()
    with row:
        st.toggle("Loss on a logarithmic scale", keep(LOG_KEY, False), key=LOG_KEY, help=CURVES_WORDS)
        if others:
            st.button("Show this run alone", key="clear_overlay", type="tertiary", on_click=set_overlay, args=([],))


def _figures(curves: Sequence[Curve], digits: Digits, at: int | None, *, log: bool) -> tuple[Content, Content]:
    """Return loss and accuracy of the first run, with the others behind it, and with a mark at step `at`."""
    curve, *others = curves
    info = curve.info
    epoch = curve.history.last_epoch()
    score_text = (
        f"valid loss {epoch.valid_loss:.4f}, accuracy {percent(epoch.accuracy)}" if epoch else "no epoch ended yet"
    )
    if epoch and epoch.train_accuracy is not None:
        score_text += f", on the training digits {percent(epoch.train_accuracy)}"
    loss = loss_figure(curve, others, log=log, at=at)
    line = baseline(digits).score if info.is_measured_on(digits) else None
    accuracy = accuracy_figure(curve, others, baseline=line, at=at)
    return (
        figure(loss, key="loss", alt=f"Loss over epochs: {score_text}"),
        figure(accuracy, key="accuracy", alt=f"Accuracy: {score_text}"),
    )


def _weights(info: RunInfo, history: History, step: int | None) -> None:
    since, shown, scale = weights(info, history, step)
    classes, look = info.settings.classes, get_rung(info.settings.rung).look
    explained = WEIGHTS_HELP if classes.is_pair else TEN_WEIGHTS_HELP
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"**{look.words.capitalize()}**", help=explained, width="content")
        _show(since, width="content")
    five_a_row = row_width(5, digits_size())
    with st.container(width=scaled(five_a_row)) if look.is_one_a_digit(classes) else nullcontext():
        _show(shown, height=WEIGHTS_HEIGHT)
    _show(scale)


def _mistakes(engine: Engine, info: RunInfo, digits: Digits, step: int | None) -> None:
    count, table, shown = mistakes(engine, info, digits, step)
    _show(count)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        _show(table, width="content")
        _show(shown)


def _drawing(engine: Engine, run_id: str, step: int | None) -> None:
    which = f" :small[:gray[· {engine.info(run_id).settings.classes.one_of_them}; the model says which]]"
    st.markdown("**Your drawing**" + ("" if is_projected() else which))
    with st.container(horizontal=True, gap="small"):
        with st.container(width=scaled(CANVAS_SIDE)):
            remember_drawing(engine, canvas(scaled(CANVAS_SIDE), "lab_canvas", tools=False))
        with st.container(width="stretch", key="lab_verdict"):
            for content in verdict(engine, run_id, step):
                _show(content)


def look_back(info: RunInfo, history: History) -> int | None:
    """Show the choice of a step of a run that is over.

    Returns:
        The chosen step; None for the last step, and while the run still trains.
    """
    steps = history.snapshot_steps()
    if not info.status.is_over or len(steps) < 2:
        return None
    # The last step is the widget's own default: a value that we set is sent once, and lost if the page is redrawn then.
    step: int = st.select_slider(
        hinted("Look back", "the weights, the answers and your drawing as they were then"),
        steps,
        value=steps[-1],
        key=f"look_back {info.id}",
        format_func=lambda step: f"step {step:,}",
    )
    return None if step == steps[-1] else step
