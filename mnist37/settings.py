"""Settings: what one run was asked to do, and the range that each setting may lie in.

A `Settings` is plain data: the page, the command line, the run store and the engine all speak it. This module must not
know which rungs exist nor what their defaults are: that is `mnist37.rungs`.
"""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mnist37.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Range:
    """The values that a number among the settings may take.

    Args:
        low: smallest value allowed.
        high: largest value allowed.
        kind: `int` or `float`.
        brief: what the setting does, in a few words that fit beside its name.
        does: what the setting does, for a learner, in one line.
        why: why the range ends where it ends.
    """

    low: float
    high: float
    kind: type[int] | type[float]
    brief: str
    does: str
    why: str


RANGES: Mapping[str, Range] = {
    "lr": Range(
        1e-6,
        1000.0,
        float,
        "how far each step goes",
        "Learning rate: how far each step moves the weights against their gradient.",
        "Below 1e-6 no weight visibly moves in 1,000 epochs; above 1,000 every step overshoots, only further.",
    ),
    "batch_size": Range(
        1,
        20_000,
        int,
        "digits per step",
        "How many digits the gradient of one step is averaged over.",
        "1 is a step for each digit; 20,000 is more than the whole training set, so one step an epoch.",
    ),
    "epochs": Range(
        1,
        1000,
        int,
        "passes",
        "How many times the model sees every training digit.",
        "The chapter uses 1 to 40; the curves are flat long before 1,000.",
    ),
    "hidden": Range(
        1,
        1000,
        int,
        "pictures",
        "How many hidden units the two-layer net has, each with a 28x28 picture of its own.",
        "One unit is a linear model with a kink; 1,000 already hold 30 times the chapter's weights.",
    ),
    "seed": Range(
        0,
        2**31 - 1,
        int,
        "fixes all chance",
        "Fixes the initial weights and the order of the batches: the same seed gives the same curve.",
        "Any whole number that fits 31 bits, so that every random generator takes it.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one run is asked to do; validated when made.

    Args:
        rung: name of the model on the ladder, such as `linear-scratch`.
        lr: learning rate.
        batch_size: digits in one mini-batch.
        epochs: passes over the training digits.
        hidden: hidden units (`simple-net` only).
        loss: name of the loss; for `pixel-similarity` the distance, `l1` or `rmse`.
        seed: fixes all that is random.
        data: `embedded`, `book`, or the path of a folder or an archive.

    Raises:
        SettingsError: a value is of the wrong type or out of its range.
    """

    rung: str
    lr: float
    batch_size: int
    epochs: int
    loss: str
    hidden: int = 30
    seed: int = 0
    data: str = "embedded"

    def __post_init__(self) -> None:
        for name in ("rung", "loss", "data"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value:
                raise SettingsError(f"{name} is {value!r}.", "Give it as a text that is not empty.")
        for name in RANGES:
            object.__setattr__(self, name, checked(name, getattr(self, name)))

    def replace(self, **changes: Any) -> "Settings":
        """These settings with some of them changed (and validated again)."""
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Settings":
        """Settings from plain values, such as a run's `run.json` holds.

        Raises:
            SettingsError: a name is unknown or missing, or a value is not valid.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise SettingsError(
                f"Unknown setting {', '.join(map(repr, unknown))}.", f"The settings are: {', '.join(sorted(known))}."
            )
        try:
            return cls(**values)
        except TypeError as error:
            raise SettingsError(
                f"A setting is missing ({error}).", f"Give all of: {', '.join(sorted(known))}."
            ) from None

    def steps_per_epoch(self, n_train: int) -> int:
        """Mini-batches in one epoch over `n_train` training digits; the last may be smaller."""
        return steps_per_epoch(n_train, self.batch_size)


def steps_per_epoch(n_train: int, batch_size: int) -> int:
    """Mini-batches of that size in one epoch over `n_train` training digits; the last may be smaller."""
    return math.ceil(n_train / batch_size)


def checked(name: str, value: Any) -> int | float:
    """The number `value` for the setting `name`, in the setting's own type.

    Raises:
        SettingsError: it is no such number, or it is out of the setting's range.
    """
    allowed = RANGES[name]
    whole = "a whole number" if allowed.kind is int else "a number"
    remedy = f"Give {whole} from {allowed.low:g} to {allowed.high:g}."
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SettingsError(f"{name} is {value!r}.", remedy)
    if not allowed.low <= value <= allowed.high:  # nan is in no range; a whole number of any length can be compared
        raise SettingsError(f"{name} is {value!r}.", remedy)
    if allowed.kind is int and value != int(value):
        raise SettingsError(f"{name} is {value!r}.", remedy)
    return allowed.kind(value)
