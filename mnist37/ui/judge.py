"""Which trained run judges, and what it says of a drawing. Asks torch, never fastai."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.engine import Engine
from mnist37.errors import RunBroken
from mnist37.settings import Settings
from mnist37.train import predict


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a model says of one drawing.

    Args:
        digit: 3 or 7.
        logit: its raw answer, above 0 for a three.
        prob_3: the probability of a three; None where the model gives none.
    """

    digit: int
    logit: float
    prob_3: float | None

    @property
    def prob(self) -> float | None:
        """The probability of the digit that it says."""
        if self.prob_3 is None:
            return None
        return self.prob_3 if self.digit == 3 else 1 - self.prob_3


def judge(engine: Engine, run_id: str, image: NDArray[np.uint8]) -> Verdict:
    """Ask a run.

    Args:
        engine: knows the runs.
        run_id: the judge.
        image: uint8 `[28, 28]`, ink is bright.

    Returns:
        Its verdict.

    Raises:
        RunError: the run has no weights that could answer, or they are damaged.
    """
    settings = engine.info(run_id).settings
    answer = predict(settings, _weights(engine, run_id, settings), image[None])
    prob_3 = None if answer.probs is None else float(answer.probs[0])
    return Verdict(3 if answer.labels[0] else 7, float(answer.logits[0]), prob_3)


def can_judge(engine: Engine, run_id: str) -> bool:
    """Whether a run has learned enough to answer: it is over, or its snapshots hold the whole model."""
    return engine.store.has_weights(run_id) or _snapshot_weights(engine, run_id) is not None


def _weights(engine: Engine, run_id: str, settings: Settings) -> dict[str, Tensor]:
    if engine.store.has_weights(run_id):
        return _kept_weights(run_id, engine)
    weights = _snapshot_weights(engine, run_id)
    if weights is None:
        raise RunBroken(f"This {settings.rung} has no weights to answer with yet.", "Wait, or choose another run.")
    return weights


@st.cache_resource(show_spinner=False, max_entries=3)
def _kept_weights(run_id: str, _engine: Engine) -> dict[str, Tensor]:
    return _engine.store.weights(run_id)


def _snapshot_weights(engine: Engine, run_id: str) -> dict[str, Tensor] | None:
    """The newest weights of a run that still learns, where they are the whole model's."""
    snapshot = engine.history(run_id).snapshot()
    if snapshot is None or not snapshot.is_whole:
        return None
    return {name: torch.tensor(array) for name, array in snapshot.weights.items()}
