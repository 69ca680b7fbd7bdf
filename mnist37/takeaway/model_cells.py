"""A notebook's cells on the model: its source, and what is done around its training; the same for every rung.

What differs is taken from the rung: its methods, whatever they name, and what it declares (`notebook_text`, `look`).
"""

import importlib
from collections.abc import Mapping
from textwrap import indent

from mnist37.classes import Classes
from mnist37.rungs import Rung, base, batches, fastai_fit, losses
from mnist37.takeaway import notebook_watch
from mnist37.takeaway.cells import Cell, code, text, without_remarks
from mnist37.takeaway.standalone import Standalone

METHODS = ("fit", "logits", "first_layer")
"""What a notebook calls of a rung."""

TEXTS: Mapping[str, str] = {
    batches.__name__: """
### Mini-batches

A `DataLoader` shuffles the digits for each epoch and hands them out in mini-batches; the seed fixes its orders.
""",
    base.__name__: """
### Images, rows and labels

Each image becomes a table, or one row of 784, of numbers between 0 and 1. Of two digits, each label is a 1 for the
first one or a 0 for the other one; of ten, it is the digit itself.
""",
    losses.__name__: """
### The loss, and the metric

The **metric** is for us: the share of valid digits that are told right. It cannot be the **loss**, because a small
change of a weight hardly ever changes it, so its gradient is zero almost everywhere. The loss is for the machine: it
gets better with every small step in the right direction. `sigmoid` makes a probability of any number; `softmax` makes
ten of ten numbers.
""",
    fastai_fit.__name__: """
### A `Learner`'s callback

A `Learner` calls its callbacks at each event; this one calls the `watch`, and scales the learning rate where it was
turned.
""",
    notebook_watch.__name__: """
### The watch

In the app, a `watch` shows each loss while the model learns, and passes on the settings that are changed meanwhile.
Here it keeps the losses, and makes the same changes at the same steps.
""",
}
"""What is said of a file of ours that models share; of any other, its own first line is."""


def model_cells(rung: Rung, classes: Classes, *, ends_early: bool) -> list[Cell]:
    """Return the cells that define the model, train it and show what it learned.

    Args:
        rung: the model.
        classes: the digits that it tells apart.
        ends_early: whether the run ended before its last epoch did.

    Raises:
        RunError: its source cannot stand alone.
    """
    return [
        *_source(rung, classes),
        _training(rung, ends_early=ends_early),
        *(_curves() if rung.is_trained else []),
        *_pictures(rung, classes),
    ]


def _source(rung: Rung, classes: Classes) -> list[Cell]:
    cls = type(rung)
    gathered = Standalone({__name__.split(".")[0], cls.__module__.split(".")[0]})
    gathered.add(notebook_watch.__name__, (notebook_watch.Watch.__name__, notebook_watch.share_right.__name__))
    for part in rung.lesson(classes):
        gathered.add(part.__module__, (part.__name__,))
    methods = gathered.add_class(cls, METHODS)
    parts = {part.module: part.code for part in gathered.parts}
    own = parts.pop(cls.__module__, "")
    cells = [text("## What the model is made of\n\nThe source of what ran, a file a cell.")]
    for module, python in parts.items():
        cells += [text(TEXTS.get(module) or _first_line(module)), _code(python)]
    story = rung.notebook_text or f"## {rung.title}\n\n{rung.summary}"
    return [*cells, text(story), *([_code(own)] if own else []), _code(f"{methods}\n\n\nmodel = {cls.__name__}()")]


def _first_line(module: str) -> str:
    return (importlib.import_module(module).__doc__ or module).strip().splitlines()[0]


def _code(python: str) -> Cell:
    return code(without_remarks(python))


def _training(rung: Rung, *, ends_early: bool) -> Cell:
    fit = "model.fit(settings, digits, watch)"
    if ends_early:
        caught = 'except StopTraining:\n    print(f"Ended after step {len(watch.losses)}, as the run did.")'
        fit = f"try:\n{indent(fit, '    ')}\n{caught}"
    changes = "settings.lr, settings.batch_size, lr_turns, batch_size_turns, end" if rung.is_trained else "0.0"
    asked = """
watch.ask_train_digits = lambda: share_right(
    lambda images: model.logits(settings, watch.weights, images.to(next(iter(watch.weights.values())).device)),
    train_images, train_labels, max(1000, len(valid_labels)),
)
"""
    return code(f"""
digits = SimpleNamespace(
    train_images=train_images, train_labels=train_labels, n_train=len(train_labels),
    valid_images=valid_images, valid_labels=valid_labels, n_valid=len(valid_labels),
)
watch = Watch({changes})
{asked if rung.is_trained else ""}
{fit}

accuracy = watch.epochs[-1][2] if watch.epochs else None
""")


def _curves() -> list[Cell]:
    return [
        text("## How it went"),
        code("""
fig, (left, right) = plt.subplots(1, 2, figsize=(11, 3.5))
steps, valid_losses, accuracies = zip(*watch.epochs) if watch.epochs else ((), (), ())
left.plot(range(1, len(watch.losses) + 1), watch.losses, linewidth=0.6, label="each mini-batch")
left.plot(steps, valid_losses, "o-", markersize=3, label="valid digits")
left.set(xlabel="step", ylabel="loss")
left.legend()
right.plot(range(1, len(accuracies) + 1), accuracies, "o-", markersize=3, label="valid digits")
right.plot(range(1, len(watch.train_accuracies) + 1), watch.train_accuracies, ":", label="train digits")
right.set(xlabel="epoch", ylabel="accuracy")
right.legend()
plt.show()
"""),
    ]


def _pictures(rung: Rung, classes: Classes) -> list[Cell]:
    return [
        text("## The first layer as pictures"),
        code(f"""
weights = {{name: tensor.detach().cpu().numpy() for name, tensor in watch.weights.items()}}
pictures = model.first_layer(weights)[:64]
columns = min({5 if rung.look.is_one_a_digit(classes) else 10}, len(pictures))
fig, axes = plt.subplots(-(-len(pictures) // columns), columns, squeeze=False)
limit = np.abs(pictures).max()
for ax in axes.flat:
    ax.axis("off")
for ax, picture in zip(axes.flat, pictures):
    ax.imshow(picture, cmap="PuOr_r", vmin=-limit, vmax=limit)
fig.suptitle({rung.look.title_of(classes)!r})
plt.show()
"""),
    ]
