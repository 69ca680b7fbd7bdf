"""The chapter's net on digits: how many units it takes, its border, its units' pictures, and the dead among them."""

import dataclasses

import streamlit as st
import torch

from mnist37.data import Digits
from mnist37.events import Snapshot
from mnist37.lessons.nonlinearity.relu_net import BATCH_SIZE, N_STEPS
from mnist37.rungs import settings_for
from mnist37.ui.lessons.nonlinearity.figures import axes, border_figure
from mnist37.ui.lessons.nonlinearity.nets import USUAL_LR, Judged, linear_of, net_of, view_of
from mnist37.ui.live.nodes import Picture, live_figure, live_pictures
from mnist37.ui.live.pictures import first_layer_pictures
from mnist37.ui.shell.session import keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.numbers import percent, table

UNITS = (1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 75, 100)
RATES = (0.1, USUAL_LR, 1.0, 1.5, 2.0, 5.0)
STARTS = (0.0, -0.2, -0.3, -0.4, -0.5, -0.7, -1.0)
HIDDEN, RELU, LR, START = (f"nonlinearity_digits_{name}" for name in ("hidden", "relu", "lr", "start"))
PLANE, FAR = "nonlinearity_plane", "nonlinearity_far"
PLANES = (0, 1, 2)
MARGIN, FURTHER = 1.15, 3.0
"""How far the plane is shown, in shadows of the digits."""
GRID = 45
UNIT_SIZE = 56


def on_digits(digits: Digits) -> None:
    """The knobs and what they come to on the left, the border on the right, the units below."""
    for key, value in {HIDDEN: 30, RELU: True, LR: USUAL_LR, START: 0.0, PLANE: 0, FAR: False}.items():
        keep(key, value)
    st.markdown("## The chapter's net, on digits")
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        _knobs(digits)
        judged = _chosen(digits)
        st.html(_errors(judged, digits))
        st.markdown(_dead_words(judged))
    with right:
        _border(judged, digits)
    live_pictures(_units(judged), key="nonlinearity_units", alt="What each hidden unit looks for")


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


def _chosen(digits: Digits) -> Judged:
    chosen = st.session_state
    return net_of(digits, chosen[HIDDEN], relu=bool(chosen[RELU]), lr=chosen[LR], bias_start=chosen[START])


def _errors(judged: Judged, digits: Digits) -> str:
    """HTML: how many validation digits the net gets wrong, and the linear model."""
    name = f"784 → {len(judged.dead)}{' → ReLU' if judged.net.relu else ''} → 1"
    wrongs = {name: judged.wrong, "linear: 784 → 1": linear_of(digits)[1]}
    rows = [
        (model, f"{wrong} of {digits.n_valid:,}", percent(1 - wrong / digits.n_valid))
        for model, wrong in wrongs.items()
    ]
    return table(("model", "wrong", "accuracy"), rows)


def _dead_words(judged: Judged) -> str:
    """How many units are dead, why they stay so, and how one kills some."""
    count, n_dead = len(judged.dead), int(judged.dead.sum())
    if not judged.net.relu:
        return "Without the ReLU every unit always answers: none can die, and all of them together are one layer."
    if not n_dead:
        return f"All **{count}** units fire for some digit. Start the biases below 0, or raise the rate: some will die."
    gradient = float(judged.net.gradient[judged.dead].abs().max())
    return (
        f"**{n_dead} of {count} units are dead**: they fire for no training digit. What comes before their ReLU is "
        f"below 0 for all, so their gradient is {gradient:g}, and no step will ever wake them."
    )


def _border(judged: Judged, digits: Digits) -> None:
    """What the net says of the images on a plane through the digits."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            "Directions", PLANES, key=PLANE, format_func=_plane_words, required=True, label_visibility="collapsed"
        )
        st.toggle("Look further out", key=FAR)
    first = int(st.session_state[PLANE])
    view = view_of(digits, first)
    ends = [(FURTHER if st.session_state[FAR] else MARGIN) * end for end in view.ends]
    a, b = axes(ends, GRID)
    images = view.plane.images(torch.cartesian_prod(b, a).flip(1))
    probs = judged.net.model(images).sigmoid().view(GRID, GRID)
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


def _units(judged: Judged) -> list[Picture]:
    """Each unit's weights with its vote, the dead ones marked."""
    snapshot = Snapshot(N_STEPS, {name: weights.numpy() for name, weights in judged.net.weights.items()})
    pictures = first_layer_pictures(settings_for("simple-net", hidden=len(judged.dead)), snapshot, UNIT_SIZE)
    return [
        dataclasses.replace(picture, caption="dead", alt=f"{picture.alt}, dead") if is_dead else picture
        for picture, is_dead in zip(pictures, judged.dead.tolist(), strict=True)
    ]
