"""The chapter's net on digits: its number of units, its decision boundary, its units' pictures, and dead units."""

import dataclasses

import streamlit as st
import torch

from mnist37.data import Digits
from mnist37.events import Snapshot
from mnist37.lessons.nonlinearity.relu_net import BATCH_SIZE, N_STEPS
from mnist37.rungs import settings_for
from mnist37.ui.lessons.nonlinearity.figures import axes, border_figure
from mnist37.ui.lessons.nonlinearity.nets import USUAL_LR, TrainedNet, linear_of, net_of, view_of
from mnist37.ui.live.nodes import Picture, live_figure, live_pictures
from mnist37.ui.live.pictures import first_layer_pictures
from mnist37.ui.shell.session import choose_one, keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.numbers import percent, table

UNITS = (1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 75, 100)
RATES = (0.1, USUAL_LR, 1.0, 1.5, 2.0, 5.0)
STARTS = (0.0, -0.2, -0.3, -0.4, -0.5, -0.7, -1.0)
HIDDEN, RELU, LR, START = (f"nonlinearity_digits_{name}" for name in ("hidden", "relu", "lr", "start"))
PLANE, FAR = "nonlinearity_plane", "nonlinearity_far"
PLANES = (0, 1, 2)
MARGIN, FURTHER = 1.15, 3.0
"""Range of the plane, as a factor of the range of the digits on it."""
GRID = 45
UNIT_SIZE = 56


def on_digits(digits: Digits) -> None:
    """Show the controls and results on the left, the decision boundary on the right, the units below."""
    for key, value in {HIDDEN: 30, RELU: True, LR: USUAL_LR, START: 0.0, FAR: False}.items():
        keep(key, value)
    st.markdown("## The chapter's net, on digits")
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        _knobs(digits)
        trained = _chosen(digits)
        st.html(_errors(trained, digits))
        st.markdown(_dead_words(trained))
    with right:
        _border(trained, digits)
    live_pictures(_units(trained), key="nonlinearity_units", alt="What each hidden unit looks for")


def _knobs(digits: Digits) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.select_slider("Units of this net", UNITS, key=HIDDEN)
        st.toggle("ReLU", key=RELU)
    with st.container(horizontal=True, gap="medium"):
        st.select_slider("Learning rate", RATES, key=LR, format_func="{:g}".format)
        st.select_slider("Biases start at", STARTS, key=START, format_func="{:g}".format)
    epochs = N_STEPS * BATCH_SIZE / digits.n_train
    st.caption(
        f"Trained here and now, for {N_STEPS} mini-batches of {BATCH_SIZE}: {epochs:.1f} epochs of these digits."
    )


def _chosen(digits: Digits) -> TrainedNet:
    chosen = st.session_state
    return net_of(digits, chosen[HIDDEN], relu=bool(chosen[RELU]), lr=chosen[LR], bias_start=chosen[START])


def _errors(trained: TrainedNet, digits: Digits) -> str:
    """Return HTML: the number of validation digits that the net and the linear model get wrong."""
    name = f"784 → {len(trained.dead)}{' → ReLU' if trained.net.relu else ''} → 1"
    wrongs = {name: trained.wrong, "linear: 784 → 1": linear_of(digits)[1]}
    rows = [
        (model, f"{wrong} of {digits.n_valid:,}", percent(1 - wrong / digits.n_valid))
        for model, wrong in wrongs.items()
    ]
    return table(("model", "wrong", "accuracy"), rows)


def _dead_words(trained: TrainedNet) -> str:
    """Return how many units are dead, why they stay so, and how to make units die."""
    count, n_dead = len(trained.dead), int(trained.dead.sum())
    if not trained.net.relu:
        return "Without the ReLU every unit always answers: none can die, and all of them together are one layer."
    if not n_dead:
        return f"All **{count}** units fire for some digit. Start the biases below 0, or raise the rate: some will die."
    gradient = float(trained.net.gradient[trained.dead].abs().max())
    return (
        f"**{n_dead} of {count} units are dead**: they fire for no training digit. What comes before their ReLU is "
        f"below 0 for all, so their gradient is {gradient:g}, and no step will ever wake them."
    )


def _border(trained: TrainedNet, digits: Digits) -> None:
    """Show the net's predictions for the images on a plane through the digits."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        first = choose_one("Directions", PLANES, key=PLANE, first=0, format_func=_plane_words)
        st.toggle("Look further out", key=FAR)
    view = view_of(digits, first)
    ends = [(FURTHER if st.session_state[FAR] else MARGIN) * end for end in view.ends]
    a, b = axes(ends, GRID)
    images = view.plane.images(torch.cartesian_prod(b, a).flip(1))
    probs = trained.net.model(images).sigmoid().view(GRID, GRID)
    linear = linear_of(digits)[0](images).view(GRID, GRID)
    alt = "A plane through the digits, blue where the net says 7 and orange where it says 3"
    height = 320 if is_phone() else 400
    live_figure(
        border_figure(probs, linear, ends, view.shadows, first), key="nonlinearity_border", height=height, alt=alt
    )
    st.caption(
        "Digits differ most in direction 1, then in 2, 3, 4 (their principal components). The plane goes through the "
        "mean digit; its colour is the net's prediction for the images on it. The digits lie in front of or behind it. "
        "Choose other directions, and look further out: the linear model's border stays straight, and the ReLU lets "
        "the net's bend."
    )


def _plane_words(first: int) -> str:
    return f"directions {first + 1}, {first + 2}"


def _units(trained: TrainedNet) -> list[Picture]:
    """Return each unit's weights and vote; the dead ones are marked."""
    snapshot = Snapshot(N_STEPS, {name: weights.numpy() for name, weights in trained.net.weights.items()})
    pictures = first_layer_pictures(settings_for("simple-net", hidden=len(trained.dead)), snapshot, UNIT_SIZE)
    return [
        dataclasses.replace(picture, caption="dead", alt=f"{picture.alt}, dead") if is_dead else picture
        for picture, is_dead in zip(pictures, trained.dead.tolist(), strict=True)
    ]
