"""Settings in the address: a link opens the Lab with exactly these, and a teacher's link freezes some of them.

`?rung=simple-net&lr=0.5&lock=lr,batch_size`: what is unknown or out of range is corrected, and said. Knows no widgets.
"""

import math
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mnist37.data import OwnSet
from mnist37.errors import SettingsError
from mnist37.rungs import DEFAULT_RUNG, LADDER, Rung, used_settings
from mnist37.settings import SETTINGS, Number, Settings
from mnist37.ui.widgets.projector import PROJECTOR, VIEW

RUNG, LOCK, BUTTONS, ALL = "rung", "lock", "train", "all"

OWN, OLD_OWN = "own", "digits"
"""The parameter of a visitor's own digits, and its name in old links, where `digits` is now the pair to tell apart."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link asks for.

    Args:
        rung: the model; None where the link names no setting at all.
        values: the settings that it names, each valid for that model.
        locked: names among `lockable()` that the visitor may not change.
        notices: what had to be corrected, a sentence each.
    """

    rung: str | None
    values: Mapping[str, Any]
    locked: frozenset[str]
    notices: tuple[str, ...]

    def is_locked(self, name: str) -> bool:
        """Return whether this setting, the model (`rung`) or the buttons (`train`) are locked."""
        return name in self.locked or ALL in self.locked


def lockable() -> list[str]:
    """Return what a link may lock: the model, each setting, the buttons that a run is driven with, or all of them."""
    return [RUNG, *SETTINGS, BUTTONS, ALL]


def title_of(name: str) -> str:
    """Return what pages call the model, a setting, or the buttons that a run is driven with."""
    return {RUNG: "model", BUTTONS: "buttons"}.get(name) or SETTINGS[name].title


def renamed(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of any link by their present names."""
    present = dict(parameters)
    if OwnSet.is_id(present.get(OLD_OWN, "")):
        present.setdefault(OWN, present.pop(OLD_OWN))
    return present


def read_link(parameters: Mapping[str, str]) -> Linked:
    """Return what the address's parameters ask for; ignore parameters that are no settings."""
    parameters = renamed(parameters)
    notices: list[str] = []
    locked = _locked(parameters.get(LOCK, ""), notices)
    view = parameters.get(VIEW, PROJECTOR)
    if view != PROJECTOR:
        notices.append(f"The link asks for a view {_quoted(view)}, which there is not. There is: {PROJECTOR}.")
    asked = {name: parameters[name] for name in SETTINGS if name in parameters}
    if RUNG not in parameters and not asked:
        return Linked(None, {}, locked, tuple(notices))
    rung = _rung(parameters.get(RUNG, DEFAULT_RUNG), notices)
    values = {name: _value(rung, name, text, notices) for name, text in asked.items() if name in rung.uses}
    return Linked(rung.name, values, locked, tuple(notices))


def link_parameters(settings: Settings, locked: frozenset[str]) -> dict[str, str]:
    """Return the parameters of a link that opens these settings."""
    used = {name: _text(getattr(settings, name)) for name in used_settings(settings.rung)}
    return {RUNG: settings.rung, **used, **({LOCK: ",".join(sorted(locked))} if locked else {})}


def class_parameters(
    settings: Settings, carried: Collection[str], locked: Collection[str], *, projector: bool = False
) -> dict[str, str]:
    """Return the parameters of a link for a class.

    Args:
        settings: what the Lab is set to.
        carried: names of settings that the link opens; others are left to the app's defaults.
        locked: names among `lockable()` that the visitor may not change. The link carries them too.
        projector: whether it opens the projector view.
    """
    every = link_parameters(settings, frozenset(locked))
    names = {*carried, *locked} & {RUNG, *SETTINGS}
    kept = {RUNG, LOCK, *names} if names else {LOCK}  # a setting is one of a model
    return {name: text for name, text in every.items() if name in kept} | ({VIEW: PROJECTOR} if projector else {})


def locked_words(locked: Collection[str], used: Collection[str]) -> str:
    """Return what a link locks, as a sentence; empty where it locks none of these settings or buttons.

    Args:
        locked: names among `lockable()`.
        used: names of the settings that the page shows.
    """
    shown = (RUNG, *(name for name in SETTINGS if name in used), BUTTONS)
    titles = [title_of(name) for name in shown if name in locked or ALL in locked]
    return f"Locked by your teacher: {', '.join(titles)}." if titles else ""


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)


def _rung(name: str, notices: list[str]) -> Rung:
    if name not in LADDER:
        notices.append(f"The link asks for a model {_quoted(name)}, which there is not; this is {DEFAULT_RUNG}.")
    return LADDER.get(name, LADDER[DEFAULT_RUNG])


def _locked(text: str, notices: list[str]) -> frozenset[str]:
    names = {name.strip() for name in text.split(",")} - {""}
    notices.extend(
        f"The link locks {_quoted(name)}, which there is not. One can lock: {', '.join(lockable())}."
        for name in sorted(names - set(lockable()))
    )
    return frozenset(names & set(lockable()))


def _value(rung: Rung, name: str, text: str, notices: list[str]) -> Any:
    setting, default = SETTINGS[name], rung.default(name)
    if isinstance(setting, Number):
        return _number(setting, default, text, notices)
    with suppress(SettingsError):
        if (value := setting.checked(text)) in rung.choices(name):
            return value
    notices.append(f"{rung.title} has no {setting.title} {_quoted(text)}; it is {default} now.")
    return default


def _number(setting: Number, default: float, text: str, notices: list[str]) -> int | float:
    name = setting.name
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isnan(number):
        notices.append(f"The link's {name} is {_quoted(text)}, which is no number; it is {default:g} now.")
        return default
    bounded = min(max(number, setting.low), setting.high)
    kept = round(bounded) if setting.kind is int else bounded
    if kept != number:
        notices.append(
            f"The link's {name} is {_quoted(text)}; it goes from {setting.low:g} to {setting.high:g}: now {kept:g}."
        )
    return kept


def _quoted(text: str) -> str:
    """Return a link's text for a notice: short, and without anything that a page would format."""
    plain = "".join(letter if letter.isalnum() or letter in " .+-" else "?" for letter in text[:40])
    return f"“{plain}”"
