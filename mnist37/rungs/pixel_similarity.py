"""`pixel-similarity`: which of the two mean digits is nearer? Nothing is trained; it is the baseline to beat."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.data import Digits
from mnist37.rungs.base import ChapterFigure, Default, Look, Rung, Weights, image_tensor
from mnist37.rungs.parts import TwoMeans
from mnist37.rungs.watch import Watch
from mnist37.settings import Settings


def l1_distance(a: Tensor, b: Tensor) -> Tensor:
    """Mean absolute difference over the pixels: `[N, 28, 28]`, `[28, 28]` (broadcast) -> `[N]`."""
    return (a - b).abs().mean((-1, -2))


def rmse_distance(a: Tensor, b: Tensor) -> Tensor:
    """Root of the mean squared difference over the pixels; it punishes one big difference more than many small ones."""
    return ((a - b) ** 2).mean((-1, -2)).sqrt()


def is_3_by(images: Tensor, mean3: Tensor, mean7: Tensor, distance: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """How much nearer each image is to the mean 3 than to the mean 7: above 0 for a three."""
    return distance(images, mean7) - distance(images, mean3)


DISTANCES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {"l1": l1_distance, "rmse": rmse_distance}


class PixelSimilarity(Rung):
    """See the module."""

    name = "pixel-similarity"
    title = "Pixel similarity"
    summary = "Compare with the mean 3 and the mean 7 and take the nearer one. Nothing is trained."
    uses = frozenset({"loss"})
    losses = ("rmse", "l1")
    is_trained = False
    labels: ClassVar[Mapping[str, str]] = {"loss": "Distance"}
    gives_probability = False
    answer_title = "how much nearer to the mean 3"
    defaults: ClassVar[Mapping[str, Default]] = {
        "lr": Default(1.0, "Not used: nothing is trained."),
        "batch_size": Default(64, "Not used: nothing is trained."),
        "epochs": Default(1, "Not used: one look at the digits makes the means."),
        "loss": Default("rmse", "The better of the two distances here."),
    }
    chapter = (
        ChapterFigure({"loss": "l1"}, 0.85, "L1", is_rough=True),
        ChapterFigure({"loss": "rmse"}, 0.85, "RMSE", is_rough=True),
    )
    lesson_page = "pixels"
    notebook_text = """
## A baseline: the mean 3 and the mean 7

Stack all threes to a rank-3 tensor and take the mean over its first axis: the ideal 3. The same for the sevens. A
digit is then whatever it is nearer to. The mean of the absolute differences is the **L1** distance; the root of the
mean of the squared differences is the **RMSE** (L2). Nothing is learned here, and everything that learns has to beat
it.
"""
    look = Look("two means", "The two means", means_of=(3, 7), lab_px=150)

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        """Take the two means; see `Rung.fit`."""
        train, labels = image_tensor(digits.train_images), torch.tensor(digits.train_labels)
        weights = {"mean3": train[labels == 1].mean(0), "mean7": train[labels == 0].mean(0)}
        watch.begin(weights)
        says_3 = self.logits(settings, weights, image_tensor(digits.valid_images)) > 0
        right = says_3 == (torch.tensor(digits.valid_labels) == 1)
        watch.after_epoch(float("nan"), right.float().mean().item())

    def logits(self, settings: Settings, weights: Weights, images: Tensor) -> Tensor:
        """How much nearer to the mean 3, which is no probability; see `Rung.logits`."""
        return is_3_by(images, weights["mean3"], weights["mean7"], DISTANCES[settings.loss])

    def weights_form(self, settings: Settings) -> Weights:  # noqa: ARG002
        """Two pictures."""
        return {name: torch.empty(28, 28, device="meta") for name in ("mean3", "mean7")}

    def first_layer(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the mean 3 and the mean 7."""
        return np.stack([weights["mean3"], weights["mean7"]])

    def parts(self, settings: Settings, weights: Mapping[str, NDArray[np.float32]]) -> TwoMeans:
        """Return the two means, and the distance that decides."""
        return TwoMeans(weights["mean3"], weights["mean7"], settings.loss)

    def answer_words(self, logit: float) -> str:
        """Return the nearer mean, and by how much."""
        return f"nearer to the mean {3 if logit > 0 else 7}, by {abs(logit):.4f} of the range from 0 to 1"

    def lesson(self) -> Sequence[Callable[..., Any]]:
        """Both distances and the comparison."""
        return l1_distance, rmse_distance, is_3_by
