"""The five parts of the lesson: what becomes of sigmoid, `mnist_loss`, labels and accuracy; and the temperature."""

import math
from collections.abc import Callable, Mapping

import streamlit as st
import torch
from torch.nn import functional

from mnist37.lessons.to_ten import (
    N_CLASSES,
    TenModel,
    accuracy,
    cross_entropy,
    cross_entropy_one_hot,
    n_above_0,
    one_hot,
    softmax,
    with_temperature,
)
from mnist37.ui.lessons.to_ten.choice import TEMPERATURES, Chosen
from mnist37.ui.lessons.to_ten.figures import losses_figure, temperature_figure
from mnist37.ui.live.nodes import live_figure, live_pictures
from mnist37.ui.live.pictures import digit_picture
from mnist37.ui.shell.session import choose_one
from mnist37.ui.widgets.numbers import decimals, number, percent, probability, table

DIGITS = tuple(range(N_CLASSES))
ABOVE_0 = "to_ten_above_0"
PICTURES, PICTURE_SIZE = 18, 48


def softmax_part(model: TenModel, digit: Chosen) -> None:  # noqa: ARG001 - as all parts
    """Show softmax number by number, then that of two of the logits as a sigmoid."""
    scaled, probs = digit.scaled[0], digit.probs[0]
    exps = scaled.exp()
    names = [f"{one} ✓" if one == digit.label else str(one) for one in DIGITS]
    columns = (
        names,
        [decimals(logit, 2) for logit in digit.logits[0].tolist()],
        [decimals(logit, 2) for logit in scaled.tolist()],
        [number(exp) for exp in exps.tolist()],
        [probability(prob) for prob in probs.tolist()],
    )
    rows = list(zip(*columns, strict=True))
    total = ("sum", " ", " ", number(exps.sum().item()), decimals(probs.sum().item()))
    st.html(table(("", "logit", "÷ T", "exp", "÷ sum"), [*rows, total]))
    _two_of_them(digit)


def _two_of_them(digit: Chosen) -> None:
    """Show that softmax of two of the logits is the sigmoid of their difference."""
    others = [one for one in DIGITS if one != digit.label]
    strongest = max(others, key=lambda one: digit.logits[0, one].item())
    key = f"to_ten_other_{digit.label}"  # a key for each label, as the choices differ
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Only two of the logits**: {digit.label} and", width="content")
        other = choose_one("The other logit", others, key=key, first=strongest, wrap=True)
    two = digit.scaled[:, [digit.label, other]]
    a, b = two[0].tolist()
    by_softmax, by_sigmoid = softmax(two)[0, 0].item(), (two[0, 0] - two[0, 1]).sigmoid().item()
    exp_a, exp_b = number(math.exp(a)), number(math.exp(b))
    right = decimals(b, 2) if b >= 0 else f"({decimals(b, 2)})"
    st.markdown(
        f"softmax: {exp_a} ÷ ({exp_a} + {exp_b}) = **{decimals(by_softmax)}**  \n"
        f"sigmoid of their difference, {decimals(a, 2)} − {right} = {decimals(a - b, 2)}: "
        f"**{decimals(by_sigmoid)}**  \n"
        ":small[:gray[The chapter's model has one output. It is a model with two, whose second logit is always 0: "
        "its sigmoid is a softmax.]]"
    )


def loss_part(model: TenModel, digit: Chosen) -> None:
    """Show cross-entropy by hand, by torch, and beside `mnist_loss`."""
    prob, label = digit.probs[0, digit.label].item(), torch.tensor([digit.label])
    of_torch = functional.cross_entropy(digit.scaled, label).item()
    st.markdown(
        f"The label is **{digit.label}**. Its probability is p = **{probability(prob)}**; the other nine do not count."
    )
    rows = [
        (f"−log({probability(prob)}), by hand", decimals(digit.loss(label))),
        ("F.cross_entropy(logits / T, label)", decimals(of_torch)),
        (f"1 − {probability(prob)}, as in mnist_loss", decimals(1 - prob)),
    ]
    st.html(table(("", "loss"), rows))
    alt = "Two losses by the probability of the label: minus its logarithm, and 1 minus it"
    live_figure(losses_figure(prob, digit.loss(label)), key="to_ten_losses", height=300, alt=alt)
    mean = cross_entropy(with_temperature(model.logits, digit.temperature), model.labels).item()
    st.markdown(
        "Where the model is sure and wrong, p is near 0: there cross-entropy is steep, and 1 − p is not.  \n"
        f"Mean over all {len(model.labels):,} validation digits: **{decimals(mean)}**"
    )


def labels_part(model: TenModel, digit: Chosen) -> None:  # noqa: ARG001 - as all parts
    """Show one label as an index and one-hot, and that both give the same loss."""
    key = f"to_ten_label_{digit.index}"
    label = choose_one("Label", DIGITS, key=key, first=digit.label, label_visibility="visible", wrap=True)
    index = torch.tensor([label])
    targets = one_hot(index)
    logs = digit.probs[0].log()
    products = targets[0] * logs
    rows = [
        (
            str(one),
            f"{targets[0, one]:g}",
            decimals(logs[one].item()),
            decimals(products[one].item()) if targets[0, one] else "0",
        )
        for one in DIGITS
    ]
    total = ("sum", f"{targets.sum():g}", " ", decimals(products.sum().item()))
    numbers, losses = st.columns([1, 1.1], gap="medium")
    with numbers:
        st.html(table(("", "one-hot", "log p", "product"), [*rows, total]))
    with losses:
        ours = cross_entropy(digit.scaled, index), cross_entropy_one_hot(digit.scaled, targets)
        torchs = functional.cross_entropy(digit.scaled, index), functional.cross_entropy(digit.scaled, targets.double())
        forms = (f"index: {index.item()}", "one-hot")
        st.html(
            table(
                ("label", "our loss", "torch's"),
                [
                    (form, decimals(a.item()), decimals(b.item()))
                    for form, a, b in zip(forms, ours, torchs, strict=True)
                ],
            )
        )
        st.markdown(
            f"The nine zeros remove all logs but one. The index picks that one at once: `probs[0, {index.item()}]`. "
            "So both forms give the same loss, and an index is one number in place of ten."
        )
        if index.item() != digit.label:
            right = digit.loss(torch.tensor([digit.label]))
            st.markdown(f"With its own label, {digit.label}, the loss is {decimals(right)}.")


def accuracy_part(model: TenModel, digit: Chosen) -> None:
    """Show argmax for this digit and for all, and what `> 0` would give."""
    above = [str(one) for one in DIGITS if digit.logits[0, one] > 0]
    is_right = digit.largest == digit.label
    st.markdown(
        f"This digit: `logits.argmax()` is **{digit.largest}**, and the label is {digit.label} "
        f"{'✓' if is_right else '✗'}  \n"
        f"`logits > 0` is true for {', '.join(above) or 'none of them'}."
    )
    n, counts = len(model.labels), n_above_0(model.logits)
    there = [int(count) for count in counts.unique()]
    st.markdown(
        f"All {n:,} validation digits: argmax is right for **{percent(accuracy(model.logits, model.labels).item())}**. "
        f"Of a digit's ten logits, **{there[0]} to {there[-1]}** are above 0: `> 0` does not name one digit.  \n"
        ":small[:gray[With one output, > 0 was an argmax, too: of that logit and 0.]]"
    )
    most = int(counts.mode().values)
    n_above = choose_one("Logits above 0", there, key=ABOVE_0, first=most, label_visibility="visible")
    found = (counts == n_above).nonzero().squeeze(1).tolist()
    answers = model.logits.argmax(1)
    shown = [
        digit_picture(
            model.images[one],
            PICTURE_SIZE,
            f"→ {int(answers[one])} {'✓' if answers[one] == model.labels[one] else '✗'}",
            f"A {int(model.labels[one])} that argmax calls a {int(answers[one])}",
        )
        for one in found[:: max(1, len(found) // PICTURES)][:PICTURES]
    ]
    live_pictures(shown, key="to_ten_above", alt="Digits with as many logits above 0, and what argmax calls them")
    st.caption(f"{len(found)} {'digit' if len(found) == 1 else 'digits'}; below each, what argmax calls it.")


def temperature_part(model: TenModel, digit: Chosen) -> None:
    """Show loss and accuracy of all validation digits by the temperature."""
    losses, accuracies = by_temperature(model)
    here = TEMPERATURES.index(digit.temperature)
    lowest = losses.index(min(losses))
    figure = temperature_figure(TEMPERATURES, losses, accuracies, here)
    alt = "The mean loss of the validation digits by the temperature, and below it their accuracy, which stays"
    live_figure(figure, key="to_ten_by_temperature", height=330, alt=alt)
    n = len(model.labels)
    st.markdown(
        f"All {n:,} validation digits at T = {digit.temperature:g}: loss **{decimals(losses[here])}**, "
        f"accuracy **{percent(accuracies[here])}**  \n"
        f"All logits of a digit are divided by one number above 0, so their order stays: argmax and accuracy do not "
        f"move. A low T makes the model sure, also where it is wrong; a high T brings each probability to "
        f"1/{N_CLASSES}, and the loss to log({N_CLASSES}) = {decimals(math.log(N_CLASSES))}. "
        f"Here the loss is lowest at T = {TEMPERATURES[lowest]:g}."
    )


@st.cache_data(show_spinner=False, max_entries=1)
def by_temperature(_model: TenModel) -> tuple[list[float], list[float]]:
    """Return the mean loss and the accuracy of the validation digits at each temperature of the slider."""
    scaled = [with_temperature(_model.logits, one) for one in TEMPERATURES]
    return (
        [cross_entropy(logits, _model.labels).item() for logits in scaled],
        [accuracy(logits, _model.labels).item() for logits in scaled],
    )


PARTS: Mapping[str, Callable[[TenModel, Chosen], None]] = {
    "sigmoid → softmax": softmax_part,
    "mnist_loss → cross-entropy": loss_part,
    "labels": labels_part,
    "> 0 → argmax": accuracy_part,
    "temperature": temperature_part,
}
"""Each part of the lesson, by its name."""
