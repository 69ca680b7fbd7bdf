"""What a notebook says and does for each rung: the rung's own source, and the few lines that its `fit` puts around it.

A rung that is not in `LESSONS` has no notebook. Tests execute each of them and compare its accuracy with the run's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent

from mnist37.rungs import (
    base,
    batches,
    devices,
    fastai_fit,
    linear_fastai,
    linear_scratch,
    linear_torch,
    losses,
    resnet18,
)
from mnist37.rungs import pixel_similarity as pixels
from mnist37.rungs import simple_net as net
from mnist37.takeaway import notebook_watch
from mnist37.takeaway.cells import Cell, code, source, text


@dataclass(frozen=True, slots=True)
class Told:
    """What a lesson must know of its run.

    Args:
        loss: the loss's (or distance's) name.
        ends_early: whether it ended before its last epoch did.
    """

    loss: str
    ends_early: bool


def _pixel_similarity(told: Told) -> list[Cell]:
    return [
        text("""
## A baseline: the mean 3 and the mean 7

Stack all threes to a rank-3 tensor and take the mean over its first axis: the ideal 3. The same for the sevens. A
digit is then whatever it is nearer to. The mean of the absolute differences is the **L1** distance; the root of the
mean of the squared differences is the **RMSE** (L2). Nothing is learned here, and everything that learns has to beat
it.
"""),
        source(batches.as_floats, base.image_tensor, *pixels.PixelSimilarity().lesson()),
        code(f"""
stacked, labels = image_tensor(train_images), torch.tensor(train_labels)
mean3, mean7 = stacked[labels == 1].mean(0), stacked[labels == 0].mean(0)

valid_is_3 = torch.tensor(valid_labels) == 1
is_3 = is_3_by(image_tensor(valid_images), mean3, mean7, {told.loss}_distance) > 0  # by broadcasting
accuracy = (is_3 == valid_is_3).float().mean().item()
"""),
        *_pictures("torch.stack([mean3, mean7])", "The two means"),
    ]


def _linear_scratch(told: Told) -> list[Cell]:
    return [
        *_rows_and_batches(told),
        text("""
## The model and the seven steps

One weight a pixel and a bias. **Initialize** the parameters at random; then for each mini-batch **predict**,
calculate the **loss**, let autograd calculate its **gradient**, **step** the parameters against it; **repeat**, and
**stop** after the last epoch.
"""),
        code(f"INIT_STD = {linear_scratch.INIT_STD!r}"),
        source(linear_scratch.init_params, linear_scratch.initial_params, *linear_scratch.LinearScratch().lesson()[1:]),
        *_watch(),
        _run(
            told,
            "dl = DataLoader(train_x, train_y, batch_size, shuffle_seed=seed)\nweights, bias = initial_params(seed)",
            """
watch.begin({"weights": weights, "bias": bias})
for _ in range(epochs):
    dl.batch_size = watch.batch_size
    train_epoch(dl, (weights, bias), loss_func, watch)
    watch.after_epoch(*validate_epoch(valid_x, valid_y, (weights, bias), loss_func))
""",
            "lambda xb: linear1(xb, weights, bias)",
        ),
        *_curves(),
        *_pictures("weights.detach().view(1, 28, 28)", "The weights: orange speaks for a 3, blue for a 7"),
    ]


def _linear_torch(told: Told) -> list[Cell]:
    return [
        *_rows_and_batches(told),
        text("""
## `nn.Linear` and an optimizer

`nn.Linear` holds the weights and the bias that we made by hand before; an optimizer makes the step and sets the
gradients to zero. It starts from the same weights as the model from scratch, so that the two can be compared.
"""),
        code(f"INIT_STD = {linear_scratch.INIT_STD!r}"),
        source(
            linear_scratch.init_params,
            linear_scratch.initial_params,
            linear_torch.linear_model,
            *linear_torch.LinearTorch().lesson(),
        ),
        *_watch(),
        _run(
            told,
            "dl = DataLoader(train_x, train_y, batch_size, shuffle_seed=seed)\nmodel = linear_model(seed)\n"
            "opt = BasicOptim(model.parameters(), lr)",
            """
watch.begin(model.state_dict())
for _ in range(epochs):
    dl.batch_size = watch.batch_size
    train_epoch(model, dl, opt, loss_func, watch)
    watch.after_epoch(*validate_epoch(model, valid_x, valid_y, loss_func))
""",
            "model",
        ),
        *_curves(),
        *_pictures("model.weight.detach().view(1, 28, 28)", "The weights: orange speaks for a 3, blue for a 7"),
    ]


def _linear_fastai(told: Told) -> list[Cell]:
    return [
        *_rows_and_batches(told),
        text("""
## fastai's `SGD` and `Learner`

The same model once more. `DataLoaders` hold the train and the valid batches; a `Learner` puts them together with the
model, the optimizer `SGD`, the loss and the metric, and `fit` is the loop that we wrote by hand before.
"""),
        code(f"INIT_STD = {linear_scratch.INIT_STD!r}"),
        source(linear_scratch.init_params, linear_scratch.initial_params, linear_torch.linear_model),
        *_learner(told, linear_fastai.fit_learner),
        _run(
            told,
            f"{ROW_LOADERS}\nmodel = linear_model(seed)",
            _fit("fit_learner(dls, model, settings, callback)"),
            "model",
        ),
        *_curves(),
        *_pictures("model.weight.detach().view(1, 28, 28)", "The weights: orange speaks for a 3, blue for a 7"),
    ]


def _simple_net(told: Told) -> list[Cell]:
    return [
        *_rows_and_batches(told),
        text("""
## A neural network

Two linear layers with a **nonlinearity** between them: a ReLU, which replaces every negative number with zero.
Without it, two linear layers would be one. The numbers that the layers calculate are **activations**, those that they
learn are **parameters**; each hidden unit learns a picture to look for.
"""),
        source(net.simple_net),
        *_learner(told, linear_fastai.fit_learner),
        _run(
            told,
            f"{ROW_LOADERS}\ntorch.manual_seed(seed)\nmodel = simple_net(hidden)",
            _fit("fit_learner(dls, model, settings, callback)"),
            "model",
        ),
        *_curves(),
        *_pictures("model[0].weight.detach().view(-1, 28, 28)", "What each hidden unit looks for"),
    ]


def _resnet18(told: Told) -> list[Cell]:
    return [
        text("""
## Going deeper

A **convolution** moves a small filter over the whole image; ResNet-18 stacks eighteen layers of them. It wants a
channel axis, `[N, 1, 28, 28]`, and has two outputs, one a class, so the loss is cross-entropy.
"""),
        code(_loss_import(told)),
        source(batches.as_floats, base.image_tensor),
        code("""
train_x, train_y = image_tensor(train_images).unsqueeze(1), torch.tensor(train_labels).long()
valid_x, valid_y = image_tensor(valid_images).unsqueeze(1), torch.tensor(valid_labels).long()
"""),
        source(batches.DataLoader),
        text("""
`vision_learner` builds the model (here from random weights: `pretrained=False`), and `fit_one_cycle` raises the
learning rate to its peak and lowers it again, once over the whole training.
"""),
        *_learner(told, resnet18.fit_vision_learner, fastai_fit.fused_adam),
        _run(
            told,
            "torch.manual_seed(seed)\ndls = data_loaders(\n    DataLoader(train_x, train_y, batch_size, seed),\n"
            f"    DataLoader(valid_x, valid_y, {resnet18.VALID_BATCH}),\n    gpu_or_cpu(),\n)",
            _fit("fit_vision_learner(dls, settings, callback)"),
            "lambda xb: callback.model(xb.to(gpu_or_cpu()))",
        ),
        *_curves(),
        *_pictures("next(iter(watch.weights.values())).cpu().view(-1, 7, 7)", "The 64 first filters"),
    ]


LESSONS: Mapping[str, Callable[[Told], Sequence[Cell]]] = {
    "pixel-similarity": _pixel_similarity,
    "linear-scratch": _linear_scratch,
    "linear-torch": _linear_torch,
    "linear-fastai": _linear_fastai,
    "simple-net": _simple_net,
    "resnet18": _resnet18,
}

ROW_LOADERS = """
dls = data_loaders(
    DataLoader(train_x, train_y, batch_size, seed), DataLoader(valid_x, valid_y, len(valid_x)), CPU
)
""".strip()


def _loss_import(told: Told) -> str:
    taken = {"logistic": "binary_cross_entropy_with_logits", "cross_entropy": "cross_entropy"}.get(told.loss)
    return f"from torch.nn.functional import {taken}" if taken else "# The loss below is made of torch's own parts."


def _rows_and_batches(told: Told) -> list[Cell]:
    return [
        text("""
## Rows, labels and mini-batches

Each image becomes one row of 784 numbers between 0 and 1, and each label a 1 for a three or a 0 for a seven. A
`DataLoader` shuffles them for each epoch and hands them out in mini-batches; the seed fixes its orders.
"""),
        source(batches.as_floats, base.image_tensor, base.stack_rows, batches.DataLoader),
        code("""
train_x, train_y = stack_rows(train_images, train_labels)
valid_x, valid_y = stack_rows(valid_images, valid_labels)
train_x.shape, train_y.shape, valid_x.shape, valid_y.shape
"""),
        text("""
## The loss, and the metric

The **metric** is for us: the share of valid digits that are told right. It cannot be the **loss**, because a small
change of a weight hardly ever changes it, so its gradient is zero almost everywhere. The loss is for the machine: it
gets better with every small step in the right direction. `sigmoid` makes a probability of any number.
"""),
        code(_loss_import(told)),
        source(losses.LOSSES[told.loss], losses.batch_accuracy),
        code(f"loss_func = {told.loss}"),
    ]


def _watch() -> list[Cell]:
    return [
        text("""
## Who looks on

In the app, a `watch` shows each loss while the model learns, and hands on the knobs that are turned meanwhile. Here
it remembers the losses, and turns the same knobs at the same steps.
"""),
        source(notebook_watch.StopTraining, notebook_watch.Watch, notebook_watch.share_right),
    ]


def _learner(told: Told, fit: Callable[..., object], *parts: Callable[..., object]) -> list[Cell]:
    return [
        *_watch(),
        text("""
A `Learner` tells what happens to its callbacks; this one tells the `watch`, and scales the learning rate where it was
turned.
"""),
        code(f"""
settings = SimpleNamespace(epochs=epochs, lr=lr, loss={told.loss!r})
LOSSES = {{{told.loss!r}: {told.loss}}}
Diverged = StopTraining  # a run whose loss stopped being a number ends here at that step
"""),
        code('import warnings\n\nCPU = torch.device("cpu")'),
        source(
            devices.found_gpu,
            devices.gpu_or_cpu,
            fastai_fit.data_loaders,
            fastai_fit.as_logits,
            fastai_fit.scale_lrs,
            fastai_fit.watch_callback,
            fastai_fit.call_listeners_only,
            fastai_fit.quiet,
            fastai_fit.finish,
        ),
        source(*parts, fit),
    ]


def _fit(call: str) -> str:
    return f"callback = watch_callback(watch)\n{call}\nfinish(callback)"


def _run(told: Told, before: str, training: str, model: str) -> Cell:
    """Train; `model` is what gives the predictions of the train digits, as an expression."""
    training = training.strip("\n")
    if told.ends_early:
        caught = 'except StopTraining:\n    print(f"Ended after step {len(watch.losses)}, as the run did.")'
        training = f"try:\n{indent(training, '    ')}\n{caught}"
    watch = "watch = Watch(lr, batch_size, lr_turns, batch_size_turns, end)"
    asked = f"share_right({model}, train_x, train_y, max(1000, len(valid_x)))"
    watch += f"\nwatch.ask_train_digits = lambda: {asked}"
    after = "accuracy = watch.epochs[-1][2] if watch.epochs else None"
    return code(f"{before}\n{watch}\n\n{training}\n\n{after}")


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


def _pictures(tensor: str, title: str) -> list[Cell]:
    return [
        text("## The first layer as pictures"),
        code(f"""
pictures = {tensor}[:64]
columns = min(10, len(pictures))
fig, axes = plt.subplots(-(-len(pictures) // columns), columns, squeeze=False)
limit = pictures.abs().max().item()
for ax in axes.flat:
    ax.axis("off")
for ax, picture in zip(axes.flat, pictures):
    ax.imshow(picture, cmap="PuOr_r", vmin=-limit, vmax=limit)
fig.suptitle({title!r})
plt.show()
"""),
    ]
