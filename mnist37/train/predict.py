"""Predictions of a trained model. It imports torch, never fastai: the web server predicts with it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from mnist37.errors import RunBroken
from mnist37.rungs import Weights, get_rung, image_tensor
from mnist37.rungs.devices import CPU
from mnist37.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """The predictions of a model for N images.

    Args:
        logits: float32 `[N]`, above 0 for the first digit of `settings.classes`; of ten digits `[N, 10]`.
        probs: float32 `[N]`, the probability of that digit, or `[N, 10]`, that of each; None if the model has none
            (pixel similarity).
        labels: uint8 `[N]`: of two digits 1 = the first, 0 = the other one; of ten the digit itself.
    """

    logits: NDArray[np.float32]
    probs: NDArray[np.float32] | None
    labels: NDArray[np.uint8]


def predict(settings: Settings, weights: Weights, images: NDArray[np.uint8]) -> Prediction:
    """Return the predictions of a trained model.

    Args:
        settings: what it was trained with.
        weights: its named tensors; it predicts on the device that holds them.
        images: uint8 `[N, 28, 28]`, ink is bright.

    Raises:
        SettingsError: there is no such rung.
        RunBroken: the weights are not those of such a model.
    """
    rung = get_rung(settings.rung)
    with torch.inference_mode():
        try:
            logits = rung.logits(settings, weights, image_tensor(images).to(_device(weights))).cpu()
        except (KeyError, RuntimeError) as error:  # a tensor is missing, or of another shape
            raise RunBroken(f"These weights do not fit {settings.rung}.", "Train it again.") from error
    probs = (logits.softmax(1) if logits.ndim == 2 else logits.sigmoid()).numpy() if rung.gives_probability else None
    return Prediction(logits.numpy(), probs, settings.classes.said(logits.numpy()))


def as_tensors(weights: Mapping[str, NDArray[np.float32]]) -> Weights:
    """Return weights as a snapshot holds them, float32 `[...]`, as tensors of the same names."""
    return {name: torch.tensor(array) for name, array in weights.items()}


def _device(weights: Weights) -> torch.device:
    return next((tensor.device for tensor in weights.values()), CPU)
