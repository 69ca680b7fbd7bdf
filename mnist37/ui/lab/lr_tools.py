"""Finding a learning rate: the finder's curve, trials and a suggestion; and five rates from one start."""

import math
from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine, LrSearch
from mnist37.events import Epoch, Status
from mnist37.rungs import LrCurve, Rung, Trial
from mnist37.runs import course, ended_badly
from mnist37.settings import RANGES, Settings
from mnist37.ui.lab.controls import chosen_settings, set_lr
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.live.notices import says_errors, toasts_errors
from mnist37.ui.runs.curves import TRAIN, VALID, Curve, fan_figure
from mnist37.ui.shell import start
from mnist37.ui.shell.session import chosen_digits, is_locked
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import LR_FAN, LR_FOUND, LR_SEARCH, OPEN_DIALOG
from mnist37.ui.widgets.numbers import duration, percent
from mnist37.ui.widgets.words import BADGES

FAN = 5
"""Number of rates, each ten times the one before; the chosen one is in the middle if the range allows it."""
USUAL_TRIALS = 12
"""Typical number of trials of a search; the progress bar is never full before the search ends."""
UNSTEADY = "#c2622d"
TICK_SECONDS = 0.5


def take_found(rung: Rung) -> None:
    """Set the learning rate's control to the rate that was found, before it is drawn."""
    lr = LR_FOUND.pop()
    if lr is not None:
        set_lr(rung, lr)


def lr_tools(engine: Engine, rung: Rung) -> None:
    """Show two buttons: each opens a dialog with its results."""
    if _opens("Find a rate", ":material/search:", "find_lr"):
        LR_SEARCH.set(engine.find_lr(chosen_settings(rung), chosen_digits()))
        _find()
    if _opens("Five rates", ":material/ssid_chart:", "fan_lr"):
        _spread(engine, chosen_settings(rung))
        if LR_FAN.is_set:
            _fan(engine)


def _opens(label: str, icon: str, key: str) -> bool:
    """Show a button; return whether it was clicked, and no other dialog is to open instead."""
    is_off = is_locked("lr")
    clicked = st.button(label, icon=icon, key=key, disabled=is_off, on_click=OPEN_DIALOG.set, args=(key,))
    return clicked and OPEN_DIALOG.get() == key


@st.dialog("Which learning rate?", width="large", on_dismiss="rerun")
def _find() -> None:
    st.caption(
        "The grey curve is fastai's finder: the rate rises from batch to batch, from 0.00001 to 100. Where the loss "
        "falls, the steps help. Where it blows up, they are too long. The curve only shows where to look. So the model "
        "is trained briefly with several rates, each time from the same start. A dot is the validation loss at the end "
        "of such a trial. A cross is a trial that was not steady. The suggestion is the best of the dots."
    )
    _show_search()


@says_errors
@st.fragment(run_every=TICK_SECONDS)
def _show_search() -> None:
    search = LR_SEARCH.get()
    assert search is not None  # the dialog opens with a search
    if search.problem:
        st.error(search.problem, icon=":material/error:")
    elif search.curve is None:
        st.progress(min(0.95, len(search.tried) / USUAL_TRIALS), text=_progress_words(search))
    else:
        live_figure(_search_figure(search.curve), key="lr_find", height=320, alt=_search_words(search.curve))
        st.markdown(_found_words(search.curve))
        if search.curve.suggestion is not None:
            _use(search.curve.suggestion, "suggestion")


def _progress_words(search: LrSearch) -> str:
    if not search.tried:
        return "Raising the rate from batch to batch, on a worker …"
    lr, loss = search.tried[-1]
    return f"Tried {len(search.tried)} rates; the last, {lr:g}, led to a loss of {loss:.3g} …"


def _found_words(curve: LrCurve) -> str:
    """Return a text on the origin of the suggestion."""
    best = next((trial for trial in curve.trials if trial.lr == curve.suggestion), None)
    if best is None:
        return (
            f"None of {len(curve.trials)} rates that were tried led anywhere within a short training. "
            "More hidden units, smaller batches or other digits may help."
        )
    shaky = [trial for trial in curve.trials if not trial.is_good and trial.lr > best.lr]
    above = f" Above it, {shaky[0].lr:g} was not steady any more." if shaky else ""
    return (
        f"**{best.lr:g}** led to a valid loss of {best.valid_loss:.3g}, as low as any of {len(curve.trials)} rates "
        f"tried in {duration(curve.seconds)}, and was steady from another start, too.{above} The middle of the "
        f"finder's fall is at {_short(curve.valley):g}."
    )


def _search_figure(curve: LrCurve) -> dict[str, Any]:
    lowest, first = min(curve.losses), curve.losses[0]
    good, bad = ([trial for trial in curve.trials if trial.is_good is wanted] for wanted in (True, False))
    data = [
        {
            "name": "finder: loss, smoothed",
            "x": list(curve.lrs),
            "y": list(curve.losses),
            "mode": "lines",
            "line": {"color": TRAIN, "width": 2},
            "hovertemplate": "%{y:.4f} at lr %{x:.2g}",
        },
        _dots("trials: valid loss", good, "circle", highest=1.6 * max(first, lowest)),
        _dots("not steady", bad, "x", highest=1.6 * max(first, lowest)),
    ]
    chosen = [trial for trial in good if trial.lr == curve.suggestion]
    if chosen:
        look = {"symbol": "circle-open", "size": 18, "color": VALID, "line": {"width": 3}}
        data.append({**_dots(f"suggestion: {chosen[0].lr:g}", chosen, "circle"), "marker": look})
    xaxis = {"type": "log", "title": {"text": "learning rate"}, "exponentformat": "power"}
    yaxis = {"range": [min(0.0, lowest), 1.6 * max(first, lowest)], "title": {"text": "loss"}}
    return {"data": data, "layout": {"xaxis": xaxis, "yaxis": yaxis, "hovermode": "closest", "showlegend": True}}


def _dots(name: str, trials: Sequence[Trial], symbol: str, highest: float = math.inf) -> dict[str, Any]:
    """Return a marker for each trial; values above the figure are drawn at its upper edge."""
    return {
        "name": name,
        "x": [trial.lr for trial in trials],
        "y": [min(trial.valid_loss, highest) for trial in trials],
        "customdata": [f"{trial.valid_loss:.3g}" for trial in trials],
        "mode": "markers",
        "marker": {"size": 9, "color": VALID if symbol == "circle" else UNSTEADY, "symbol": symbol},
        "hovertemplate": "lr %{x:.3g}: valid loss %{customdata}",
    }


def _search_words(curve: LrCurve) -> str:
    suggested = "none" if curve.suggestion is None else f"{curve.suggestion:g}"
    return f"Loss over learning rates from {curve.lrs[0]:.1g} to {curve.lrs[-1]:.1g}; suggested: {suggested}"


@toasts_errors
def _spread(engine: Engine, settings: Settings) -> None:
    """Submit one run for each rate; all begin with the same weights and get the same batches."""
    LR_FAN.clear()
    runs = [engine.submit(settings.replace(lr=lr), chosen_digits(), visitor().id) for lr in fan_rates(settings.lr)]
    LR_FAN.set(runs)


def fan_rates(lr: float) -> list[float]:
    """Return five rates about the chosen one, ascending, all within the range of learning rates."""
    allowed = RANGES["lr"]
    highest = min(lr * 10 ** (FAN // 2), allowed.high)
    highest = max(highest, allowed.low * 10 ** (FAN - 1))
    return [_short(highest / 10**below) for below in reversed(range(FAN))]


@st.dialog("Five rates, one start", width="large", on_dismiss="rerun")
def _fan(engine: Engine) -> None:
    st.caption(
        "The same weights at first, the same batches: only the learning rate differs. Each is kept as a run. The "
        "button that stands out is the one with the lowest valid loss among those that are steady."
    )
    _show_fan(engine)


@says_errors
@st.fragment(run_every=TICK_SECONDS)
def _show_fan(engine: Engine) -> None:
    curves = [Curve(engine.info(run_id), engine.history(run_id)) for run_id in LR_FAN.get()]
    digits = start.digits_of(curves[0].info.settings) if curves else chosen_digits()
    best = best_of(curves, digits)
    highest = max((float(curve.history.losses()[:1].max(initial=0)) for curve in curves), default=1.0)
    for place, curve in zip(st.columns(len(curves) or 1, gap="small"), curves, strict=False):
        with place:
            lr = curve.info.settings.lr
            live_figure(fan_figure(curve, highest), key=f"fan {lr}", height=190, alt=f"Loss at learning rate {lr:g}")
            _fan_words(curve, digits)
            _use(lr, f"fan_{lr}", stands_out=curve is best)


def best_of(curves: Sequence[Curve], digits: Digits) -> Curve | None:
    """Return the run with the lowest validation loss among those that have learned and are steady; None if none is."""
    good = [(epoch.valid_loss, curve) for curve in curves if (epoch := _good_epoch(curve, digits)) is not None]
    return min(good, key=lambda one: one[0], default=(0.0, None))[1]


def _good_epoch(curve: Curve, digits: Digits) -> Epoch | None:
    """Return the last epoch of a run that has learned and is steady, by its losses and by its final status."""
    epoch, is_good = curve.history.last_epoch(), course(curve.info, curve.history, digits).is_good
    went_wrong = curve.info.status in {Status.DIVERGED, Status.FAILED} or ended_badly(curve.info)
    return epoch if is_good and not went_wrong else None


def _fan_words(curve: Curve, digits: Digits) -> None:
    info, went = curve.info, course(curve.info, curve.history, digits)
    word, icon, colour = BADGES[info.status]
    if info.status is Status.FINISHED and (ended_badly(info) or not went.is_good):
        went_wrong = (
            ("unstable", ":material/warning:") if went.has_learned else ("nothing learned", ":material/remove:")
        )
        word, icon, colour = *went_wrong, "orange"
    st.badge(word, icon=icon, color=colour)
    epoch = curve.history.last_epoch()
    if info.status in {Status.DIVERGED, Status.FAILED} or epoch is None:
        st.caption(info.reason)
        return
    first = info.reason.split(". ")[0]  # a column is narrow: the rest opens at the question mark
    st.caption(
        f"{percent(epoch.accuracy)} right, {info.errors} wrong, valid loss {epoch.valid_loss:.3g}. {first}",
        help=info.reason or None,
    )


def _use(lr: float, key: str, *, stands_out: bool = True) -> None:
    """Show a button that closes the dialog with a rate.

    It does not set the control itself. A refresh of the dialog that was sent before the click was answered still
    carries the control's old value, and Streamlit would give that to the page's run. A value of no widget is safe.
    """
    look: Literal["primary", "secondary"] = "primary" if stands_out else "secondary"
    st.button(f"Use {lr:g}", key=f"use {key}", type=look, on_click=_want, args=(lr,))
    if LR_FOUND.is_set:
        st.rerun()


def _want(lr: float) -> None:
    LR_FOUND.set(lr)


def _short(lr: float) -> float:
    """Round to two significant digits."""
    return float(f"{lr:.2g}")
