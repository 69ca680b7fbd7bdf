"""`linear-torch`: the same model as `nn.Linear`, with an optimizer written by hand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data import Digits
from mnist37.rungs.base import Rung, Weights, grey_rows, stack_rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.linear_scratch import LinearScratch, initial_params
from mnist37.rungs.losses import LossFunction, as_logits, batch_accuracy, loss_function, metric
from mnist37.rungs.parts import OneSum
from mnist37.rungs.watch import Watch
from mnist37.settings import Settings


class BasicOptim:
    """Plain gradient descent: what every optimizer starts from."""

    def __init__(self, params: Iterable[Tensor], lr: float) -> None:
        self.params, self.lr = list(params), lr

    def step(self) -> None:
        """Move every parameter against its gradient."""
        for p in self.params:
            if p.grad is not None:
                p.data -= p.grad.data * self.lr

    def zero_grad(self) -> None:
        """Forget the gradients, or the next `backward` would add to them."""
        for p in self.params:
            p.grad = None


def train_epoch(model: nn.Module, dl: DataLoader, opt: BasicOptim, loss_func: LossFunction, watch: Watch) -> None:
    """Predict, loss, gradient, step, for each mini-batch in turn."""
    for xb, yb in dl:
        preds = model(xb)
        loss = loss_func(preds, yb)
        loss.backward()
        opt.lr = watch.lr
        opt.step()
        opt.zero_grad()
        watch.after_batch(loss.item())


def validate_epoch(
    model: nn.Module, x: Tensor, y: Tensor, loss_func: LossFunction, accuracy: LossFunction = batch_accuracy
) -> tuple[float, float]:
    """Loss and accuracy on digits that the model never learned from."""
    with torch.no_grad():
        preds = model(x)
        return loss_func(preds, y).item(), accuracy(preds, y).item()


class LinearTorch(Rung):
    """See the module."""

    name = "linear-torch"
    title = "nn.Linear, own optimizer"
    summary = "The same model as PyTorch's nn.Linear, trained by a ten-line optimizer of our own."
    uses = LinearScratch.uses
    losses = LinearScratch.losses
    defaults = LinearScratch.defaults
    chapter = LinearScratch.chapter
    lesson_page = "to_fastai"
    notebook_text = """
## `nn.Linear` and an optimizer

`nn.Linear` holds the weights and the bias that we made by hand before; an optimizer makes the step and sets the
gradients to zero. It starts from the same weights as the model from scratch, so that the two can be compared.
"""
    look = LinearScratch.look

    def fit(self, settings: Settings, digits: Digits, watch: Watch) -> None:
        """Learn; see `Rung.fit`."""
        classes = settings.classes
        x, y = grey_rows(digits.train_images, digits.train_labels, classes)
        valid_x, valid_y = stack_rows(digits.valid_images, digits.valid_labels, classes)
        dl = DataLoader(x, y, settings.batch_size, shuffle_seed=settings.seed)
        loss_func, accuracy = loss_function(settings.loss, classes), metric(classes)
        model = linear_model(settings.seed, classes.n_answers)
        opt = BasicOptim(model.parameters(), settings.lr)
        watch.begin(model.state_dict())
        for _ in range(settings.epochs):
            dl.batch_size = watch.batch_size
            train_epoch(model, dl, opt, loss_func, watch)
            watch.after_epoch(*validate_epoch(model, valid_x, valid_y, loss_func, accuracy))

    def logits(self, settings: Settings, weights: Weights, images: Tensor) -> Tensor:  # noqa: ARG002
        """Raw answers; see `Rung.logits`."""
        return as_logits(nn.functional.linear(images.view(-1, 28 * 28), weights["weight"], weights["bias"]))

    def between(self, weights: Weights, pair: Classes) -> Weights:
        """Return the difference of the two digits' weights, pixel by pixel; see `Rung.between`."""
        return {name: tensor[pair.first : pair.first + 1] - tensor[pair.other] for name, tensor in weights.items()}

    def weights_form(self, settings: Settings) -> Weights:
        """One weight a pixel, and a bias; for ten digits so for each."""
        return nn.Linear(28 * 28, settings.classes.n_answers, device="meta").state_dict()

    def first_layer(self, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the 784 weights as one picture, or as one picture a digit."""
        return weights["weight"].reshape(-1, 28, 28)

    def parts(self, settings: Settings, weights: Mapping[str, NDArray[np.float32]]) -> OneSum:  # noqa: ARG002
        """Return the one sum that it is."""
        return OneSum(weights["weight"].reshape(28, 28), float(weights["bias"][0]))

    def lesson(self, classes: Classes = THREE_OR_SEVEN) -> Sequence[Callable[..., Any]]:  # noqa: ARG002
        """Return the optimizer and its loop."""
        return BasicOptim, train_epoch, validate_epoch


def linear_model(seed: int, outputs: int = 1) -> nn.Linear:
    """`nn.Linear(784, outputs)` that starts where `linear-scratch` starts, so that the curves can be compared."""
    model = nn.Linear(28 * 28, outputs)
    weights, bias = initial_params(seed, outputs)
    model.load_state_dict({"weight": weights.detach().T, "bias": bias.detach()})
    return model
