"""What a run has come to, at the end or at a step: its weights, its mistakes, and what it says of one's own drawing."""

import streamlit as st

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.rungs import get_rung
from mnist37.runs import History, RunInfo
from mnist37.ui.canvas import canvas
from mnist37.ui.confusion import confusion_table
from mnist37.ui.gallery import valid_picture
from mnist37.ui.judge import Answers, answers, image_of, judge
from mnist37.ui.live import live_pictures
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
        st.html(confusion_table(said), width="content")
        live_pictures(
            [valid_picture(said, digits, index, MISTAKE_SIZE) for index in wrong[:MISTAKES]],
            key="mistakes",
            alt="The mistakes that it is surest of",
        )


def _own_drawing(engine: Engine, run_id: str, step: int | None) -> None:
    st.markdown("**Your drawing** :small[:gray[· a 3 or a 7; the model says which]]")
    with st.container(horizontal=True, gap="small"):
        with st.container(width=CANVAS_SIDE):
            remember_drawing(engine, canvas(CANVAS_SIDE, "lab_canvas", tools=False))
        with st.container(width="stretch", key="lab_verdict"):
            _say(engine, run_id, step)


def _say(engine: Engine, run_id: str, step: int | None) -> None:
    pixels = last_drawing()
    if not pixels:
        st.caption("Nothing drawn yet.")
        return
    image = image_of(pixels)
    verdict = judge(engine, run_id, image, step)
    if verdict is None:
        st.caption("No answer to this drawing at this step: so large a model is asked while it learns, and at its end.")
        return
    st.html(short_verdict(verdict))
    seen = digit_picture(image, 56, "as seen", "Your drawing as the model sees it")
    live_pictures([seen], key="lab_saw", alt="Your drawing")
