"""The Lab's controls: one widget for each setting that the chosen model reads, each saying what it does and why so."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist37.data import source_name
from mnist37.rungs import LADDER, LOSS_TITLES, Rung, settings_for
from mnist37.settings import RANGES, Settings
from mnist37.ui.browser import is_phone
from mnist37.ui.session import keep

RATES = [float(f"{digit}e{power}") for power in range(-5, 2) for digit in (1, 2, 3, 5)] + [100.0]
SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384]


def settings_controls() -> Settings:
    """Let the visitor choose a model and its settings.

    Returns:
        What was chosen; always valid.
    """
    keep("lab_rung", "linear-scratch")
    name = st.selectbox(
        "Model", list(LADDER), format_func=lambda name: LADDER[name].title, key="lab_rung", help="The ladder: climb it."
    )
    rung = LADDER[name]
    st.caption(rung.summary)
    with _room_for_knobs():
        chosen = {setting: _control(rung, setting) for setting in _order(rung)}
        _presets(rung)
    return settings_for(name, data=source_name(), **chosen)


def take_settings(settings: Settings) -> None:
    """Set the knobs as a run was set, before they are drawn; a value that a knob cannot show is left as it is."""
    rung = LADDER.get(settings.rung)
    if rung is None:
        return
    shown: Mapping[str, Collection[Any]] = {
        "lr": RATES,
        "batch_size": SIZES,
        "epochs": range(1, 101),
        "hidden": range(1, 101),
        "loss": rung.losses,
    }
    values = {name: getattr(settings, name) for name in _order(rung)}
    st.session_state["lab_rung"] = rung.name
    _set_all(rung, {name: value for name, value in values.items() if name == "seed" or value in shown[name]})


def _room_for_knobs() -> DeltaGenerator:
    """On a phone the knobs fold away: a finger would have to scroll past them all to see what Train does."""
    return st.expander("Settings", icon=":material/tune:") if is_phone() else st.container()


def _order(rung: Rung) -> list[str]:
    return [name for name in ("lr", "batch_size", "epochs", "hidden", "loss", "seed") if name in rung.uses]


def _control(rung: Rung, setting: str) -> Any:
    key = f"lab_{rung.name}_{setting}"
    default = rung.defaults[setting].value if setting in rung.defaults else 0
    if setting == "loss" and len(rung.losses) == 1:
        return default
    keep(key, default)
    return _WIDGETS[setting](rung, key, _help(rung, setting))


def _loss(rung: Rung, key: str, text: str) -> Any:
    label = "Loss" if rung.gives_probability else "Distance"
    return st.selectbox(label, rung.losses, key=key, help=text, format_func=LOSS_TITLES.__getitem__)


_WIDGETS: Mapping[str, Callable[[Rung, str, str], Any]] = {
    "lr": lambda _, key, text: st.select_slider("Learning rate", RATES, key=key, help=text, format_func="{:g}".format),
    "batch_size": lambda _, key, text: st.select_slider("Batch size", SIZES, key=key, help=text, format_func=str),
    "epochs": lambda _, key, text: st.slider("Epochs", 1, 100, key=key, help=text),
    "hidden": lambda _, key, text: st.slider("Hidden units", 1, 100, key=key, help=text),
    "loss": _loss,
    "seed": lambda _, key, text: st.number_input("Seed", 0, int(RANGES["seed"].high), key=key, help=text),
}


def _help(rung: Rung, setting: str) -> str:
    if setting == "loss":
        return f"What the model tries to make small. {_why(rung, setting)}"
    allowed = RANGES[setting]
    return f"{allowed.does} {_why(rung, setting)}"


def _why(rung: Rung, setting: str) -> str:
    default = rung.defaults.get(setting)
    return f"By default {default.value}: {default.reason}" if default else "By default 0."


def _presets(rung: Rung) -> None:
    """Two clicks that set all: back to our defaults, or what the book's chapter uses."""
    ours = {name: default.value for name, default in rung.defaults.items()}
    with st.container(horizontal=True, gap="small"):
        st.button("Our settings", key="ours", on_click=_set_all, args=(rung, ours))
        _chapter_button(rung, ours)


def _chapter_button(rung: Rung, ours: dict[str, Any]) -> None:
    st.button(
        "The chapter's",
        key="chapter",
        on_click=_set_all,
        args=(rung, {**ours, **rung.chapter[-1].settings}),
        help=f"The book: {rung.chapter[-1].remark}; it reports {rung.chapter[-1].reported} on its full data.",
    )


def _set_all(rung: Rung, values: dict[str, Any]) -> None:
    for setting in _order(rung):
        if setting in values:
            st.session_state[f"lab_{rung.name}_{setting}"] = values[setting]
