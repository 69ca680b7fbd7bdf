"""`pixel-similarity`: which mean digit is the nearest? Nothing is trained; it is the baseline to beat."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data import Digits
from mnist37.rungs.base import ChapterFigure, Default, Look, Rung, Weights, image_tensor
from mnist37.rungs.losses import are_right
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


def nearness(images: Tensor, means: Sequence[Tensor], distance: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """How near each image is to each mean, `[N, means]`: minus the distance, so that the largest is the nearest."""
    return -torch.stack([distance(images, mean) for mean in means], dim=1)


DISTANCES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {"l1": l1_distance, "rmse": rmse_distance}


def _name(digit: int) -> str:
    """Return the name of a digit's mean among the weights."""
    return f"mean{digit}"


class PixelSimilarity(Rung):
    """See the module."""

    name = "pixel-similarity"
    title = "Pixel similarity"
    summary = "Compare with the mean of each digit and take the nearer one. Nothing is trained."
    uses = frozenset({"loss", "digits"})
    losses = ("rmse", "l1")
    is_trained = False
    labels: ClassVar[Mapping[str, str]] = {"loss": "Distance"}
    gives_probability = False
    answer_title = "how much nearer to the mean {}"
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
## A baseline: the mean of each digit

Stack all images of one digit to a rank-3 tensor and take the mean over its first axis: the ideal 3, or 7. The same for
the other digit. An image is then whatever it is nearer to. The mean of the absolute differences is the **L1** distance;
the root of the mean of the squared differences is the **RMSE** (L2). Nothing is learned here, and everything that
learns has to beat it.
"""
    look = Look("means", "The two means", is_of_digits=True, are_means=True, lab_px=150)

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        """Take the mean of each digit; see `Rung.fit`."""
        train, labels = image_tensor(digits.train_images), torch.tensor(digits.train_labels)
        weights = {_name(digit): train[labels == label].mean(0) for digit, label in settings.classes.labels.items()}
        watch.begin(weights)
        answers = self.logits(settings, weights, image_tensor(digits.valid_images))
        right = are_right(answers, torch.tensor(digits.valid_labels))
        watch.after_epoch(float("nan"), right.float().mean().item())

    def logits(self, settings: Settings, weights: Weights, images: Tensor) -> Tensor:
        """How much nearer to the mean of the first digit, or how near to each of ten: see `Rung.logits`.

        Neither is a probability.
        """
        means = [weights[_name(digit)] for digit in settings.classes.digits]
        distance = DISTANCES[settings.loss]
        if settings.classes.is_pair:
            return is_3_by(images, means[0], means[1], distance)
        return nearness(images, means, distance)

    def between(self, weights: Weights, pair: Classes) -> Weights:
        """Return the two means; see `Rung.between`."""
        return {_name(digit): weights[_name(digit)] for digit in pair.digits}

    def weights_form(self, settings: Settings) -> Weights:
        """One picture a digit."""
        return {_name(digit): torch.empty(28, 28, device="meta") for digit in settings.classes.digits}

    def first_layer(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the means, of the lower digit first."""
        return np.stack([weights[name] for name in sorted(weights)])

    def parts(self, settings: Settings, weights: Mapping[str, NDArray[np.float32]]) -> TwoMeans:
        """Return the two means, and the distance that decides."""
        first, other = (weights[_name(digit)] for digit in settings.classes.digits)
        return TwoMeans(first, other, settings.loss)

    def answer_words(self, logits: NDArray[np.float32], classes: Classes) -> str:
        """Return the nearest mean, and by how much."""
        digit = classes.order(logits)[0]
        if classes.is_pair:
            return f"nearer to the mean {digit}, by {abs(logits):.4f} of the range from 0 to 1"
        return f"nearest to the mean {digit}, {-logits[digit]:.4f} of the range from 0 to 1 away"

    def lesson(self, classes: Classes = THREE_OR_SEVEN) -> Sequence[Callable[..., Any]]:
        """Both distances and the comparison."""
        return l1_distance, rmse_distance, is_3_by if classes.is_pair else nearness
