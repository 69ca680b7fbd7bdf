"""The lesson on descent: one learning rate, three parameters, and each step in the curve, the loss and the map."""

import streamlit as st

from mnist37.lessons.descent import LESSON, still_falls
from mnist37.ui.lessons.descent.figures import guess_figure, loss_figure
from mnist37.ui.lessons.descent.knobs import (
    LR,
    SCALED,
    STEP,
    Shown,
    preset_buttons,
    rate_slider,
    scale_switch,
    shown_now,
    step_buttons,
    step_on,
)
from mnist37.ui.lessons.descent.map import map_figure
from mnist37.ui.lessons.descent.ways import CHAPTERS_LR, STEPS, measured, presets, surface, usable_rates, way
from mnist37.ui.lessons.descent.words import curvature_table, gradients_table, how_it_goes
from mnist37.ui.lessons.shared.frame import Closing, TryIt
from mnist37.ui.lessons.shared.question import Question
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.live.tick import tick
from mnist37.ui.shell.session import keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.visit import DESCENT_PLAYS
from mnist37.ui.widgets.numbers import number, rate_words

TICK_SECONDS = 0.25
HEIGHT = 300
IN_3D = "descent_in_3d"


def descent() -> Closing:
    """Show the lesson in a fragment that refreshes itself while it plays."""
    tick(_plays, lambda plays: TICK_SECONDS if plays else None, lambda _: _show(), name="descent")
    return Closing(LESSON, _question(), TryIt("press Five rates; which of them burst?", "linear-scratch", {"lr": 10.0}))


def _plays() -> bool:
    return DESCENT_PLAYS.get()


def _show() -> None:
    """Show the controls and figures; on a phone the curve comes right below its buttons."""
    keep(LR, CHAPTERS_LR)
    keep(SCALED, False)
    st.session_state.setdefault(STEP, 0)
    if DESCENT_PLAYS.get():
        step_on()
    if is_phone():
        _one_below_the_other(shown_now())
    else:
        _side_by_side(shown_now())


def _side_by_side(shown: Shown) -> None:
    buttons, knob, switch = st.columns([1.3, 2, 1], gap="medium", vertical_alignment="bottom")
    with buttons:
        step_buttons(shown)
    with knob:
        rate_slider(shown)
    with switch:
        scale_switch(shown)
    preset_buttons(shown)
    for place, draw in zip(st.columns(3, gap="small"), (_guess, _loss, _map), strict=True):
        with place:
            draw(shown)
    sentence, view = st.columns([4, 1], vertical_alignment="center")
    with sentence:
        _sentence(shown)
    with view:
        _view()
    gradients, curvature = st.columns(2, gap="large")
    with gradients:
        _gradients(shown)
    with curvature:
        _curvature(shown)


def _one_below_the_other(shown: Shown) -> None:
    step_buttons(shown)
    _guess(shown)
    _sentence(shown)
    rate_slider(shown)
    scale_switch(shown)
    preset_buttons(shown)
    _loss(shown)
    _gradients(shown)
    _curvature(shown)
    _map(shown)
    _view()


def _guess(shown: Shown) -> None:
    axis = "t, from −1 to 1" if shown.scaled else "t in seconds"
    figure = guess_figure(*measured(scaled=shown.scaled), shown.steps, axis)
    live_figure(figure, key="descent_guess", height=HEIGHT, alt="The guess as a curve, and the measured points")


def _loss(shown: Shown) -> None:
    figure = loss_figure(shown.steps, STEPS, surface(scaled=shown.scaled)[3])
    live_figure(figure, key="descent_loss", height=HEIGHT, alt="The loss after each step, on a logarithmic axis")


def _map(shown: Shown) -> None:
    in_3d = bool(keep(IN_3D, False))
    figure = map_figure(*measured(scaled=shown.scaled), shown.descent, shown.steps, in_3d=in_3d)
    alt = "The way over the loss surface of a and c"
    live_figure(figure, key=f"descent_map_{in_3d}", height=HEIGHT, alt=alt)


def _view() -> None:
    st.toggle("Map in 3-D", keep(IN_3D, False), key=IN_3D)


def _sentence(shown: Shown) -> None:
    st.markdown(how_it_goes(shown.descent, shown.k, STEPS, shown.lr / surface(scaled=shown.scaled)[0]))


def _gradients(shown: Shown) -> None:
    most_t = float(measured(scaled=shown.scaled)[0].abs().max())
    st.html(gradients_table(shown.steps[-1], shown.lr, most_t))


def _curvature(shown: Shown) -> None:
    _, steep, gentle, _ = surface(scaled=shown.scaled)
    st.html(curvature_table(steep, gentle, shown.lr))


def _question() -> Question:
    """Ask about t as it was measured, whatever the page shows."""
    choice, below = usable_rates(scaled=False), presets(scaled=False)["Too big"]
    asked = (CHAPTERS_LR, below, choice[choice.index(below) + 1], choice[-2])
    right = max(lr for lr in asked if still_falls(way(lr, scaled=False)))
    limit, steep, _, _ = surface(scaled=False)
    most_t = float(measured(scaled=False)[0].max())
    return Question(
        "With t as it is, not scaled: which is the largest of these rates at which the loss still falls?",
        tuple(rate_words(lr) for lr in asked),
        rate_words(right),
        f"The steepest direction sets the limit: 2 / {number(steep)} = {rate_words(limit)}. It is that steep because a "
        f"is multiplied by t², up to {most_t**2:g}. All other directions must make do with that rate, so they crawl.",
        "Choose that rate on the slider, press Play, and look: does the loss end below its start?",
    )
