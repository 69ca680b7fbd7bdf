"""What the three `Learner` rungs share: `DataLoaders` of slices, and a callback that tells the `Watch`.

fastai is imported inside functions only: answering with a trained model must not cost its 7 seconds and 850 MB.
"""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.errors import Diverged
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.losses import as_logits
from mnist37.rungs.lr_find import BATCHES, HIGHEST, LOWEST, LrCurve, lr_curve
from mnist37.rungs.watch import StopTraining, Watch

# fastai 2.8.12 calls torch.jit.script while it is imported; nobody who trains here can do anything about it.
warnings.filterwarnings("ignore", message="`torch.jit.script` is deprecated", category=FutureWarning)


def data_loaders(train: DataLoader, valid: DataLoader, device: torch.device, classes: Classes = THREE_OR_SEVEN) -> Any:
    """Fastai's `DataLoaders` over ours, with that many classes; a `Learner` takes its model to their device."""
    from fastai.data.core import DataLoaders

    dls = DataLoaders(train, valid, device=device)
    dls.c = len(classes.digits)
    return dls


def fused_adam(params: Any, lr: float) -> Any:
    """Fastai's own `Adam`, each step made by torch's fused kernel in one go instead of some ten operations a tensor.

    `params` come in groups, as `vision_learner` splits its model. Like fastai's, it lets no bias and no weight of a
    batch norm decay: those are the parameters of one axis.
    """
    from fastai.optimizer import OptimWrapper

    every = [p for group in params for p in group]
    groups = [
        {"params": [p for p in every if p.ndim > 1], "weight_decay": 0.01},
        {"params": [p for p in every if p.ndim == 1], "weight_decay": 0.0},
    ]
    return OptimWrapper(groups, torch.optim.AdamW, lr=lr, betas=(0.9, 0.99), eps=1e-5, fused=True)


def scale_lrs(opt: Any, factor: float) -> Callable[[], None]:
    """Scale the learning rate of each of an optimizer's groups; what is returned sets them back."""
    if factor == 1:
        return lambda: None
    before = [hyper["lr"] for hyper in opt.hypers]
    opt.set_hypers(lr=[lr * factor for lr in before])
    return lambda: opt.set_hypers(lr=before)


def watch_callback(watch: Watch) -> Any:
    """Return a fastai `Callback` that tells `watch` every batch and epoch, and scales the learning rate as it asks.

    Its `interruption` holds what ended the fit early, if anything: fastai rewrites the errors that leave a callback.
    """
    from fastai.callback.core import Callback, CancelFitException

    class WatchCallback(Callback):  # type: ignore[misc]
        """Between fastai's training loop and the watch."""

        order = 70  # behind the Recorder (50) and the one-cycle schedule (60)
        interruption: StopTraining | Diverged | None = None

        def before_fit(self) -> None:
            self.first_lr = watch.lr
            self.tell(watch.begin, self.model.state_dict())

        def before_epoch(self) -> None:
            self.dls.train.batch_size = watch.batch_size
            self.answers: list[Tensor] = []

        def before_step(self) -> None:
            # A schedule may move the rate as well, so a turned knob scales it instead of replacing it.
            self.set_back = scale_lrs(self.opt, watch.lr / self.first_lr)

        def after_step(self) -> None:
            self.set_back()

        def after_batch(self) -> None:
            if self.training:
                self.tell(watch.after_batch, self.loss.item())
                self.recorder.losses.clear()  # it keeps a tensor a step: 8 kB, so 0.5 GB in a long run
            else:
                self.answers.append(as_logits(self.pred))
                self.tell(watch.while_validating)

        def tell(self, told: Callable[..., None], *what: Any) -> None:
            try:
                told(*what)
            except (StopTraining, Diverged) as interruption:
                self.interruption = interruption
                raise CancelFitException from None

        def after_epoch(self) -> None:
            _, valid_loss, accuracy = self.recorder.values[-1]
            self.tell(watch.after_epoch, valid_loss, accuracy, torch.cat(self.answers))

    return WatchCallback()


def call_listeners_only(learn: Any) -> None:
    """Let a learner tell each event to those callbacks that have a function for it, as they stand in order.

    Fastai calls every callback, and one that has no such function looks for it in the learner, its data and its model:
    a third of the time that a linear model takes.
    """

    class Quick(type(learn)):  # type: ignore[misc]
        def __call__(self, event_name: str) -> None:
            for callback in sorted(self.cbs, key=lambda callback: callback.order):
                if hasattr(type(callback), event_name):
                    callback(event_name)

    learn.__class__ = Quick


@contextmanager
def quiet(learn: Any) -> Iterator[None]:
    """No table and no bar of fastai's own: the watch tells it all."""
    import fastai.callback.progress  # noqa: F401 - gives a Learner its `no_bar`

    call_listeners_only(learn)
    with learn.no_bar(), learn.no_logging():
        yield


def learner_lr_curve(learn: Any) -> LrCurve:
    """Fastai's `lr_find`, over our range of rates."""
    import fastai.callback.schedule  # noqa: F401 - gives a Learner its `lr_find`

    with quiet(learn), tempfile.TemporaryDirectory() as folder:
        learn.path = Path(folder)  # where it keeps the weights to go back to
        learn.lr_find(LOWEST, HIGHEST, BATCHES, show_plot=False, suggest_funcs=None)
    return lr_curve([float(lr) for lr in learn.recorder.lrs], [float(loss) for loss in learn.recorder.losses])


def finish(callback: Any) -> None:
    """Raise what ended the fit early, if anything did."""
    if callback.interruption is not None:
        raise callback.interruption
