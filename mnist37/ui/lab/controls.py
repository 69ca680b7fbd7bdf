"""The Lab's knobs: one widget for each setting that the chosen model reads, each saying what it does and why so.

A knob that is turned while a run learns is turned at the run too, where that can be done: the learning rate and the
batch size. Everything else counts from the next Train on.
"""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from mnist37.classes import ALL_TEN, Classes
from mnist37.controls import CONTROL_OF_SETTING
from mnist37.data import Digits
from mnist37.data.picture import PREPARED
from mnist37.errors import SettingsError
from mnist37.rungs import DEFAULT_RUNG, LADDER, Rung, settings_for, used_settings
from mnist37.runs import History, RunInfo
from mnist37.settings import SETTINGS, Box, DigitsChoice, Number, Setting, Settings, Slider, Steps
from mnist37.ui.live.notices import literal, notify
from mnist37.ui.shell import start
from mnist37.ui.shell.session import (
    DIGITS_KEY,
    chosen_source,
    common_key,
    first_look,
    followed_link,
    has_locks,
    is_locked,
    keep,
    presets_of_class,
    show_in_address,
)
from mnist37.ui.visit import CHANGED_SETTINGS, RUN
from mnist37.ui.widgets.colours import grey_png
from mnist37.ui.widgets.labels import hinted

FROZEN = "Your teacher keeps this as it is."
RUNG_KEY = "lab_rung"
DIGITS_WIDTH = 104
"""In px, wide enough for "4 or 9"."""
SHOWN = 10
READ_WITH = ("turned to bright on dark", "here (seed 37)", PREPARED, "left out", "left aside")


def knobs(rung: Rung, group: str) -> None:
    """Draw the widgets of a group's settings that this model reads; not of one that has one choice only."""
    for setting in _of_group(rung, group):
        if len(rung.choices(setting.name)) != 1:
            keep(_key(rung, setting.name), rung.default(setting.name))
            _widget(rung, setting)


def choose_digits() -> None:
    """Show the choice of all ten digits or two of them, one for all models."""
    setting = SETTINGS["digits"]
    assert isinstance(setting, DigitsChoice)
    value, ten = keep(DIGITS_KEY, setting.default), str(ALL_TEN)
    pairs = [text for text in setting.titles if text != ten and (Classes.from_text(text).is_ascending or text == value)]
    offered = [ten, *pairs]
    st.selectbox(
        f"{setting.title.capitalize()} {setting.brief}",
        offered,
        offered.index(value),
        format_func=setting.titles.__getitem__,
        key=DIGITS_KEY,
        disabled=is_locked(setting.name),
        label_visibility="collapsed",
        width=DIGITS_WIDTH,
    )


def has_knobs(rung: Rung, group: str) -> bool:
    """Return whether this model reads a setting of the group."""
    return bool(_of_group(rung, group))


def _of_group(rung: Rung, group: str) -> list[Setting]:
    return [
        setting for setting in used_settings(rung.name).values() if setting.group == group and not setting.is_common
    ]


def chosen_rung() -> Rung:
    """Return the rung that was chosen last; its widget need not have been drawn yet."""
    return LADDER[keep(RUNG_KEY, DEFAULT_RUNG)]


def chosen_settings(rung: Rung) -> Settings:
    """Return the chosen settings; their widgets need not have been drawn yet."""
    values = {name: keep(_key(rung, name), rung.default(name)) for name in rung.uses}
    return settings_for(rung.name, data=chosen_source(), **values)


def is_of(settings: Settings, info: RunInfo, history: History) -> bool:
    """Return whether a run began with these settings or has them now."""
    began = info.settings.replace(data=start.source_of(info.settings))
    changed: dict[str, Any] = {name: changes[-1][1] for name, changes in history.changes().items() if changes}
    changed |= CHANGED_SETTINGS.get().get(info.id, {})
    return settings in (began, began.replace(**{name: changed[name] for name in chosen_rung().uses & set(changed)}))


def take_link() -> None:
    """Set the controls to the settings in the address, on whichever page it was opened.

    What a teacher locked stays in the address of every page, so that a reload finds it.
    """
    for linked in (first_look() or followed_link(), presets_of_class()):
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
        choices = rung.choices(name)
        if not choices or values[name] in choices:
            st.session_state[_key(rung, name)] = values[name]


def presets(rung: Rung) -> None:
    """Show buttons that set everything: to our defaults, or to the chapter's settings where it has this model."""
    ours = {name: default.value for name, default in rung.defaults.items()}
    st.button("Our settings", key="ours", on_click=_preset, args=(rung, ours), type="tertiary")
    if not rung.chapter:
        return
    chapter = rung.chapter[-1]
    st.button(
        "The chapter's",
        key="chapter",
        type="tertiary",
        on_click=_preset,
        args=(rung, {**ours, **chapter.settings}),
        help=f"The book: {chapter.remark}; it reports {chapter.reported} on its full data, of 3s and 7s.",
    )


def set_lr(rung: Rung, lr: float) -> None:
    """Set the learning rate's control, and send it to the run that trains, as a visitor would."""
    st.session_state[_key(rung, "lr")] = lr
    _turn(rung, "lr")


def _key(rung: Rung, name: str) -> str:
    return common_key(name) if SETTINGS[name].is_common else f"lab_{rung.name}_{name}"


def _turn(rung: Rung, name: str) -> None:
    """Pass a setting's value to the selected run, if it is the visitor's own, learns and is of this model."""
    engine, run_id = start.engine(), RUN.get()
    if not engine.trains(run_id) or engine.not_yours(run_id) or engine.info(run_id).settings.rung != rung.name:
        return
    value = st.session_state[_key(rung, name)]
    try:
        engine.control(run_id, CONTROL_OF_SETTING[name](value))
    except SettingsError as error:
        notify(f"{error} The run goes on as it was.", "error")
        return
    of_all = CHANGED_SETTINGS.keep()
    of_all[run_id] = {**of_all.get(run_id, {}), name: value}


def _widget(rung: Rung, setting: Setting) -> None:
    """Draw what a visitor enters a setting with; its value is in the session already."""
    key = _key(rung, setting.name)
    value = st.session_state[key]
    label = rung.labels.get(setting.name) or hinted(setting.title.capitalize(), setting.brief)
    more: dict[str, Any] = {"key": key, "help": _help(rung, setting), "disabled": is_locked(setting.name)}
    if setting.counts_from:
        more |= {"on_change": _turn, "args": (rung, setting.name)}
    if isinstance(setting, Number):
        _number(setting, label, value, more)
    else:
        choices = rung.choices(setting.name)
        words = list(choices)
        st.selectbox(label, words, words.index(value), format_func=choices.__getitem__, **more)


def _number(setting: Number, label: str, value: Any, more: Mapping[str, Any]) -> None:
    low, high = setting.checked(setting.low), setting.checked(setting.high)
    match setting.entry:
        case Steps(values):  # and the one that is chosen, where a link or a run brought another
            st.select_slider(label, sorted({*values, value}), value, format_func=setting.text, **more)
        case Slider(usual_most):
            st.slider(label, low, max(setting.checked(usual_most), value), value, **more)
        case Box():
            st.number_input(label, low, high, value, **more)


def _help(rung: Rung, setting: Setting) -> str:
    if is_locked(setting.name):
        return FROZEN
    default = rung.defaults.get(setting.name)
    sentences = [
        setting.does,
        setting.why if isinstance(setting, Number) else "",
        f"By default {default.value}: {default.reason}" if default else f"By default {setting.default}.",
        f"Turned while a run learns, it counts from the next {setting.counts_from} on." if setting.counts_from else "",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _preset(rung: Rung, values: Mapping[str, Any]) -> None:
    take_settings(rung.name, {name: value for name, value in values.items() if not is_locked(name)})


def samples(digits: Digits) -> None:
    """Show some training digits as a strip, and what was done to them as they were read, if anything."""
    st.html(_strip(digits.fingerprint, digits))
    notes = [words for words in digits.source.split(", ") if words.endswith(READ_WITH)]
    if notes:
        st.caption(" · ".join(map(literal, notes)))


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
