"""What the three `Learner` rungs share: `DataLoaders` of slices, and a callback that tells the `Watch`.

fastai is imported inside functions only: answering with a trained model must not cost its 7 seconds and 850 MB.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mnist37.errors import Diverged
from mnist37.rungs.batches import DataLoader
from mnist37.rungs.watch import StopTraining, Watch

# fastai 2.8.12 calls torch.jit.script while it is imported; nobody who trains here can do anything about it.
warnings.filterwarnings("ignore", message="`torch.jit.script` is deprecated", category=FutureWarning)


def data_loaders(train: DataLoader, valid: DataLoader) -> Any:
    """Fastai's `DataLoaders` over ours, with two classes."""
    from fastai.data.core import DataLoaders

    dls = DataLoaders(train, valid, device="cpu")
    dls.c = 2
    return dls


def watch_callback(watch: Watch) -> Any:
    """A fastai `Callback` that tells `watch` every batch and epoch, and scales the learning rate as it asks.

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

        def before_step(self) -> None:
            # A schedule may move the rate as well, so a turned knob scales it instead of replacing it.
            self.scheduled = [hyper["lr"] for hyper in self.opt.hypers]
            self.opt.set_hypers(lr=[lr * watch.lr / self.first_lr for lr in self.scheduled])

        def after_step(self) -> None:
            self.opt.set_hypers(lr=self.scheduled)

        def after_batch(self) -> None:
            if self.training:
                self.tell(watch.after_batch, self.loss.item())

        def tell(self, told: Callable[[Any], None], what: Any) -> None:
            try:
                told(what)
            except (StopTraining, Diverged) as interruption:
                self.interruption = interruption
                raise CancelFitException from None

        def after_epoch(self) -> None:
            _, valid_loss, accuracy = self.recorder.values[-1]
            watch.after_epoch(valid_loss, accuracy)

    return WatchCallback()


@contextmanager
def quiet(learn: Any) -> Iterator[None]:
    """No table and no bar of fastai's own: the watch tells it all."""
    import fastai.callback.progress  # noqa: F401 - gives a Learner its `no_bar`

    with learn.no_bar(), learn.no_logging():
        yield


def finish(callback: Any) -> None:
    """Raise what ended the fit early, if anything did."""
    if callback.interruption is not None:
        raise callback.interruption
