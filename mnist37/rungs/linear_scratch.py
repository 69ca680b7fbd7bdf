"""`linear-scratch`: a linear model with nothing borrowed but autograd, as the chapter builds it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data import Digits
from mnist37.rungs.base import ChapterFigure, Default, Look, Rung, Weights, grey_rows, stack_rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.losses import LossFunction, as_logits, batch_accuracy, loss_function, metric
from mnist37.rungs.parts import OneSum
from mnist37.rungs.watch import Watch
from mnist37.settings import Settings

INIT_STD = 0.01
"""A hundredth of the chapter's: its snow of random weights is not drowned out after 20 epochs of the chapter's settings
(accuracy 96.7 to 97.3 % over four seeds, 98.2 to 98.3 % with 0.01), and it hides the picture that they become."""


def init_params(size: tuple[int, ...], generator: torch.Generator, std: float = 1.0) -> Tensor:
    """Return random numbers whose gradients autograd keeps."""
    return (torch.randn(size, generator=generator) * std).requires_grad_()


def linear1(xb: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """Multiply each pixel by its weight, add all up, and add the bias."""
    return xb @ weights + bias  # (batch, 784) @ (784, outputs) + (outputs,) -> (batch, outputs)


def calc_grad(xb: Tensor, yb: Tensor, params: Sequence[Tensor], loss_func: LossFunction) -> Tensor:
    """Predict, compute the loss, and compute its gradient with autograd."""
    preds = linear1(xb, *params)
    loss = loss_func(preds, yb)
    loss.backward()
    return loss


def train_epoch(dl: DataLoader, params: Sequence[Tensor], loss_func: LossFunction, watch: Watch) -> None:
    """Step against the gradient of each mini-batch in turn."""
    for xb, yb in dl:
        loss = calc_grad(xb, yb, params, loss_func)
        for p in params:
            assert p.grad is not None
            p.data -= p.grad * watch.lr
            p.grad.zero_()
        watch.after_batch(loss.item())


def validate_epoch(
    x: Tensor, y: Tensor, params: Sequence[Tensor], loss_func: LossFunction, accuracy: LossFunction = batch_accuracy
) -> tuple[float, float]:
    """Loss and accuracy on digits that the model never learned from."""
    with torch.no_grad():
        preds = linear1(x, *params)
        return loss_func(preds, y).item(), accuracy(preds, y).item()


class LinearScratch(Rung):
    """See the module."""

    name = "linear-scratch"
    title = "Linear from scratch"
    summary = "One weight a pixel and a bias: multiply, add up, step against the gradient. Only autograd is PyTorch's."
    uses = frozenset({"lr", "batch_size", "epochs", "loss", "seed", "digits"})
    losses = ("logistic", "mnist_loss")
    defaults: ClassVar[Mapping[str, Default]] = {
        "lr": Default(0.1, "Fast, and the loss still falls at almost every step."),
        "batch_size": Default(64, "Some 12 steps an epoch on the 800 embedded digits: enough to see it learn."),
        "epochs": Default(20, "As in the chapter; the accuracy is flat by then."),
        "loss": Default("logistic", "Learns faster than mnist_loss where the model is sure and wrong."),
    }
    chapter = (
        ChapterFigure(
            {"lr": 1.0, "batch_size": 256, "epochs": 20, "loss": "mnist_loss"}, 0.9744, "20 epochs, lr 1, batch 256"
        ),
    )
    lesson_page = "seven_steps"
    notebook_text = """
## The model and the seven steps

One weight a pixel and a bias. **Initialize** the parameters at random; then for each mini-batch **predict**,
calculate the **loss**, let autograd calculate its **gradient**, **step** the parameters against it; **repeat**, and
**stop** after the last epoch.
"""
    look = Look(title="The weights: orange speaks for {0}, blue for {1}", is_of_digits=True)

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        """Learn; see `Rung.fit`."""
        classes = settings.classes
        x, y = grey_rows(digits.train_images, digits.train_labels, classes)
        valid_x, valid_y = stack_rows(digits.valid_images, digits.valid_labels, classes)
        dl = DataLoader(x, y, settings.batch_size, shuffle_seed=settings.seed)
        loss_func, accuracy = loss_function(settings.loss, classes), metric(classes)
        weights, bias = initial_params(settings.seed, classes.n_answers)
        watch.begin({"weights": weights, "bias": bias})
        for _ in range(settings.epochs):
            dl.batch_size = watch.batch_size
            train_epoch(dl, (weights, bias), loss_func, watch)
            watch.after_epoch(*validate_epoch(valid_x, valid_y, (weights, bias), loss_func, accuracy))

    def logits(self, settings: Settings, weights: Weights, images: Tensor) -> Tensor:  # noqa: ARG002
        """Raw answers; see `Rung.logits`."""
        return as_logits(linear1(images.view(-1, 28 * 28), weights["weights"], weights["bias"]))

    def between(self, weights: Weights, pair: Classes) -> Weights:
        """Return the difference of the two digits' weights, pixel by pixel; see `Rung.between`."""
        columns = weights["weights"]
        return {
            "weights": (columns[:, pair.first] - columns[:, pair.other]).unsqueeze(1),
            "bias": (weights["bias"][pair.first] - weights["bias"][pair.other]).unsqueeze(0),
        }

    def weights_form(self, settings: Settings) -> Weights:
        """One weight a pixel, and a bias; for ten digits so for each."""
        n = settings.classes.n_answers
        return {"weights": torch.empty(28 * 28, n, device="meta"), "bias": torch.empty(n, device="meta")}

    def first_layer(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the 784 weights as one picture, or as one picture a digit."""
        return np.ascontiguousarray(weights["weights"].T).reshape(-1, 28, 28)

    def parts(self, settings: Settings, weights: Mapping[str, NDArray[np.float32]]) -> OneSum:  # noqa: ARG002
        """Return the one sum that it is."""
        return OneSum(weights["weights"].reshape(28, 28), float(weights["bias"][0]))

    def lesson(self, classes: Classes = THREE_OR_SEVEN) -> Sequence[Callable[..., Any]]:  # noqa: ARG002
        """Return the chapter's functions."""
        return init_params, linear1, calc_grad, train_epoch, validate_epoch


def initial_params(seed: int, outputs: int = 1) -> tuple[Tensor, Tensor]:
    """Weights `[784, outputs]` and bias `[outputs]` that every linear rung starts from, so that curves compare."""
    generator = torch.Generator().manual_seed(seed)
    return init_params((28 * 28, outputs), generator, INIT_STD), init_params((outputs,), generator, INIT_STD)
