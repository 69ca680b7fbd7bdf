"""The chapter's own code, as a reader types it: fastai's `DataLoader` over a `list(zip(x, y))`, a `Learner` on it.

Source: the fastai book, chapter 4. Only the bars and tables that fastai prints are off. Globals are the reader's.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from fastai.vision.all import (
    SGD,
    DataLoader,
    DataLoaders,
    F,
    ImageDataLoaders,
    Learner,
    accuracy,
    nn,
    resnet18,
    tensor,
    vision_learner,
)
from torch import Tensor

from mnist37.data import Digits


def mnist_loss(predictions: Tensor, targets: Tensor) -> Tensor:
    predictions = predictions.sigmoid()
    return torch.where(targets == 1, 1 - predictions, predictions).mean()


def batch_accuracy(xb: Tensor, yb: Tensor) -> Tensor:
    preds = xb.sigmoid()
    correct = (preds > 0.5) == yb
    return correct.float().mean()


def loaders(digits: Digits) -> tuple[Any, Any]:
    """`dl` and `valid_dl`."""
    train_x = (tensor(digits.train_images).float() / 255).view(-1, 28 * 28)
    train_y = tensor(digits.train_labels).float().unsqueeze(1)
    valid_x = (tensor(digits.valid_images).float() / 255).view(-1, 28 * 28)
    valid_y = tensor(digits.valid_labels).float().unsqueeze(1)
    dset = list(zip(train_x, train_y, strict=True))
    valid_dset = list(zip(valid_x, valid_y, strict=True))
    return DataLoader(dset, batch_size=256), DataLoader(valid_dset, batch_size=256)


def init_params(size: Any, std: float = 1.0) -> Tensor:
    return (torch.randn(size) * std).requires_grad_()


def linear_from_scratch(digits: Digits) -> Callable[[int], None]:
    """The chapter's loop over weights and bias."""
    dl, valid_dl = loaders(digits)
    weights, bias = init_params((28 * 28, 1)), init_params(1)

    def linear1(xb: Tensor) -> Tensor:
        return xb @ weights + bias

    def calc_grad(xb: Tensor, yb: Tensor, model: Any) -> None:
        preds = model(xb)
        loss = mnist_loss(preds, yb)
        loss.backward()

    def train_epoch(model: Any, lr: float, params: Any) -> None:
        for xb, yb in dl:
            calc_grad(xb, yb, model)
            for p in params:
                p.data -= p.grad * lr
                p.grad.zero_()

    def validate_epoch(model: Any) -> float:
        accs = [batch_accuracy(model(xb), yb) for xb, yb in valid_dl]
        return round(torch.stack(accs).mean().item(), 4)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            train_epoch(linear1, 1.0, (weights, bias))
            validate_epoch(linear1)

    return train


class BasicOptim:
    def __init__(self, params: Any, lr: float) -> None:
        self.params, self.lr = list(params), lr

    def step(self, *args: Any, **kwargs: Any) -> None:
        for p in self.params:
            p.data -= p.grad.data * self.lr

    def zero_grad(self, *args: Any, **kwargs: Any) -> None:
        for p in self.params:
            p.grad = None


def linear_with_own_optimizer(digits: Digits) -> Callable[[int], None]:
    """`nn.Linear` and `BasicOptim`."""
    dl, valid_dl = loaders(digits)
    linear_model = nn.Linear(28 * 28, 1)
    opt = BasicOptim(linear_model.parameters(), 1.0)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for xb, yb in dl:
                loss = mnist_loss(linear_model(xb), yb)
                loss.backward()
                opt.step()
                opt.zero_grad()
            torch.stack([batch_accuracy(linear_model(xb), yb) for xb, yb in valid_dl]).mean().item()

    return train


def _learner(digits: Digits, model: Any, lr: float) -> Callable[[int], None]:
    dls = DataLoaders(*loaders(digits))
    learn = Learner(dls, model, opt_func=SGD, loss_func=mnist_loss, metrics=batch_accuracy)

    def train(epochs: int) -> None:
        with learn.no_bar(), learn.no_logging():
            learn.fit(epochs, lr=lr)

    return train


def linear_with_learner(digits: Digits) -> Callable[[int], None]:
    """`Learner` and `SGD`."""
    return _learner(digits, nn.Linear(28 * 28, 1), 1.0)


def simple_net(digits: Digits) -> Callable[[int], None]:
    """The two-layer net."""
    return _learner(digits, nn.Sequential(nn.Linear(28 * 28, 30), nn.ReLU(), nn.Linear(30, 1)), 0.1)


def write_png_folders(digits: Digits, root: Path) -> None:
    """Write the digits as PNG files, as the reader has them: `train/3/*.png` and so on."""
    from PIL import Image

    parts = (
        ("train", digits.train_images, digits.train_labels),
        ("valid", digits.valid_images, digits.valid_labels),
    )
    for part, images, labels in parts:
        for number, (image, label) in enumerate(zip(images, labels, strict=True)):
            folder = root / part / ("3" if label else "7")
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(folder / f"{number}.png")


def resnet(path: Path) -> Callable[[], float]:
    """Return a function that trains one epoch of ResNet-18 from PNG files, as the chapter ends, to the accuracy."""
    dls = ImageDataLoaders.from_folder(path)
    learn = vision_learner(dls, resnet18, pretrained=False, loss_func=F.cross_entropy, metrics=accuracy)
    learn.path = Path(tempfile.gettempdir())

    def train() -> float:
        with learn.no_bar(), learn.no_logging():
            learn.fit_one_cycle(1, 0.1)
        return float(learn.recorder.values[-1][-1])

    return train
