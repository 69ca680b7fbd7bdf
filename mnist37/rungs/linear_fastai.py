"""`linear-fastai`: the same model once more, with fastai's `SGD` and `Learner` instead of our own loop."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data import Digits
from mnist37.rungs.base import grey_rows, stack_rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.devices import CPU
from mnist37.rungs.fastai_fit import data_loaders, finish, learner_lr_curve, quiet, watch_callback
from mnist37.rungs.linear_torch import LinearTorch, linear_model
from mnist37.rungs.losses import loss_function, metric
from mnist37.rungs.lr_find import LrCurve
from mnist37.rungs.watch import Watch
from mnist37.settings import Settings


def fit_learner(dls: Any, model: nn.Module, settings: Settings, callback: Any) -> None:
    """Train: the whole loop, as fastai has it."""
    from fastai.basics import SGD, Learner

    loss_func, accuracy = loss_function(settings.loss, settings.classes), metric(settings.classes)
    learn = Learner(dls, model, opt_func=SGD, loss_func=loss_func, metrics=accuracy, cbs=callback)
    with quiet(learn):
        learn.fit(settings.epochs, lr=settings.lr)


def row_loaders(settings: Settings, digits: Digits, device: torch.device) -> Any:
    """`DataLoaders` of rows on a device, `[N, 784]`, and their targets."""
    classes = settings.classes
    train_rows = grey_rows(digits.train_images, digits.train_labels, classes)
    valid_rows = stack_rows(digits.valid_images, digits.valid_labels, classes)
    train = DataLoader(*train_rows, settings.batch_size, settings.seed)
    return data_loaders(train, DataLoader(*valid_rows, digits.n_valid), device, classes)


def fit_rows(settings: Settings, digits: Digits, model: nn.Module, watch: Watch, device: torch.device = CPU) -> None:
    """Fit a model of rows (`[N, 784]` to `[N, 1]`, or `[N, 10]`) with a `Learner`.

    Raises:
        StopTraining: the run was told to stop.
        Diverged: the loss or a weight is no finite number any more.
    """
    callback = watch_callback(watch)
    fit_learner(row_loaders(settings, digits, device), model, settings, callback)
    finish(callback)


def rows_lr_curve(settings: Settings, digits: Digits, model: nn.Module, device: torch.device = CPU) -> LrCurve:
    """Look for a learning rate for a model of rows; see `Rung.sweep_lr`."""
    from fastai.basics import SGD, Learner

    dls = row_loaders(settings, digits, device)
    return learner_lr_curve(Learner(dls, model, opt_func=SGD, loss_func=loss_function(settings.loss, settings.classes)))


class LinearFastai(LinearTorch):
    """See the module."""

    name = "linear-fastai"
    title = "nn.Linear with fastai"
    summary = "The same model with fastai's SGD and Learner: two lines instead of a loop."
    needs_fastai = True
    notebook_text = """
## fastai's `SGD` and `Learner`

The same model once more. `DataLoaders` hold the train and the valid batches; a `Learner` puts them together with the
model, the optimizer `SGD`, the loss and the metric, and `fit` is the loop that we wrote by hand before.
"""

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        """Learn; see `Rung.fit`."""
        fit_rows(settings, digits, linear_model(settings.seed, settings.classes.n_answers), watch)

    def sweep_lr(self, settings: Settings, digits: Digits) -> LrCurve:
        """Fastai's `lr_find`; see `Rung.sweep_lr`."""
        return rows_lr_curve(settings, digits, linear_model(settings.seed, settings.classes.n_answers))

    def lesson(self, classes: Classes = THREE_OR_SEVEN) -> Sequence[Callable[..., Any]]:  # noqa: ARG002
        """Return the `Learner`."""
        return (fit_learner,)
