"""`resnet18`: eighteen layers through fastai's `vision_learner`, trained from random weights in one cycle."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data import Digits
from mnist37.errors import SettingsError
from mnist37.rungs.base import ChapterFigure, Default, Look, Rung, Weights, call_with
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.devices import gpu_or_cpu
from mnist37.rungs.fastai_fit import (
    data_loaders,
    finish,
    fused_adam,
    learner_lr_curve,
    quiet,
    watch_callback,
)
from mnist37.rungs.losses import as_logits, loss_function
from mnist37.rungs.lr_find import LrCurve
from mnist37.rungs.parts import Filters
from mnist37.rungs.plain_resnet import LAST_LAYER, AnsweringResnet, first_maps, n_outputs, plain_model
from mnist37.rungs.watch import Watch
from mnist37.settings import Settings

VALID_BATCH = 128
"""Small enough that a run can be paused and stopped within half a second, between two of them."""


def fit_vision_learner(dls: Any, settings: Settings, callback: Any) -> None:
    """ResNet-18 on grey images, its learning rate raised and lowered once over the whole training."""
    import fastai.callback.schedule  # noqa: F401 - gives a Learner its `fit_one_cycle`
    from fastai.metrics import accuracy
    from fastai.vision.learner import vision_learner
    from torchvision.models import resnet18

    learn = vision_learner(
        dls,
        resnet18,
        n_in=1,
        pretrained=False,
        loss_func=loss_function(settings.loss, settings.classes),
        opt_func=fused_adam,
        metrics=accuracy,
        cbs=callback,
    )
    with quiet(learn):
        learn.fit_one_cycle(settings.epochs, settings.lr)


class Resnet18(Rung):
    """See the module."""

    name = "resnet18"
    title = "ResNet-18"
    summary = "Eighteen layers of small filters through fastai's vision_learner, from random weights, in one cycle."
    uses = frozenset({"lr", "batch_size", "epochs", "seed", "digits"})
    losses = ("cross_entropy",)
    needs_fastai = True
    trial_digits = 800
    threads = 0
    defaults: ClassVar[Mapping[str, Default]] = {
        "lr": Default(0.01, "The peak of the cycle. The chapter's 0.1 wants more steps than the embedded digits give."),
        "batch_size": Default(32, "25 steps an epoch on the 800 embedded digits; fastai's own 64 gives half of that."),
        "epochs": Default(3, "One is enough for the book's 12,396 digits; the 800 embedded ones need three."),
        "loss": Default("cross_entropy", "Two outputs, one a class, as vision_learner has it."),
    }
    chapter = (ChapterFigure({"lr": 0.1, "batch_size": 64, "epochs": 1}, 0.9961, "1 epoch, one cycle up to lr 0.1"),)
    lesson_page = "deep"
    notebook_text = """
## Going deeper

A **convolution** moves a small filter over the whole image; ResNet-18 stacks eighteen layers of them. It wants a
channel axis, `[N, 1, 28, 28]`, and has two outputs, one a class, so the loss is cross-entropy. `vision_learner` builds
the model (here from random weights: `pretrained=False`), and `fit_one_cycle` raises the learning rate to its peak and
lowers it again, once over the whole training.
"""
    look = Look(title="The 64 first filters", lab_px=22)

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        """Learn; see `Rung.fit`.

        Raises:
            SettingsError: a batch would hold one digit only.
        """
        callback = watch_callback(watch)
        fit_vision_learner(self._loaders(settings, digits), settings, callback)
        finish(callback)

    def sweep_lr(self, settings: Settings, digits: Digits) -> LrCurve:
        """Fastai's `lr_find`; see `Rung.sweep_lr`."""
        from fastai.vision.learner import vision_learner
        from torchvision.models import resnet18

        dls = self._loaders(settings, digits)
        loss_func = loss_function(settings.loss, settings.classes)
        return learner_lr_curve(
            vision_learner(dls, resnet18, n_in=1, pretrained=False, loss_func=loss_func, opt_func=fused_adam)
        )

    def _loaders(self, settings: Settings, digits: Digits) -> Any:
        """`DataLoaders` of images, and the seed set for the weights to come."""
        self.check_batch_size(settings.batch_size, digits.n_train)
        torch.manual_seed(settings.seed)
        train = DataLoader(*_channels(digits.train_images, digits.train_labels), settings.batch_size, settings.seed)
        valid = DataLoader(*_channels(digits.valid_images, digits.valid_labels), VALID_BATCH)
        return data_loaders(train, valid, gpu_or_cpu(), settings.classes)

    def check_batch_size(self, batch_size: int, n_train: int) -> None:
        """Batch norm has no spread to divide by where a batch is one digit; see `Rung.check_batch_size`."""
        if batch_size == 1 or n_train % batch_size == 1:
            fitting = next((size for size in range(batch_size + 1, n_train) if n_train % size != 1), n_train)
            raise SettingsError(
                f"With a batch size of {batch_size}, one of the {n_train} digits is alone in its batch, but resnet18 "
                "measures each digit against the others of its batch.",
                f"Choose another batch size, such as {fitting}.",
            )

    def logits(self, settings: Settings, weights: Weights, images: Tensor) -> Tensor:  # noqa: ARG002
        """Raw answers: of two digits the first one's output less the other one's; see `Rung.logits`."""
        batches = (xb.unsqueeze(1) for xb in images.split(VALID_BATCH))
        model = plain_model(n_outputs(weights))
        preds = torch.cat([call_with(model, weights, xb) for xb in batches])  # (N, outputs)
        return as_logits(preds)

    def between(self, weights: Weights, pair: Classes) -> Weights:
        """Return the model with these two of its ten outputs; see `Rung.between`."""
        return {**weights, LAST_LAYER: weights[LAST_LAYER][[pair.other, pair.first]]}

    def module(self, settings: Settings, weights: Weights) -> nn.Module:  # noqa: ARG002
        """Return the plain model, of two digits with its two outputs made one; see `Rung.module`."""
        return AnsweringResnet(weights)

    def weights_form(self, settings: Settings) -> Weights:
        """All that the plain model holds, the counters of its batch norms too."""
        return plain_model(len(settings.classes.digits)).state_dict()

    def first_layer(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the 64 first filters, 7x7 pixels each."""
        return weights["0.0.weight"].reshape(-1, 7, 7)

    def parts(self, settings: Settings, weights: Mapping[str, NDArray[np.float32]]) -> Filters:  # noqa: ARG002
        """Return how to look into its first layers."""
        return Filters(first_maps)

    def lesson(self, classes: Classes = THREE_OR_SEVEN) -> Sequence[Callable[..., Any]]:  # noqa: ARG002
        """Return the `vision_learner`."""
        return (fit_vision_learner,)


def _channels(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> tuple[Tensor, Tensor]:
    """Images as greys, uint8 `[N, 1, 28, 28]`, labels as int64 `[N]`: as convolution and cross-entropy take them."""
    return torch.tensor(images).unsqueeze(1), torch.tensor(labels).long()
