"""One linear model as four programs, each shorter than the one before; fastai's files are read, never imported."""

import ast
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from torch.optim import SGD

from mnist37.data import Digits
from mnist37.rungs import linear_fastai, linear_scratch, linear_torch
from mnist37.rungs.base import stack_rows
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.linear_torch import linear_model, validate_epoch
from mnist37.rungs.losses import LOSSES
from mnist37.rungs.watch import Watch
from mnist37.settings import Settings

Code = Callable[..., Any] | str
"""A function or class of this project, or the name of one of fastai's, such as `learner.Learner._step`."""


def fit_with_sgd(settings: Settings, digits: Digits, watch: Watch) -> None:
    """Run the same loop with a library's optimizer: torch's SGD, whose step is that of fastai's."""
    x, y = stack_rows(digits.train_images, digits.train_labels)
    valid_x, valid_y = stack_rows(digits.valid_images, digits.valid_labels)
    dl = DataLoader(x, y, settings.batch_size, shuffle_seed=settings.seed)
    model, loss_func = linear_model(settings.seed), LOSSES[settings.loss]
    opt = SGD(model.parameters(), settings.lr)
    for _ in range(settings.epochs):
        for xb, yb in dl:
            preds = model(xb)
            loss = loss_func(preds, yb)
            loss.backward()
            opt.step()
            opt.zero_grad()
            watch.after_batch(loss.item())
        watch.after_epoch(*validate_epoch(model, valid_x, valid_y, loss_func))


@dataclass(frozen=True, slots=True)
class Program:
    """One of the four programs.

    Args:
        name: its name.
        code: the code that one has to write for it.
        lines: for each of `PLACES`, the code that does it and how its line begins.
    """

    name: str
    code: Sequence[Code]
    lines: Sequence[tuple[Code, str]]


PLACES = ("parameters", "mini-batches", "predict", "loss", "gradient", "step", "forget the gradient")
_FIT = linear_fastai.fit_learner

PROGRAMS = (
    Program(
        "from scratch",
        (linear_scratch.init_params, linear_scratch.linear1, linear_scratch.calc_grad, linear_scratch.train_epoch),
        (
            (linear_scratch.init_params, "return"),
            (linear_scratch.train_epoch, "for xb"),
            (linear_scratch.linear1, "return"),
            (linear_scratch.calc_grad, "loss = "),
            (linear_scratch.calc_grad, "loss.backward"),
            (linear_scratch.train_epoch, "p.data -="),
            (linear_scratch.train_epoch, "p.grad.zero_"),
        ),
    ),
    Program(
        "nn.Linear, BasicOptim",
        (linear_torch.BasicOptim, linear_torch.train_epoch),
        (
            (linear_torch.linear_model, "model ="),
            (linear_torch.train_epoch, "for xb"),
            (linear_torch.train_epoch, "preds ="),
            (linear_torch.train_epoch, "loss = "),
            (linear_torch.train_epoch, "loss.backward"),
            (linear_torch.BasicOptim.step, "p.data -="),
            (linear_torch.BasicOptim.zero_grad, "p.grad ="),
        ),
    ),
    Program(
        "nn.Linear, SGD",
        (fit_with_sgd,),
        (
            (linear_torch.linear_model, "model ="),
            (fit_with_sgd, "for xb"),
            (fit_with_sgd, "preds ="),
            (fit_with_sgd, "loss = "),
            (fit_with_sgd, "loss.backward"),
            (fit_with_sgd, "opt.step"),
            (fit_with_sgd, "opt.zero_grad"),
        ),
    ),
    Program(
        "fastai's Learner",
        (linear_fastai.fit_learner,),
        (
            (linear_torch.linear_model, "model ="),
            ("learner.Learner.all_batches", "for o"),
            ("learner.Learner._do_one_batch", "self.pred ="),
            ("learner.Learner._do_one_batch", "self.loss_grad ="),
            ("learner.Learner._backward", "def"),
            ("learner.Learner._step", "def"),
            ("learner.Learner._do_grad_opt", "self.opt.zero_grad"),
        ),
    ),
)


def source(code: Code) -> str:
    """Return the source of a part, from the file that runs.

    Raises:
        LookupError: fastai has no such part.
    """
    return _fastai_source(code) if isinstance(code, str) else inspect.getsource(code).rstrip()


def line(code: Code, begins: str) -> str:
    """Return the line of a part that begins so, without a comment.

    Raises:
        LookupError: there is no such line.
    """
    for text in source(code).splitlines():
        if text.strip().startswith(begins):
            return text.split("  #")[0].strip()
    raise LookupError(f"No line of {code} begins with {begins!r}.")


@cache
def _fastai_source(name: str) -> str:
    """Read a part of fastai from its file: importing fastai takes seconds, and only workers do it."""
    module, *path = name.split(".")
    spec = find_spec("fastai")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    text = (Path(spec.submodule_search_locations[0]) / f"{module}.py").read_text(encoding="utf-8")
    body: Sequence[ast.stmt] = ast.parse(text).body
    found: ast.stmt | None = None
    for part in path:
        found = next((node for node in body if getattr(node, "name", None) == part), None)
        body = getattr(found, "body", ())
    if found is None:
        raise LookupError(f"fastai has no {name}.")
    return ast.get_source_segment(text, found) or ""
