"""The Lab's knobs: one widget for each setting that the chosen model reads, each saying what it does and why so.

A knob that is turned while a run learns is turned at the run too, where that can be done: the learning rate and the
batch size. Everything else counts from the next Train on.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import streamlit as st

from mnist37.controls import RunControl, SetBatchSize, SetLr
from mnist37.data import Digits, source_name
from mnist37.data.picture import PREPARED
from mnist37.errors import SettingsError
from mnist37.rungs import LADDER, LOSS_TITLES, Rung, settings_for
from mnist37.runs import History, RunInfo
from mnist37.settings import RANGES, Settings
from mnist37.ui.live.notices import literal, notify
from mnist37.ui.shell import start
from mnist37.ui.shell.session import first_look, followed_link, has_locks, is_locked, keep, show_in_address
from mnist37.ui.visit import CHANGED_SETTINGS, RUN
from mnist37.ui.widgets.colours import grey_png
from mnist37.ui.widgets.labels import hinted

RATES = [float(f"{digit}e{power}") for power in range(-5, 2) for digit in (1, 2, 3, 5)] + [100.0]
SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384]
USUAL_MOST = 100
"""Sliders for epochs and hidden units end here, unless a link or a run asks for more."""

FROZEN = "Your teacher's link keeps this as it is."
LIVE = {
    "lr": "Turned while a run learns, it counts from the next batch on.",
    "batch_size": "Turned while a run learns, it counts from the next epoch on.",
}
RUNG_KEY = "lab_rung"
SHOWN = 10
READ_WITH = ("turned to bright on dark", "here (seed 37)", PREPARED, "left out", "left aside")


def knobs(rung: Rung, names: Iterable[str]) -> None:
    """Show the widgets of those settings that this model reads."""
    for name in names:
        if name in rung.uses and not (name == "loss" and len(rung.losses) == 1):
            key = _key(rung, name)
            keep(key, _default(rung, name))
            _WIDGETS[name](rung, key, {"help": _help(rung, name), "disabled": is_locked(name)})


def chosen_rung() -> Rung:
    """Return the rung that was chosen last; its widget need not have been drawn yet."""
    return LADDER[keep(RUNG_KEY, "linear-scratch")]


def chosen_settings(rung: Rung) -> Settings:
    """Return the chosen settings; their widgets need not have been drawn yet."""
    values = {name: keep(_key(rung, name), _default(rung, name)) for name in rung.uses}
    return settings_for(rung.name, data=source_name(), **values)


def is_of(settings: Settings, info: RunInfo, history: History) -> bool:
    """Return whether a run began with these settings or has them now; the source of its digits does not count."""
    began = info.settings.replace(data=settings.data)
    rates, sizes = history.lr_changes(), history.batch_size_changes()
    changed: dict[str, Any] = {"lr": rates[-1].lr} if rates else {}
    changed |= {"batch_size": sizes[-1].batch_size} if sizes else {}
    changed |= CHANGED_SETTINGS.get().get(info.id, {})
    return settings in (began, began.replace(**{name: changed[name] for name in chosen_rung().uses & set(changed)}))


def take_link() -> None:
    """Set the controls to the settings in the address, on whichever page it was opened.

    What a teacher locked stays in the address of every page, so that a reload finds it.
    """
    linked = first_look() or followed_link()
    if linked is not None and linked.rung is not None:
        take_settings(linked.rung, linked.values)
    if has_locks():
        show_in_address(chosen_settings(chosen_rung()))


def take_settings(rung_name: str, values: Mapping[str, Any]) -> None:
    """Set the controls before they are drawn; ignore a loss that the model does not have."""
    rung = LADDER.get(rung_name)
    if rung is None:
        return
    st.session_state[RUNG_KEY] = rung.name
    for name in rung.uses & set(values):
        if name != "loss" or values[name] in rung.losses:
            st.session_state[_key(rung, name)] = values[name]


def presets(rung: Rung) -> None:
    """Show two buttons that set everything: to our defaults, or to the chapter's settings."""
    ours = {name: default.value for name, default in rung.defaults.items()}
    chapter = rung.chapter[-1]
    st.button("Our settings", key="ours", on_click=_preset, args=(rung, ours), type="tertiary")
    st.button(
        "The chapter's",
        key="chapter",
        type="tertiary",
        on_click=_preset,
        args=(rung, {**ours, **chapter.settings}),
        help=f"The book: {chapter.remark}; it reports {chapter.reported} on its full data.",
    )


def set_lr(rung: Rung, lr: float) -> None:
    """Set the learning rate's control, and send it to the run that trains, as a visitor would."""
    st.session_state[_key(rung, "lr")] = lr
    _turn(rung, "lr", SetLr)


def _key(rung: Rung, name: str) -> str:
    return f"lab_{rung.name}_{name}"


def _default(rung: Rung, name: str) -> Any:
    return rung.defaults[name].value if name in rung.defaults else 0


def _turn(rung: Rung, name: str, to_control: Callable[[Any], RunControl]) -> None:
    """Send a control's value to the selected run, if it is the visitor's own, trains and is of this model."""
    engine, run_id = start.engine(), RUN.get()
    if not engine.trains(run_id) or engine.not_yours(run_id) or engine.info(run_id).settings.rung != rung.name:
        return
    value = st.session_state[_key(rung, name)]
    try:
        engine.control(run_id, to_control(value))
    except SettingsError as error:
        notify(f"{error} The run goes on as it was.", "error")
        return
    of_all = CHANGED_SETTINGS.keep()
    of_all[run_id] = {**of_all.get(run_id, {}), name: value}


def _label(name: str, word: str, brief: str = "") -> str:
    return hinted(word, brief or RANGES[name].brief)


def _with(options: list[Any], key: str) -> list[Any]:
    """Return the usual options, and the chosen one if a link or a run has another."""
    return sorted({*options, st.session_state[key]})


def _lr(rung: Rung, key: str, more: Mapping[str, Any]) -> None:
    st.select_slider(
        _label("lr", "Learning rate"),
        _with(RATES, key),
        st.session_state[key],
        key=key,
        format_func="{:g}".format,
        on_change=_turn,
        args=(rung, "lr", SetLr),
        **more,
    )


def _batch_size(rung: Rung, key: str, more: Mapping[str, Any]) -> None:
    st.select_slider(
        _label("batch_size", "Batch size"),
        _with(SIZES, key),
        st.session_state[key],
        key=key,
        format_func=str,
        on_change=_turn,
        args=(rung, "batch_size", SetBatchSize),
        **more,
    )


def _count(name: str, word: str) -> Callable[[Rung, str, Mapping[str, Any]], None]:
    def draw(rung: Rung, key: str, more: Mapping[str, Any]) -> None:  # noqa: ARG001
        value = st.session_state[key]
        st.slider(_label(name, word), 1, max(USUAL_MOST, value), value, key=key, **more)

    return draw


def _loss(rung: Rung, key: str, more: Mapping[str, Any]) -> None:
    label = _label("loss", "Loss", "what it makes small") if rung.gives_probability else "Distance"
    index = rung.losses.index(st.session_state[key])
    st.selectbox(label, rung.losses, index, key=key, format_func=LOSS_TITLES.__getitem__, **more)


def _seed(rung: Rung, key: str, more: Mapping[str, Any]) -> None:  # noqa: ARG001
    st.number_input(_label("seed", "Seed"), 0, int(RANGES["seed"].high), st.session_state[key], key=key, **more)


_WIDGETS: Mapping[str, Callable[[Rung, str, Mapping[str, Any]], None]] = {
    "lr": _lr,
    "batch_size": _batch_size,
    "epochs": _count("epochs", "Epochs"),
    "hidden": _count("hidden", "Hidden units"),
    "loss": _loss,
    "seed": _seed,
}


def _help(rung: Rung, name: str) -> str:
    if is_locked(name):
        return FROZEN
    does = "What the model tries to make small." if name == "loss" else f"{RANGES[name].does} {RANGES[name].why}"
    default = rung.defaults.get(name)
    why = f"By default {default.value}: {default.reason}" if default else "By default 0."
    return f"{does} {why} {LIVE.get(name, '')}".strip()


def _preset(rung: Rung, values: Mapping[str, Any]) -> None:
    take_settings(rung.name, {name: value for name, value in values.items() if not is_locked(name)})


def samples(digits: Digits) -> None:
    """Show some training digits as a strip, their number, and their source."""
    st.html(_strip(digits.fingerprint, digits))
    st.caption(f"{digits.n_train:,} train, {digits.n_valid:,} valid{_notes(digits)}", help=literal(digits.source))


def _notes(digits: Digits) -> str:
    """Return what was done to the digits as they were read, from the end of their source."""
    notes = [words for words in digits.source.split(", ") if words.endswith(READ_WITH)]
    return "".join(f" · {literal(words)}" for words in notes)


@st.cache_data(show_spinner=False, max_entries=4)
def _strip(fingerprint: str, _digits: Digits) -> str:  # noqa: ARG001 - what the cache goes by
    shown = np.random.default_rng(7).permutation(_digits.n_train)[:SHOWN]
    pictures = (base64.b64encode(grey_png(_digits.train_images[index])).decode() for index in shown)
    images = "".join(
        f'<img alt="" width="30" height="30" style="image-rendering:pixelated" src="data:image/png;base64,{png}">'
        for png in pictures
    )
    label = "Some of the handwritten digits to learn from"
    return f'<div role="img" aria-label="{label}" style="display:flex;flex-wrap:wrap;gap:3px">{images}</div>'
