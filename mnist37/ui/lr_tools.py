"""Finding a learning rate: the finder's curve with its suggestion, and a fan of five rates from identical starts."""

from typing import Any, Literal

import streamlit as st

from mnist37.engine import Engine, LrSearch
from mnist37.events import Status
from mnist37.rungs import LrCurve, Rung
from mnist37.settings import RANGES, Settings
from mnist37.ui import start
from mnist37.ui.controls import chosen_settings, set_lr
from mnist37.ui.curves import TRAIN, VALID, Curve, fan_figure
from mnist37.ui.live import live_figure
from mnist37.ui.session import is_locked, says_errors, toasts_errors, visitor
from mnist37.ui.words import BADGES, percent

FAN = 5
"""So many rates, each ten times the one before; the chosen one in the middle, where the range allows it."""
TICK_SECONDS = 0.5
SEARCH, FANNED = "lr_search", "lr_fan"
FOUND = "lr_found"
"""Holds the rate that a visitor wants to use, until the page runs and its knob can take it."""


def take_found(rung: Rung) -> None:
    """Set the learning rate's knob to the rate that was found, before it is drawn."""
    lr = st.session_state.pop(FOUND, None)
    if lr is not None:
        set_lr(rung, lr)


def lr_tools(engine: Engine, rung: Rung) -> None:
    """Two buttons: each opens what it finds."""
    if st.button("Find a rate", icon=":material/search:", key="find_lr", disabled=is_locked("lr")):
        st.session_state[SEARCH] = engine.find_lr(chosen_settings(rung), start.digits())
        _find()
    if st.button("Five rates", icon=":material/ssid_chart:", key="fan_lr", disabled=is_locked("lr")):
        _spread(engine, chosen_settings(rung))
        _fan(engine)


@st.dialog("Which learning rate?", width="large", on_dismiss="rerun")
def _find() -> None:
    st.caption(
        "The rate rises from batch to batch, from 0.00001 to 100. Where the loss falls, steps help; where it bursts, "
        "they are too long. The suggestion lies in the middle of the longest fall (fastai's valley)."
    )
    _show_search()


@says_errors
@st.fragment(run_every=TICK_SECONDS)
def _show_search() -> None:
    search: LrSearch = st.session_state[SEARCH]
    if search.problem:
        st.error(search.problem, icon=":material/error:")
    elif search.curve is None:
        st.progress(0.0, text="Trying rates, on a worker of its own …")
    else:
        live_figure(_search_figure(search.curve), key="lr_find", height=320, alt=_search_words(search.curve))
        _use(_short(search.curve.suggestion), "suggestion")


def _search_figure(curve: LrCurve) -> dict[str, Any]:
    at = min(range(len(curve.lrs)), key=lambda index: abs(curve.lrs[index] - curve.suggestion))
    lowest, first = min(curve.losses), curve.losses[0]
    data = [
        {
            "name": "loss, smoothed",
            "x": list(curve.lrs),
            "y": list(curve.losses),
            "mode": "lines",
            "line": {"color": TRAIN, "width": 2},
            "hovertemplate": "%{y:.4f} at lr %{x:.2g}",
        },
        {
            "name": f"suggestion: {_short(curve.suggestion):g}",
            "x": [curve.lrs[at]],
            "y": [curve.losses[at]],
            "mode": "markers",
            "marker": {"size": 12, "color": VALID},
            "hovertemplate": "lr %{x:.3g}",
        },
    ]
    xaxis = {"type": "log", "title": {"text": "learning rate"}, "exponentformat": "power"}
    yaxis = {"range": [min(0.0, lowest), 1.6 * max(first, lowest)], "title": {"text": "loss"}}
    return {"data": data, "layout": {"xaxis": xaxis, "yaxis": yaxis, "hovermode": "closest", "showlegend": True}}


def _search_words(curve: LrCurve) -> str:
    return f"Loss over learning rates from {curve.lrs[0]:.1g} to {curve.lrs[-1]:.1g}; suggested: {curve.suggestion:.2g}"


@toasts_errors
def _spread(engine: Engine, settings: Settings) -> None:
    """Send one run for each rate; all begin with the same weights and see the same batches."""
    runs = [engine.submit(settings.replace(lr=lr), start.digits(), visitor()) for lr in fan_rates(settings.lr)]
    st.session_state[FANNED] = runs


def fan_rates(lr: float) -> list[float]:
    """Five rates about the chosen one, ascending, all within the range of learning rates."""
    allowed = RANGES["lr"]
    highest = min(lr * 10 ** (FAN // 2), allowed.high)
    highest = max(highest, allowed.low * 10 ** (FAN - 1))
    return [_short(highest / 10**below) for below in reversed(range(FAN))]


@st.dialog("Five rates, one start", width="large", on_dismiss="rerun")
def _fan(engine: Engine) -> None:
    st.caption("The same weights at first, the same batches: only the learning rate differs. Each is kept as a run.")
    _show_fan(engine)


@says_errors
@st.fragment(run_every=TICK_SECONDS)
def _show_fan(engine: Engine) -> None:
    curves = [Curve(engine.info(run_id), engine.history(run_id)) for run_id in st.session_state.get(FANNED, [])]
    best = max((curve.info.accuracy or 0 for curve in curves), default=0)
    highest = max((float(curve.history.losses()[:1].max(initial=0)) for curve in curves), default=1.0)
    for place, curve in zip(st.columns(len(curves) or 1, gap="small"), curves, strict=False):
        with place:
            lr = curve.info.settings.lr
            live_figure(fan_figure(curve, highest), key=f"fan {lr}", height=190, alt=f"Loss at learning rate {lr:g}")
            _fan_words(curve)
            _use(lr, f"fan_{lr}", stands_out=curve.info.accuracy == best)


def _fan_words(curve: Curve) -> None:
    info = curve.info
    word, icon, colour = BADGES[info.status]
    st.badge(word, icon=icon, color="orange" if info.reason and info.status is Status.FINISHED else colour)
    if info.status in {Status.DIVERGED, Status.FAILED}:
        st.caption(info.reason)
    elif info.accuracy is not None:
        st.caption(f"{percent(info.accuracy)} right, {info.errors} wrong. {info.reason}")


def _use(lr: float, key: str, *, stands_out: bool = True) -> None:
    """A button that closes the dialog with a rate.

    It sets no knob itself: a tick of the dialog that was sent before the click was answered still says how the knob
    stood, and Streamlit would hand that to the page's run. What is no widget stays as it is.
    """
    look: Literal["primary", "secondary"] = "primary" if stands_out else "secondary"
    st.button(f"Use {lr:g}", key=f"use {key}", type=look, on_click=_want, args=(lr,))
    if FOUND in st.session_state:
        st.rerun()


def _want(lr: float) -> None:
    st.session_state[FOUND] = lr


def _short(lr: float) -> float:
    """Two significant digits: no more are meant."""
    return float(f"{lr:.2g}")
