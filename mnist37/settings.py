"""Settings: what one run is asked to do. Each setting is declared here, once, and all lists of settings follow from it.

A `Settings` is plain data: pages, command line, run store and engine all use it. This module must not know which models
exist nor what their defaults are: that is `mnist37.rungs`. It knows no widgets: that is `mnist37.ui.lab.controls`.

A new setting is a field of `Settings` that `declares` a `Number` or a `Choice`, and its name among the `uses` of the
models that read it. It needs a default, which runs kept before it get.
"""

import dataclasses
import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mnist37.classes import ALL_TEN, THREE_OR_SEVEN, Classes
from mnist37.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Steps:
    """Entered by a slider that stops at these values only, ascending."""

    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Slider:
    """Entered by a slider from the range's low end up to `usual_most`, or further where a link or a run asks for it."""

    usual_most: float


@dataclass(frozen=True, slots=True)
class Box:
    """Entered by typing a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(ABC):
    """What is declared of a setting.

    Args:
        title: what pages call it, in lower case.
        short: what a column of a table and the command line's tables call it.
        brief: what it does, in a few words that fit beside its title.
        does: what it does, for a learner, in one line.
        group: which part of the Lab's settings it stands in.
        words: its value in a line of words, such as `lr {:g}`.
        words_for_1: the same where the value is 1, where that differs.
        column_help: what the column's help says; empty for no help.
        counts_from: where a change counts from while a run learns: the next batch or epoch; empty where it counts for
            the next run only. `mnist37.controls` has a control for each that is not empty here.
        in_line: whether every line about a run names it. Others are named only where runs differ.
        in_shell: whether the command line's tables name it.
        is_common: whether the Lab keeps one value of it for all models. Each model has its own value of others.
        name, kind, default: name, type and default of the field that declares it. The default is None where each model
            has its own.
    """

    title: str
    short: str
    brief: str
    does: str
    group: Literal["data", "model", "learning"]
    words: str
    words_for_1: str = ""
    column_help: str = ""
    counts_from: Literal["", "batch", "epoch"] = ""
    in_line: bool = True
    in_shell: bool = True
    is_common: bool = False
    name: str = ""
    kind: type[int] | type[float] | type[str] = str
    default: Any = None

    @property
    def option(self) -> str:
        """The command line's option."""
        return f"--{self.name.replace('_', '-')}"

    @property
    @abstractmethod
    def option_help(self) -> str:
        """The help of that option."""

    @abstractmethod
    def checked(self, value: Any) -> Any:
        """Return the value in the setting's own type.

        Raises:
            SettingsError: it is none of this setting.
        """

    def text(self, value: Any) -> str:
        """Return a value, short."""
        return f"{value:g}" if self.kind is float else str(value)

    def in_words(self, value: Any) -> str:
        """Return a value in a line of words."""
        return self.words_for_1 if value == 1 and self.words_for_1 else self.words.format(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Setting):
    """A setting that is a number.

    Args:
        low: smallest value allowed.
        high: largest value allowed.
        why: why the range ends where it ends.
        entry: how a visitor enters it.
    """

    low: float
    high: float
    why: str
    entry: Steps | Slider | Box

    @property
    def option_help(self) -> str:
        """What it does and its range."""
        return f"{self.does} From {self.low:g} to {self.high:g}; by default the model's own."

    def checked(self, value: Any) -> int | float:
        """Return the number in the setting's own type; see `Setting.checked`."""
        whole = "a whole number" if self.kind is int else "a number"
        remedy = f"Give {whole} from {self.low:g} to {self.high:g}."
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise SettingsError(f"{self.name} is {value!r}.", remedy)
        if not self.low <= value <= self.high:  # nan is in no range; a whole number of any length can be compared
            raise SettingsError(f"{self.name} is {value!r}.", remedy)
        if self.kind is int and value != int(value):
            raise SettingsError(f"{self.name} is {value!r}.", remedy)
        return int(value) if self.kind is int else float(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Setting):
    """A setting that is one of several words.

    Args:
        titles: what pages call each of the words. A model may take only some of them.
    """

    titles: Mapping[str, str]

    @property
    def option_help(self) -> str:
        """The words to choose from."""
        return f"one of: {', '.join(self.titles)}; by default the model's own"

    def checked(self, value: Any) -> str:
        """Return any text that is not empty, as each model has words of its own; see `Setting.checked`."""
        return _text(self.name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitsChoice(Choice):
    """The choice of two digits in order, or of all ten."""

    @property
    def option_help(self) -> str:
        """What it does, and how to write it."""
        return f"{self.does} Two of them, such as 4,9, or all; by default {self.default}."

    def in_words(self, value: Any) -> str:
        """Return two digits as they are written, and all ten as "0 to 9"."""
        classes = Classes.from_text(value)
        return str(classes) if classes.is_pair else classes.words

    def checked(self, value: Any) -> str:
        """Return the text of `Classes`; see `Setting.checked`."""
        return str(Classes.from_text(value))


def declares(setting: Setting) -> Mapping[str, Setting]:
    """Return the metadata of a field that declares a setting."""
    return {"setting": setting}


PAIRS = tuple(
    Classes(pair) for pair in sorted(itertools.permutations(range(10), 2), key=lambda pair: (pair[0] > pair[1], pair))
)
"""All pairs of digits: first those in ascending order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one run is asked to do; validated when made. Links, tables and pages have the settings in this order.

    Args:
        rung: name of the model on the ladder, such as `linear-scratch`.
        lr: learning rate.
        batch_size: digits in one mini-batch.
        epochs: passes over the training digits.
        hidden: hidden units (`simple-net` only).
        loss: name of the loss; for `pixel-similarity` the distance, `l1` or `rmse`.
        seed: fixes all that is random.
        digits: the two digits to tell apart, in order, such as `3,7`, or `all` ten; see `Classes`.
        data: `embedded`, `book`, or the path of a folder or an archive.

    Raises:
        SettingsError: a value is of the wrong type or out of its range.
    """

    rung: str
    lr: float = field(
        metadata=declares(
            Number(
                title="learning rate",
                short="lr",
                brief="how far each step goes",
                does="Learning rate: how far each step moves the weights against their gradient.",
                low=1e-6,
                high=1000.0,
                why="Below 1e-6 no weight visibly moves in 1,000 epochs; above 1,000 every step overshoots, only "
                "further.",
                entry=Steps((*(float(f"{d}e{power}") for power in range(-5, 2) for d in (1, 2, 3, 5)), 100.0)),
                group="learning",
                words="lr {:g}",
                column_help="Learning rate.",
                counts_from="batch",
            )
        )
    )
    batch_size: int = field(
        metadata=declares(
            Number(
                title="batch size",
                short="batch",
                brief="digits per step",
                does="How many digits the gradient of one step is averaged over.",
                low=1,
                high=20_000,
                why="1 is a step for each digit; 20,000 is more than the whole training set, so one step an epoch.",
                entry=Steps((1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384)),
                group="data",
                words="batch {}",
                counts_from="epoch",
            )
        )
    )
    epochs: int = field(
        metadata=declares(
            Number(
                title="epochs",
                short="epochs",
                brief="passes",
                does="How many times the model sees every training digit.",
                low=1,
                high=1000,
                why="The chapter uses 1 to 40; the curves are flat long before 1,000.",
                entry=Slider(100),
                group="data",
                words="{} epochs",
                words_for_1="1 epoch",
                in_line=False,
            )
        )
    )
    hidden: int = field(
        default=30,
        metadata=declares(
            Number(
                title="hidden units",
                short="hidden",
                brief="pictures",
                does="How many hidden units the two-layer net has, each with a 28x28 picture of its own.",
                low=1,
                high=1000,
                why="One unit is a linear model with a kink; 1,000 already hold 30 times the chapter's weights.",
                entry=Slider(100),
                group="model",
                words="{} units",
                column_help="Hidden units.",
            )
        ),
    )
    loss: str = field(
        metadata=declares(
            Choice(
                title="loss",
                short="loss",
                brief="what it makes small",
                does="What the model tries to make small.",
                titles={
                    "logistic": "logistic (cross-entropy)",
                    "mnist_loss": "mnist_loss (the chapter's)",
                    "cross_entropy": "cross-entropy",
                    "l1": "L1 (mean difference)",
                    "rmse": "RMSE (root mean square)",
                },
                group="model",
                words="{}",
                column_help="What the model made small; for pixel similarity, the distance.",
            )
        )
    )
    seed: int = field(
        default=0,
        metadata=declares(
            Number(
                title="seed",
                short="seed",
                brief="fixes all chance",
                does="Fixes the initial weights and the order of the batches: the same seed gives the same curve.",
                low=0,
                high=2**31 - 1,
                why="Any whole number that fits 31 bits, so that every random generator takes it.",
                entry=Box(),
                group="model",
                words="seed {}",
                in_shell=False,
            )
        ),
    )
    digits: str = field(
        default=str(THREE_OR_SEVEN),
        metadata=declares(
            DigitsChoice(
                title="digits",
                short="digits",
                brief="to tell apart",
                does="The digits that the model tells apart; of two, the first one is what it says yes to.",
                titles={str(classes): classes.words for classes in (*PAIRS, ALL_TEN)},
                group="data",
                words="{}",
                in_line=False,
                in_shell=False,
                is_common=True,
            )
        ),
    )
    data: str = "embedded"

    def __post_init__(self) -> None:
        for name in ("rung", "data"):
            _text(name, getattr(self, name))
        for name, setting in SETTINGS.items():
            object.__setattr__(self, name, setting.checked(getattr(self, name)))

    @property
    def classes(self) -> Classes:
        """The digits to tell apart."""
        return Classes.from_text(self.digits)

    def replace(self, **changes: Any) -> "Settings":
        """Return these settings with some of them changed, and validated again."""
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Settings":
        """Return settings from plain values, such as a run's `run.json` holds.

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
        """Return the mini-batches in one epoch over `n_train` training digits; the last may be smaller."""
        return steps_per_epoch(n_train, self.batch_size)


def declared_by(cls: type[Settings]) -> dict[str, Setting]:
    """Return what the fields of a class declare, by name and in their order."""
    return {
        each.name: dataclasses.replace(
            each.metadata["setting"],
            name=each.name,
            kind=each.type,
            default=None if each.default is dataclasses.MISSING else each.default,
        )
        for each in dataclasses.fields(cls)
        if "setting" in each.metadata
    }


SETTINGS: Mapping[str, Setting] = declared_by(Settings)
"""Every setting that a model may read."""

RANGES: Mapping[str, Number] = {name: setting for name, setting in SETTINGS.items() if isinstance(setting, Number)}
"""Those that are numbers."""


def steps_per_epoch(n_train: int, batch_size: int) -> int:
    """Return the mini-batches of that size in one epoch over `n_train` training digits; the last may be smaller."""
    return math.ceil(n_train / batch_size)


def checked(name: str, value: Any) -> Any:
    """Return the value for the setting `name` in the setting's own type.

    Raises:
        SettingsError: it is none of this setting, or out of its range.
    """
    return SETTINGS[name].checked(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{name} is {value!r}.", "Give it as a text that is not empty.")
    return value
