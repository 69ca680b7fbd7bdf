"""A run's predictions for a drawing and for the validation digits, now or at a step. Uses torch, never fastai."""

from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.evaluation import Answer, Answers
from mnist37.events import drawing_key
from mnist37.rungs import BASELINE, Weights, get_rung, settings_for
from mnist37.train import as_tensors, predict, train


def ask(engine: Engine, run_id: str, image: NDArray[np.uint8], step: int | None = None) -> Answer | None:
    """Return a run's prediction for an image.

    Args:
        engine: gives the runs.
        run_id: the run's id.
        image: uint8 `[28, 28]`, ink is bright.
        step: use the last weights kept at or before this step; None for the newest.

    Returns:
        The prediction; None if the model at that step is not known.

    Raises:
        RunError: the run's weights are damaged.
    """
    if step is None and engine.store.has_weights(run_id):
        return _final_answer(run_id, image.tobytes(), engine)
    weights = whole_weights(engine, run_id, step)
    if weights is not None:
        return _ask(engine, run_id, weights, image)
    kept = engine.history(run_id).drawing_logits(drawing_key(image), step)
    return None if kept is None else _answer(engine, run_id, np.squeeze(np.array(kept.logits, np.float32)))


def image_of(pixels: bytes) -> NDArray[np.uint8]:
    """Return a remembered drawing: uint8 `[28, 28]`, read-only."""
    return np.frombuffer(pixels, np.uint8).reshape(28, 28)


def right_on(engine: Engine, run_id: str, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> int | None:
    """Return how many of these digits a run gets right now: uint8 `[N, 28, 28]`, uint8 `[N]`; None if unknown."""
    weights = whole_weights(engine, run_id)
    if weights is None:
        return None
    return int((predict(engine.info(run_id).settings, weights, images).labels == labels).sum())


def answers(engine: Engine, run_id: str, digits: Digits, step: int | None = None) -> Answers | None:
    """Return a run's predictions for all validation digits.

    Args:
        engine: gives the runs.
        run_id: the run's id.
        digits: the validation digits; they must be those that the run was measured on.
        step: as for `ask`.

    Returns:
        The predictions; None if they are not known, or if these are not the run's digits.
    """
    info, history = engine.info(run_id), engine.history(run_id)
    if not info.is_measured_on(digits):
        return None
    snapshot = history.snapshot(step)
    if snapshot is not None and snapshot.is_whole:
        return _answers_at(run_id, snapshot.step, engine, digits)
    kept = history.valid_logits(step)
    return None if kept is None else Answers(kept.step, kept.logits, digits.valid_labels, digits.classes)


@lru_cache(maxsize=256)
def _answers_at(run_id: str, step: int, engine: Engine, digits: Digits) -> Answers:
    """Cache predictions: each visitor needs them several times a second. Streamlit's caches are no faster."""
    history = engine.history(run_id)
    newest = history.snapshot()
    snapshot = newest if newest is not None and newest.step == step else history.snapshot(step)
    assert snapshot is not None  # the caller has seen a snapshot of this step
    weights = as_tensors(snapshot.weights)
    logits = predict(engine.info(run_id).settings, weights, digits.valid_images).logits
    return Answers(snapshot.step, logits, digits.valid_labels, digits.classes)


@st.cache_resource(show_spinner=False, max_entries=2048)
def _final_answer(run_id: str, pixels: bytes, _engine: Engine) -> Answer:
    """Cache the prediction for a drawing: it is needed again for the next drawing, and when the page is redrawn."""
    return _ask(_engine, run_id, _kept_weights(run_id, _engine), image_of(pixels))


def _ask(engine: Engine, run_id: str, weights: Weights, image: NDArray[np.uint8]) -> Answer:
    logits = predict(engine.info(run_id).settings, weights, image[None]).logits
    return _answer(engine, run_id, logits[0])


def _answer(engine: Engine, run_id: str, logits: NDArray[np.float32]) -> Answer:
    settings = engine.info(run_id).settings
    rung, classes = get_rung(settings.rung), settings.classes
    words = rung.answer_words(logits, classes)
    return Answer.of(logits, words, classes, gives_probability=rung.gives_probability)


def whole_weights(engine: Engine, run_id: str, step: int | None = None) -> Weights | None:
    """Return the whole model's weights at a step (None for now), if they are known."""
    history = engine.history(run_id)
    is_end = step is None or step >= history.step
    if is_end and engine.store.has_weights(run_id):
        return _kept_weights(run_id, engine)
    snapshot = history.snapshot(step)
    if snapshot is None or not snapshot.is_whole:
        return None
    return as_tensors(snapshot.weights)


@st.cache_resource(show_spinner=False, max_entries=6)
def _kept_weights(run_id: str, _engine: Engine) -> Weights:
    return _engine.store.weights(run_id)


@lru_cache(maxsize=4)
def baseline(digits: Digits) -> Answers:
    """Return the baseline's answers to all validation digits, with its default settings."""
    settings = settings_for(BASELINE, digits=str(digits.classes))
    weights = train(settings, digits, lambda _: None).weights
    logits = predict(settings, weights, digits.valid_images).logits
    return Answers(0, logits, digits.valid_labels, digits.classes)
