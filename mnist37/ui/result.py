"""What a run has come to, at the end or at a step: its weights, its mistakes, and what it says of one's own drawing."""

from functools import partial

import numpy as np
import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.rungs import get_rung
from mnist37.runs import History, RunInfo
from mnist37.ui.canvas import drawing
from mnist37.ui.colours import SEVEN, THREE
from mnist37.ui.judge import Answers, answers, judge
from mnist37.ui.live import Picture, live_pictures
from mnist37.ui.pictures import digit_picture, first_layer_pictures, scale_bar, weights_limit
from mnist37.ui.session import drawing as last_drawing
from mnist37.ui.session import remember_drawing
from mnist37.ui.verdict import short_verdict
from mnist37.ui.words import percent

CANVAS_SIDE = 150
MISTAKES, MISTAKE_SIZE = 5, 34
LAB_SIZES = {"simple-net": 40, "resnet18": 24, "pixel-similarity": 120}
ONE_PICTURE = 200

WEIGHTS_HELP = (
    "One number for each pixel. In the linear models orange pixels speak for a 3 and blue ones for a 7; a hidden unit "
    "looks for its orange strokes, and its caption says whom it then speaks for."
)


def result(engine: Engine, info: RunInfo, history: History, digits: Digits, step: int | None) -> None:
    """The right-hand column of the Lab.

    Args:
        engine: knows the runs.
        info: the run.
        history: its curves and snapshots.
        digits: the digits at hand.
        step: where one looks back at; None for the newest.
    """
    with st.container():  # each part is one element, whatever it holds: the canvas below must keep its place
        _weights(info, history, step)
    said = answers(engine, info.id, digits, step)
    with st.container(key="answers"):
        if said is not None:
            _answers(said, digits)
        elif not info.is_judged_by(digits):
            st.caption("This run was judged by other digits than are loaded here, so its mistakes cannot be shown.")
    _own_drawing(engine, info.id, step)


def _weights(info: RunInfo, history: History, step: int | None) -> None:
    snapshot = history.snapshot(step)
    if snapshot is None:
        st.caption("The first-layer weights appear here as pictures when it starts to learn.")
        return
    is_trained = get_rung(info.settings.rung).gives_probability
    st.markdown(f"**First layer** after step {snapshot.step:,}" if is_trained else "**Two means**", help=WEIGHTS_HELP)
    size = LAB_SIZES.get(info.settings.rung, ONE_PICTURE)
    pictures = first_layer_pictures(info.settings, snapshot, size_px=size, captions=False)
    live_pictures(pictures, key="weights", alt="The weights of the first layer as pictures")
    if is_trained:
        st.html(scale_bar(weights_limit(info.settings, snapshot)))


def _answers(said: Answers, digits: Digits) -> None:
    wrong = said.mistakes()
    st.markdown(f"**{percent(said.accuracy)}** right, {len(wrong)} wrong :small[:gray[· after step {said.step:,}]]")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.html(_confusion(said), width="content")
        with st.container(width="stretch"):
            live_pictures(
                [_mistake(said, digits, index) for index in wrong[:MISTAKES]],
                key="mistakes",
                alt="The mistakes that it is surest of",
            )


def _mistake(said: Answers, digits: Digits, index: int) -> Picture:
    is_a, called = _word(said.labels[index]), _word(said.logits[index] > 0)
    return digit_picture(
        digits.valid_images[index], MISTAKE_SIZE, f"{is_a}→{called}", f"A {is_a} that it calls a {called}"
    )


def _word(is_3: object) -> str:
    return "3" if is_3 else "7"


def _confusion(said: Answers) -> str:
    """The confusion matrix as an HTML table: a row for what a digit is, a column for what it is called."""

    def cell(digit: int, called: int) -> str:
        colour = THREE if called == 3 else SEVEN
        share = said.count(digit, called) / max(1, said.count(digit, 3) + said.count(digit, 7))
        tint = f"background:color-mix(in srgb, {colour} {round(10 + 60 * share)}%, transparent)"
        return f'<td style="padding:.1rem .8rem;text-align:right;{tint}">{said.count(digit, called):,}</td>'

    def row(digit: int) -> str:
        return f'<tr><th scope="row" style="padding-right:.6rem">a {digit}</th>{cell(digit, 3)}{cell(digit, 7)}</tr>'

    head = '<tr><td></td><th scope="col">→ 3</th><th scope="col">→ 7</th></tr>'
    style = "font-variant-numeric:tabular-nums;font-size:.85rem;border-collapse:collapse;margin-top:.25rem"
    return f'<table aria-label="Confusion matrix" style="{style}">{head}{row(3)}{row(7)}</table>'


def _own_drawing(engine: Engine, run_id: str, step: int | None) -> None:
    st.markdown("**Your drawing** :small[:gray[· a 3 or a 7; the model says which]]")
    with st.container(horizontal=True, gap="small"):
        with st.container(width=CANVAS_SIDE):
            prepared = drawing(CANVAS_SIDE, "lab_canvas", on_clear=partial(remember_drawing, engine, b""))
        with st.container(width="stretch", key="lab_verdict"):
            if prepared is not None:
                remember_drawing(engine, b"" if prepared.is_blank else prepared.image.tobytes())
            _say(engine, run_id, step)


def _say(engine: Engine, run_id: str, step: int | None) -> None:
    pixels = last_drawing()
    if not pixels:
        st.caption("Nothing drawn yet.")
        return
    image = np.frombuffer(pixels, np.uint8).reshape(28, 28)
    verdict = judge(engine, run_id, image, step)
    if verdict is None:
        st.caption("No answer to this drawing at this step: so large a model is asked while it learns, and at its end.")
        return
    st.html(short_verdict(verdict))
    seen = digit_picture(image, 56, "as seen", "Your drawing as the model sees it")
    live_pictures([seen], key="lab_saw", alt="Your drawing")
