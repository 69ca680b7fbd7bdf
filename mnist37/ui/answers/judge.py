"""What a run says of a drawing and of the validation digits, now or as it stood at a step. Asks torch, never fastai."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.evaluation import Difference, Score
from mnist37.events import drawing_key
from mnist37.rungs import BASELINE, Rung, get_rung, settings_for
from mnist37.train import predict, train


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a model says of one drawing.

    Args:
        digit: 3 or 7.
        logit: its raw answer, above 0 for a three.
        prob_3: the probability of a three; None where the model gives none.
        words: the raw answer in words, as the model's rung has them.
    """

    digit: int
    logit: float
    prob_3: float | None
    words: str

    @property
    def prob(self) -> float | None:
        """The probability of the digit that it says."""
        if self.prob_3 is None:
            return None
        return self.prob_3 if self.digit == 3 else 1 - self.prob_3


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a model says of all validation digits.

    Args:
        step: the step that it was asked after.
        logits: float32 `[n_valid]`, above 0 for a three.
        labels: uint8 `[n_valid]`, 1 = three, 0 = seven.
    """

    step: int
    logits: NDArray[np.float32]
    labels: NDArray[np.uint8]

    @property
    def accuracy(self) -> float:
        """The share that it gets right, in [0, 1]."""
        return self.accuracy_above(0.0)

    @property
    def score(self) -> Score:
        """How many it gets wrong."""
        return Score(int(self.is_wrong().sum()), len(self.labels))

    def differs_from(self, other: "Answers") -> Difference:
        """The digits that only one of the two gets wrong; both must be about the same digits."""
        mine, theirs = self.is_wrong(), other.is_wrong()
        return Difference(int((mine & ~theirs).sum()), int((theirs & ~mine).sum()))

    @property
    def losses(self) -> NDArray[np.float64]:
        """The logistic loss of each digit, float64 `[n_valid]`: how sure the model is of what is wrong."""
        towards = np.where(self.labels == 1, 1.0, -1.0) * np.nan_to_num(self.logits.astype(np.float64))
        losses: NDArray[np.float64] = np.logaddexp(0.0, -towards)
        return losses

    def accuracy_above(self, above: float) -> float:
        """The share that is right, in [0, 1], where a logit above this one is called a three."""
        return float(((self.logits > above) == (self.labels == 1)).mean())

    def count(self, digit: int, said: int, above: float = 0.0) -> int:
        """How many of the 3s (or 7s) it calls a 3 (or a 7): one cell of the confusion matrix."""
        return int(((self.labels == (digit == 3)) & ((self.logits > above) == (said == 3))).sum())

    def is_wrong(self) -> NDArray[np.bool_]:
        """Which digits it gets wrong, bool `[n_valid]`."""
        wrong: NDArray[np.bool_] = (self.logits > 0) != (self.labels == 1)
        return wrong

    def mistakes(self) -> list[int]:
        """Which digits it gets wrong, the surest mistakes first."""
        wrong = np.flatnonzero(self.is_wrong())
        return [int(index) for index in wrong[np.argsort(-self.losses[wrong], kind="stable")]]

    def by_loss(self) -> list[int]:
        """All digits, those with the greatest loss first."""
        return [int(index) for index in np.argsort(-self.losses, kind="stable")]


def judge(engine: Engine, run_id: str, image: NDArray[np.uint8], step: int | None = None) -> Verdict | None:
    """Ask a run.

    Args:
        engine: knows the runs.
        run_id: the judge.
        image: uint8 `[28, 28]`, ink is bright.
        step: as it stood at the last weights kept at or before this step; None for as it stands now.

    Returns:
        Its verdict; None where nothing is known of the model at that step, or it has not learned enough yet.

    Raises:
        RunError: the run's weights are damaged.
    """
    if step is None and engine.store.has_weights(run_id):
        return _final_verdict(run_id, image.tobytes(), engine)
    weights = whole_weights(engine, run_id, step)
    if weights is not None:
        return _ask(engine, run_id, weights, image)
    said = engine.history(run_id).drawing_logit(drawing_key(image), step)
    return None if said is None else _verdict(said.logit, get_rung(engine.info(run_id).settings.rung))


def image_of(pixels: bytes) -> NDArray[np.uint8]:
    """A drawing as it was remembered: uint8 `[28, 28]`, read-only."""
    return np.frombuffer(pixels, np.uint8).reshape(28, 28)


def right_on(engine: Engine, run_id: str, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> int | None:
    """How many of these digits a run gets right as it stands now: uint8 `[N, 28, 28]`, uint8 `[N]`; None if unknown."""
    weights = whole_weights(engine, run_id)
    if weights is None:
        return None
    return int((predict(engine.info(run_id).settings, weights, images).labels == labels).sum())


def answers(engine: Engine, run_id: str, digits: Digits, step: int | None = None) -> Answers | None:
    """Ask a run about all validation digits.

    Args:
        engine: knows the runs.
        run_id: who is asked.
        digits: whose validation digits; they must be those that the run was judged by.
        step: as for `judge`.

    Returns:
        Its answers; None where nothing is known, or where these are not the run's digits.
    """
    info, history = engine.info(run_id), engine.history(run_id)
    if not info.is_judged_by(digits):
        return None
    snapshot = history.snapshot(step)
    if snapshot is not None and snapshot.is_whole:
        return _answers_at(run_id, snapshot.step, engine, digits)
    said = history.valid_logits(step)
    return None if said is None else Answers(said.step, said.logits, digits.valid_labels)


@lru_cache(maxsize=256)
def _answers_at(run_id: str, step: int, engine: Engine, digits: Digits) -> Answers:
    """Everybody who watches a run asks the same, many times a second; Streamlit's caches take as long as the answer."""
    history = engine.history(run_id)
    newest = history.snapshot()
    snapshot = newest if newest is not None and newest.step == step else history.snapshot(step)
    assert snapshot is not None  # whoever asks for this step has seen it
    weights = {name: torch.tensor(array) for name, array in snapshot.weights.items()}
    logits = predict(engine.info(run_id).settings, weights, digits.valid_images).logits
    return Answers(snapshot.step, logits, digits.valid_labels)


@st.cache_resource(show_spinner=False, max_entries=2048)
def _final_verdict(run_id: str, pixels: bytes, _engine: Engine) -> Verdict:
    """A drawing is asked about again when the one before it is shown, or when the page is drawn once more."""
    return _ask(_engine, run_id, _kept_weights(run_id, _engine), image_of(pixels))


def _ask(engine: Engine, run_id: str, weights: dict[str, Tensor], image: NDArray[np.uint8]) -> Verdict:
    settings = engine.info(run_id).settings
    return _verdict(float(predict(settings, weights, image[None]).logits[0]), get_rung(settings.rung))


def _verdict(logit: float, rung: Rung) -> Verdict:
    prob_3 = 1 / (1 + math.exp(-min(max(logit, -700.0), 700.0))) if rung.gives_probability else None
    return Verdict(3 if logit > 0 else 7, logit, prob_3, rung.answer_words(logit))


def whole_weights(engine: Engine, run_id: str, step: int | None = None) -> dict[str, Tensor] | None:
    """The whole model's weights at a step (None for now), if they are known."""
    history = engine.history(run_id)
    is_end = step is None or step >= history.step
    if is_end and engine.store.has_weights(run_id):
        return _kept_weights(run_id, engine)
    snapshot = history.snapshot(step)
    if snapshot is None or not snapshot.is_whole:
        return None
    return {name: torch.tensor(array) for name, array in snapshot.weights.items()}


@st.cache_resource(show_spinner=False, max_entries=6)
def _kept_weights(run_id: str, _engine: Engine) -> dict[str, Tensor]:
    return _engine.store.weights(run_id)


@lru_cache(maxsize=4)
def baseline(digits: Digits) -> Answers:
    """Return the baseline's answers to all validation digits, with its default settings."""
    settings = settings_for(BASELINE)
    weights = train(settings, digits, lambda _: None).weights
    return Answers(0, predict(settings, weights, digits.valid_images).logits, digits.valid_labels)
