"""The lesson on descent: one learning rate, three parameters, and each step seen in the curve, the loss and the map."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import streamlit as st
from torch import Tensor

from mnist37.lessons.descent import (
    LESSON,
    Descent,
    Step,
    curvatures,
    descend,
    largest_stable_lr,
    lowest_loss,
    measure,
    rates,
    scale,
    still_falls,
)
from mnist37.ui.browser import is_phone
from mnist37.ui.lessons.descent_figures import guess_figure, loss_figure, map_figure
from mnist37.ui.lessons.descent_words import curvature_table, gradients_table, how_it_goes
from mnist37.ui.lessons.frame import Closing, TryIt
from mnist37.ui.lessons.numbers import number, rate_words
from mnist37.ui.lessons.question import Question
from mnist37.ui.live import live_figure
from mnist37.ui.session import keep, says_errors

STEPS = 60
TICK_SECONDS = 0.25
CHAPTERS_LR = 1e-5
LOWEST_LR = 1e-6
HEIGHT = 300
LR, SCALED, STEP, PLAYING, IN_3D = (f"descent_{name}" for name in ("lr", "scaled", "step", "playing", "in_3d"))
SCALE_HELP = "Counts the same moments from −1 to 1. Nothing else changes, but all gradients become alike in size."


@lru_cache(maxsize=2)
def _measured(*, scaled: bool) -> tuple[Tensor, Tensor]:
    time, speed = measure()
    return (scale(time) if scaled else time), speed


@lru_cache(maxsize=256)
def _descent(lr: float, *, scaled: bool) -> Descent:
    """The whole way at once, some 10 ms; a tick of the clock only shows more of it."""
    return descend(*_measured(scaled=scaled), lr, STEPS)


@lru_cache(maxsize=2)
def _surface(*, scaled: bool) -> tuple[float, float, float, float]:
    """The largest stable rate, the steepest and the gentlest curvature, and the lowest loss."""
    t, speed = _measured(scaled=scaled)
    gentle, _, steep = curvatures(t, speed).tolist()
    return largest_stable_lr(t, speed), steep, gentle, lowest_loss(t, speed)


@lru_cache(maxsize=2)
def _rates(*, scaled: bool) -> tuple[float, ...]:
    """From the chapter's and below to some that are far too large."""
    return rates(LOWEST_LR, 3 * _surface(scaled=scaled)[0])


def descent() -> Closing:
    """The working part, in a fragment that has a clock while it plays."""
    every = _clock()

    @says_errors
    def once() -> None:
        if _clock() != every:
            st.rerun(scope="app")
        _show()

    # Streamlit knows a fragment by its function's name.
    once.__qualname__ = f"{descent.__qualname__}.once"
    st.fragment(once, run_every=every)()
    return Closing(LESSON, _question(), TryIt("press Five rates; which of them burst?", "linear-scratch", {"lr": 10.0}))


def _clock() -> float | None:
    return TICK_SECONDS if st.session_state.get(PLAYING) else None


def _show() -> None:
    """On a phone the curve stands right below its buttons; elsewhere the knobs stand above all figures."""
    keep(LR, CHAPTERS_LR)
    keep(SCALED, False)
    keep(IN_3D, False)
    st.session_state.setdefault(STEP, 0)
    if st.session_state.get(PLAYING):
        _step()
    if is_phone():
        _one_below_the_other(_shown())
    else:
        _side_by_side(_shown())


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is chosen, and how far it has gone."""

    lr: float
    scaled: bool
    descent: Descent
    k: int

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.descent.steps[: self.k + 1]


def _shown() -> _Shown:
    lr, scaled = float(st.session_state[LR]), bool(st.session_state[SCALED])
    way = _descent(lr, scaled=scaled)
    return _Shown(lr, scaled, way, min(st.session_state[STEP], way.last))


def _side_by_side(shown: _Shown) -> None:
    buttons, knob, switch = st.columns([1.3, 2, 1], gap="medium", vertical_alignment="bottom")
    with buttons:
        _buttons(shown)
    with knob:
        _rate(shown)
    with switch:
        _switch()
    _presets(shown)
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


def _one_below_the_other(shown: _Shown) -> None:
    _buttons(shown)
    _guess(shown)
    _sentence(shown)
    _rate(shown)
    _switch()
    _presets(shown)
    _loss(shown)
    _gradients(shown)
    _curvature(shown)
    _map(shown)
    _view()


def _buttons(shown: _Shown) -> None:
    at_end, playing = shown.k >= shown.descent.last, bool(st.session_state.get(PLAYING))
    name, icon = ("Pause", "pause") if playing else ("Play", "play_arrow")
    with st.container(horizontal=True, gap="small"):
        _button("Step", "skip_next", _step, type="primary", disabled=at_end)
        _button(name, icon, _play, disabled=at_end and not playing)
        _button("Reset", "replay", _reset)


def _button(name: str, icon: str, on_click: Callable[[], None], **look: Any) -> None:
    st.button(name, icon=f":material/{icon}:", key=f"descent_button {name}", on_click=on_click, **look)


def _step() -> None:
    """One step on; at the end it plays no longer."""
    last = _shown().descent.last
    st.session_state[STEP] = min(st.session_state[STEP] + 1, last)
    if st.session_state[STEP] == last:
        st.session_state[PLAYING] = False


def _play() -> None:
    st.session_state[PLAYING] = not st.session_state.get(PLAYING)


def _reset() -> None:
    st.session_state[STEP], st.session_state[PLAYING] = 0, False


def _rate(shown: _Shown) -> None:
    label = "Learning rate :small[:gray[· every rate starts from the same guess]]"
    st.select_slider(label, _rates(scaled=shown.scaled), key=LR, format_func=rate_words)


def _switch() -> None:
    st.toggle("Scale t to −1 … 1", key=SCALED, on_change=_fit_rate, help=SCALE_HELP)


def _fit_rate() -> None:
    """The slider ends elsewhere once t is scaled, or no longer."""
    st.session_state[LR] = min(st.session_state[LR], _rates(scaled=st.session_state[SCALED])[-1])


def _presets(shown: _Shown) -> None:
    with st.container(horizontal=True, gap="small", key="descent_presets"):
        for words, lr in presets(scaled=shown.scaled).items():
            label = f"{words} :small[:gray[{rate_words(lr)}]]"
            look: Literal["secondary", "tertiary"] = "secondary" if lr == shown.lr else "tertiary"
            st.button(label, key=f"descent_preset {words}", on_click=_take, args=(lr,), type=look)


def presets(*, scaled: bool) -> dict[str, float]:
    """A rate of each kind, told from the largest stable one, and the chapter's."""
    choice, (limit, *_) = _rates(scaled=scaled), _surface(scaled=scaled)

    def below(lr: float) -> float:
        return max(rate for rate in choice if rate < lr)

    return {
        "Too small": below(limit / 20),
        "The chapter's": CHAPTERS_LR,
        "Good": below(limit / 2),
        "Too big": below(limit),
        "Diverging": choice[-2],
    }


def _take(lr: float) -> None:
    st.session_state[LR] = lr


def _guess(shown: _Shown) -> None:
    axis = "t, from −1 to 1" if shown.scaled else "t in seconds"
    figure = guess_figure(*_measured(scaled=shown.scaled), shown.steps, axis)
    live_figure(figure, key="descent_guess", height=HEIGHT, alt="The guess as a curve, and the measured points")


def _loss(shown: _Shown) -> None:
    figure = loss_figure(shown.steps, STEPS, _surface(scaled=shown.scaled)[3])
    live_figure(figure, key="descent_loss", height=HEIGHT, alt="The loss after each step, on a logarithmic axis")


def _map(shown: _Shown) -> None:
    in_3d = bool(st.session_state[IN_3D])
    figure = map_figure(*_measured(scaled=shown.scaled), shown.descent, shown.steps, in_3d=in_3d)
    alt = "The way over the loss surface of a and c"
    live_figure(figure, key=f"descent_map_{in_3d}", height=HEIGHT, alt=alt)


def _view() -> None:
    st.toggle("Map in 3-D", key=IN_3D)


def _sentence(shown: _Shown) -> None:
    st.markdown(how_it_goes(shown.descent, shown.k, STEPS, shown.lr / _surface(scaled=shown.scaled)[0]))


def _gradients(shown: _Shown) -> None:
    most_t = float(_measured(scaled=shown.scaled)[0].abs().max())
    st.html(gradients_table(shown.steps[-1], shown.lr, most_t))


def _curvature(shown: _Shown) -> None:
    _, steep, gentle, _ = _surface(scaled=shown.scaled)
    st.html(curvature_table(steep, gentle, shown.lr))


def _question() -> Question:
    """Asked of t as it is measured, whatever stands on the page."""
    choice, below = _rates(scaled=False), presets(scaled=False)["Too big"]
    asked = (CHAPTERS_LR, below, choice[choice.index(below) + 1], choice[-2])
    right = max(lr for lr in asked if still_falls(_descent(lr, scaled=False)))
    limit, steep, _, _ = _surface(scaled=False)
    most_t = float(_measured(scaled=False)[0].max())
    return Question(
        "With t as it is, not scaled: which is the largest of these rates at which the loss still falls?",
        tuple(rate_words(lr) for lr in asked),
        rate_words(right),
        f"The steepest direction sets the limit: 2 / {number(steep)} = {rate_words(limit)}. It is that steep because a "
        f"is multiplied by t², up to {most_t**2:g}. All other directions must make do with that rate, so they crawl.",
        "Choose that rate on the slider, press Play, and look: does the loss end below its start?",
    )
