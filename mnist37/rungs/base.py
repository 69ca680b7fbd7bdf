"""The one contract that every rung of the ladder keeps.

A rung is one file: its lesson (module-level functions in the chapter's names) and a small class that hands the lesson
its digits. It knows digits and settings, and calls a `Watch`; it does not know who trains it, nor where.

What others need to know of a rung, it declares here: the shell, the pages, explanations and notebooks go by these
declarations and never by a rung's name. Each one has a default, or is abstract.
"""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call

from mnist37.classes import THREE_OR_SEVEN, Classes, a_digit
from mnist37.data import Digits
from mnist37.errors import SettingsError
from mnist37.rungs.batches import as_floats
from mnist37.rungs.devices import cores
from mnist37.rungs.lr_find import LrCurve, sweep
from mnist37.rungs.lr_trials import TRIAL_EPOCHS, Trial, fewer, make_trial, suggested
from mnist37.rungs.parts import Parts
from mnist37.rungs.watch import Watch
from mnist37.settings import SETTINGS, Choice, Settings

Weights = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Default:
    """A setting's default value for one rung, and why it is this."""

    value: Any
    reason: str


@dataclass(frozen=True, slots=True)
class ChapterFigure:
    """What the fastai book's chapter 4 does with this rung.

    Args:
        settings: the settings that the chapter uses, where they are not our defaults.
        accuracy: the accuracy that its notes report, as a share in [0, 1].
        remark: how the chapter gets there, in a few words.
        is_rough: whether the notes say "around".
    """

    settings: Mapping[str, Any]
    accuracy: float
    remark: str
    is_rough: bool = False

    @property
    def reported(self) -> str:
        """The accuracy as the notes give it."""
        return f"around {self.accuracy:.0%}" if self.is_rough else f"{self.accuracy:.2%}"


@dataclass(frozen=True, slots=True)
class Look:
    """How the pictures of `Rung.first_layer` are shown.

    Args:
        words: what a page calls them, in lower case.
        title: the title of the figure in a notebook; `{0}` and `{1}` stand for the first and the other digit.
        is_of_digits: whether a model of ten digits has a picture for each of them, in their order.
        are_means: whether they are the mean of each digit, the lower one first: these are drawn in greys, from 0
            (paper) to 1 (ink). Weights are drawn in two colours, around 0.
        lab_px: the longer edge of each of them in the Lab, in pixels.
    """

    words: str = "first layer"
    title: str = "The first layer: orange is above 0, blue is below"
    is_of_digits: bool = False
    are_means: bool = False
    lab_px: int = 170

    def is_one_a_digit(self, classes: Classes) -> bool:
        """Return whether there is a picture for each of these digits, in their order."""
        return self.is_of_digits and not classes.is_pair

    def title_of(self, classes: Classes) -> str:
        """Return the title for these digits."""
        if self.is_one_a_digit(classes):
            return "The mean of each digit" if self.are_means else "Each digit's weights: orange speaks for it"
        return self.title.format(*map(a_digit, classes.digits))


class Rung(ABC):
    """A model on the ladder: how it learns, and how its weights answer."""

    name: ClassVar[str]
    """Name on the command line and in links."""
    title: ClassVar[str]
    """Name on the page."""
    summary: ClassVar[str]
    """One line for a learner: what it is."""
    defaults: ClassVar[Mapping[str, Default]]
    """lr, batch_size, epochs, loss and, where used, hidden: each with its reason.

    A setting that is not here has its default from `mnist37.settings`.
    """
    uses: ClassVar[frozenset[str]]
    """The settings that this rung reads; the page shows no others."""
    losses: ClassVar[tuple[str, ...]]
    """Names that its `loss` setting may have."""
    labels: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What the page calls a setting where it means something else here than its title says."""
    chapter: ClassVar[tuple[ChapterFigure, ...]] = ()
    """What the chapter reports, one entry for each way it runs this rung; empty if the chapter has no such model."""
    is_trained: ClassVar[bool] = True
    """Whether it learns in steps, which have a loss and a learning rate; if not, one look at the digits makes it."""
    lesson_page: ClassVar[str] = ""
    """The name of the lesson that explains it, as its page's file is called; empty where there is none."""
    notebook_text: ClassVar[str] = ""
    """What a notebook says above its source, as Markdown with a heading; by default its title and summary."""
    look: ClassVar[Look] = Look()
    """How its first layer is shown."""
    threads: ClassVar[int] = 1
    """Threads for torch, 0 for all cores; fixed for a rung, as other sums of floats are other curves."""
    trial_digits: ClassVar[int] = 0
    """Train digits in a trial of a learning rate; 0 for all of them."""
    needs_fastai: ClassVar[bool] = False
    """Whether training (never answering) imports fastai."""
    gives_probability: ClassVar[bool] = True
    """Whether sigmoid(logit) may be read as the probability of the first digit."""
    answer_title: ClassVar[str] = "logit"
    """Title of the axis of raw outputs, of a model that gives no probability; `{}` stands for the first digit."""

    @abstractmethod
    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        """Learn from the train digits, telling `watch` all that happens; the result is what `watch.begin` was given."""

    def sweep_lr(self, settings: Settings, digits: Digits) -> LrCurve:
        """Raise the learning rate from batch to batch and see what the loss does; needs fastai for its valley.

        Raises:
            SettingsError: nothing is trained here, or the batches are too large to say anything.
        """
        if not self.is_trained:
            raise SettingsError(f"{self.title} has no learning rate: nothing is trained.", "Choose another model.")
        return sweep(
            lambda watch, epochs: self.fit(settings.replace(epochs=epochs), digits, watch),
            settings.batch_size,
            digits.n_train,
        )

    def find_lr(self, settings: Settings, digits: Digits, tell: Callable[[Trial], None] = lambda _: None) -> LrCurve:
        """Find the learning rate that leads to the lowest loss in a short training, and stays steady.

        The same settings and digits give the same rate. Sets torch's number of threads, as a training does.

        Args:
            settings: all but their rate and epochs count.
            digits: to learn from.
            tell: called with each short training that was made.

        Raises:
            SettingsError: nothing is trained here, or the batches are too large to say anything.
        """
        began = time.perf_counter()
        torch.set_num_threads(self.threads or cores())
        self.check_batch_size(settings.batch_size, digits.n_train)
        curve = self.sweep_lr(settings, digits)
        some = fewer(digits, self.trial_digits, settings.batch_size) if self.trial_digits else digits

        def trial(lr: float, seed: int) -> Trial:
            asked = settings.replace(lr=lr, seed=seed, epochs=TRIAL_EPOCHS)
            made = make_trial(self.fit, self.logits, asked, some)
            tell(made)
            return made

        other = (settings.seed + 1) % 2**31
        chosen, trials = suggested(
            lambda lr: trial(lr, settings.seed), lambda lr: trial(lr, other), curve.valley, curve.lrs[-1]
        )
        return replace(curve, suggestion=chosen, trials=trials, seconds=time.perf_counter() - began)

    def check_batch_size(self, batch_size: int, n_train: int) -> None:  # noqa: ARG002
        """Refuse mini-batches that this model cannot learn from.

        Raises:
            SettingsError: it cannot learn from `n_train` digits in batches of that size.
        """
        return

    @abstractmethod
    def logits(self, settings: Settings, weights: Weights, images: Tensor) -> Tensor:
        """Return the model's raw answers.

        Of two digits, above 0 for the first one of `settings.classes`, below for the other one; of ten, one for each,
        and the largest is what the model says.

        Args:
            settings: what the weights were trained with.
            weights: named tensors, as the run kept them.
            images: float32 `[N, 28, 28]` in [0, 1].

        Returns:
            float32 `[N]`, or `[N, 10]`.
        """

    def between(self, weights: Weights, pair: Classes) -> Weights:  # noqa: ARG002
        """Return the weights of a model of two digits, made of one of ten: the difference of its two answers.

        Its `logits`, with the settings' digits replaced by these, are the first one's answer less the other one's. So
        whatever explains a model of two digits says why one of ten prefers one digit to another.

        Args:
            weights: named tensors of a model of all ten digits.
            pair: two digits.

        Raises:
            SettingsError: this model does not learn all ten.
        """
        raise SettingsError(f"{self.title} tells two digits apart only.", "Choose another model.")

    @abstractmethod
    def weights_form(self, settings: Settings) -> Weights:
        """Return tensors of the weights' names, shapes and dtypes, on torch's `meta` device: they hold no values.

        Weights from elsewhere are compared with them. There are at least two of them, as a snapshot of one array is
        that of a large model's first layer alone; the first one is all that `first_layer` needs.
        """

    def module(self, settings: Settings, weights: Weights) -> nn.Module:
        """Return the trained model as one module, `[N, 28, 28]` in [0, 1] to raw answers as `logits` gives them.

        Other programs' formats are made of it, so it must not make or load a model of its own while it answers.
        """
        return _Answers(self, settings, weights)

    @abstractmethod
    def first_layer(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the first layer's weights as pictures, float32 `[units, height, width]`."""

    def unit_votes(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32] | None:  # noqa: ARG002
        """Return the weight of each unit of the first layer in each answer, float32 `[answers, units]`.

        None where the answers are no sum over these units.
        """
        return None

    def parts(self, settings: Settings, weights: Mapping[str, NDArray[np.float32]]) -> Parts | None:  # noqa: ARG002
        """Return what an answer of a model of two digits is made of; None where nothing as simple can be said.

        Args:
            settings: what the weights were trained with.
            weights: all named arrays, as the run kept them.
        """
        return None

    def answer_words(self, logits: NDArray[np.float32], classes: Classes) -> str:
        """Return what raw answers say, where they give no probability; it goes on from "Your drawing is".

        Args:
            logits: the answers to one image, float32 `[]` for two digits or `[10]`.
            classes: the digits.
        """
        digit = classes.order(logits)[0]
        logit = logits if classes.is_pair else logits[digit]
        return f"on the side of the {digit}s, with a logit of {logit:+.4f}"

    @abstractmethod
    def lesson(self, classes: Classes = THREE_OR_SEVEN) -> Sequence[Callable[..., Any]]:
        """Return the functions and classes that learn these digits, in reading order, to be shown from their source."""

    def default(self, name: str) -> Any:
        """Return the default value of a setting for this rung."""
        return self.defaults[name].value if name in self.defaults else SETTINGS[name].default

    def choices(self, name: str) -> Mapping[str, str]:
        """Return the words that a setting may be for this rung, each with its title; none for a number."""
        setting = SETTINGS[name]
        titles = setting.titles if isinstance(setting, Choice) else {}
        return {loss: titles[loss] for loss in self.losses} if name == "loss" else titles

    def settings(self, **changes: Any) -> Settings:
        """Return this rung's defaults, with `changes`; the loss must be one of this rung's.

        Raises:
            SettingsError: a value is not valid.
        """
        values = {name: default.value for name, default in self.defaults.items()}
        values.update(changes)
        return Settings.from_dict({"rung": self.name, **values})


class _Answers(nn.Module):
    """A rung's `logits` with its weights inside."""

    def __init__(self, rung: Rung, settings: Settings, weights: Weights) -> None:
        super().__init__()
        self.rung, self.settings, self.names = rung, settings, list(weights)
        for name, tensor in weights.items():
            self.register_buffer(name, tensor)

    def forward(self, images: Tensor) -> Tensor:
        return self.rung.logits(self.settings, {name: self.get_buffer(name) for name in self.names}, images)


_BORROWED = threading.Lock()


def call_with(model: nn.Module, weights: Weights, xb: Tensor) -> Tensor:
    """Return what a model without weights of its own answers with these; every visitor's thread may ask.

    `functional_call` puts the weights into the model while it runs: two threads in one model would answer with each
    other's weights, so they come one after the other.

    Args:
        model: shared, on torch's `meta` device.
        weights: all that its `state_dict` names, and nothing else.
        xb: what it takes.

    Raises:
        RuntimeError: the weights are those of another model.
    """
    with _BORROWED:
        preds: Tensor = functional_call(model, dict(weights), (xb,), strict=True)
    return preds


def image_tensor(images: NDArray[np.uint8]) -> Tensor:
    """Grey values as numbers that a model can learn from: uint8 `[N, 28, 28]` to float32 `[N, 28, 28]` in [0, 1]."""
    return as_floats(torch.tensor(images))


def stack_rows(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], classes: Classes = THREE_OR_SEVEN
) -> tuple[Tensor, Tensor]:
    """Return the chapter's `train_x`, `train_y`: each image one row.

    Args:
        images: uint8 `[N, 28, 28]`.
        labels: uint8 `[N]`, as in `Digits`.
        classes: the digits.

    Returns:
        float32 `[N, 784]` in [0, 1], and what the losses take: float32 `[N, 1]` for two digits, int64 `[N]` for ten.
    """
    return image_tensor(images).view(-1, 28 * 28), _targets(labels, classes)


def grey_rows(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], classes: Classes = THREE_OR_SEVEN
) -> tuple[Tensor, Tensor]:
    """Return the same for a `DataLoader`, which makes floats of a mini-batch when it comes to it.

    Returns:
        uint8 `[N, 784]` and targets.
    """
    return torch.tensor(images).view(-1, 28 * 28), _targets(labels, classes)


def _targets(labels: NDArray[np.uint8], classes: Classes) -> Tensor:
    targets = torch.tensor(labels)
    return targets.float().unsqueeze(1) if classes.is_pair else targets.long()
