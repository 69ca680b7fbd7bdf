"""The rungs in their order, by name; and the two that others fall back to.

A new rung is one new file and one line in `LADDER`: what the shell, the pages and a notebook need to know of it, it
declares itself (see `mnist37.rungs.base`).
"""

from collections.abc import Mapping
from typing import Any

from mnist37.errors import SettingsError
from mnist37.rungs.base import Rung
from mnist37.rungs.linear_fastai import LinearFastai
from mnist37.rungs.linear_scratch import LinearScratch
from mnist37.rungs.linear_torch import LinearTorch
from mnist37.rungs.pixel_similarity import PixelSimilarity
from mnist37.rungs.resnet18 import Resnet18
from mnist37.rungs.simple_net import SimpleNet
from mnist37.settings import SETTINGS, Choice, Setting, Settings

LADDER: Mapping[str, Rung] = {
    rung.name: rung
    for rung in (PixelSimilarity(), LinearScratch(), LinearTorch(), LinearFastai(), SimpleNet(), Resnet18())
}

BASELINE = PixelSimilarity.name
"""The rung that every other one is compared with; it takes a moment, so pages compute it when they need it."""

DEFAULT_RUNG = LinearScratch.name
"""The rung that is chosen where nobody has chosen one."""


def get_rung(name: str) -> Rung:
    """Return the rung of that name.

    Raises:
        SettingsError: there is none.
    """
    if name not in LADDER:
        raise SettingsError(f"There is no model {name!r}.", f"The models are: {', '.join(LADDER)}.")
    return LADDER[name]


def settings_for(rung: str, **changes: Any) -> Settings:
    """Return settings for a rung: its defaults with `changes`, and words that the rung can learn with.

    Raises:
        SettingsError: no such rung, or a value is not valid.
    """
    chosen = get_rung(rung)
    settings = chosen.settings(**changes)
    for name, setting in SETTINGS.items():
        value, choices = getattr(settings, name), chosen.choices(name)
        if isinstance(setting, Choice) and value not in choices:
            raise SettingsError(
                f"{rung} cannot learn with the {setting.title} {value!r}.", f"Choose from: {', '.join(choices)}."
            )
    return settings


def used_settings(rung: str) -> dict[str, Setting]:
    """Return the settings that the rung of that name reads, by name; none for a rung that is not known here."""
    uses = LADDER[rung].uses if rung in LADDER else ()
    return {name: setting for name, setting in SETTINGS.items() if name in uses}
