"""Changes of a run's answer to an image: the smallest change that flips it, and covering each patch of ink."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.classes import Classes, a_digit
from mnist37.engine import Engine
from mnist37.explain import Flip, Occlusion, flip, is_only_covered, occlusion
from mnist37.rungs import Weights
from mnist37.settings import Settings
from mnist37.ui.answers.answer_words import slim_bar
from mnist37.ui.answers.ask import ask, image_of, whole_weights
from mnist37.ui.drawing.sheet import lay_digit
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.live.pictures import digit_picture, scale_bar
from mnist37.ui.widgets.colours import diverging_png, shared_limit

SIZE = 140

HELP = (
    "Every pixel is made a grey level darker or brighter, whichever way the gradient says pushes the answer to the "
    "other side; again and again until the model says the other digit. Then what was not needed is taken back."
)

COVER_HELP = (
    "A patch of 4 × 4 pixels is covered with paper, here and there and everywhere, and the model is asked each time. "
    "Orange ink speaks for the first digit: without it the logit falls. It is true of every model, as it looks into "
    "none."
)


def changes(engine: Engine, run_id: str, image: NDArray[np.uint8], key: str) -> None:
    """Show two buttons, and their results for this run and this image.

    Args:
        engine: gives the runs.
        run_id: the run's id.
        image: uint8 `[28, 28]`, ink is bright.
        key: a name for the place on the page, unique in the app.
    """
    weights = whole_weights(engine, run_id)
    if weights is None:
        return
    asked = (run_id, image.tobytes())
    with st.container(horizontal=True, gap="small"):
        if st.button("Smallest change that flips it", icon=":material/swap_horiz:", key=f"{key}_flip", help=HELP):
            st.session_state[f"{key} flip"] = asked
        # Where covering is all that explains the answer, the page shows it above these buttons.
        if not is_only_covered(engine.info(run_id).settings, weights) and st.button(
            "Cover it patch by patch", icon=":material/blur_on:", key=f"{key}_cover", help=COVER_HELP
        ):
            st.session_state[f"{key} cover"] = asked
    if st.session_state.get(f"{key} flip") == asked:
        _show(engine, run_id, image, _flip(*asked, engine), key)
    if st.session_state.get(f"{key} cover") == asked:
        _show_covered(image, covered(engine, run_id, image), engine.info(run_id).settings.classes, key)


def covered(engine: Engine, run_id: str, image: NDArray[np.uint8]) -> Occlusion:
    """Return how a run's answer to an image changes with each patch of its ink covered."""
    return _occlusion(run_id, image.tobytes(), engine)


@st.cache_resource(show_spinner="Covering it …", max_entries=64)
def _occlusion(run_id: str, pixels: bytes, _engine: Engine) -> Occlusion:
    return occlusion(*_asked_of(_engine, run_id), image_of(pixels))


def _show_covered(image: NDArray[np.uint8], found: Occlusion, classes: Classes, key: str) -> None:
    heat = found.heat_28
    limit = shared_limit(heat)
    pictures = [
        digit_picture(image, SIZE, "image", "The image"),
        Picture(diverging_png(heat, limit), "what each place is worth", "How much the logit falls", SIZE),
    ]
    live_pictures(pictures, key=f"{key}_covered", alt="How much the logit falls where the ink is covered")
    st.html(scale_bar(limit))
    speaks = f"orange ink speaks for {a_digit(classes.first)}, blue ink for {a_digit(classes.other)}"
    st.caption(f"By how much the logit falls where the ink is covered: {speaks}.")


@st.cache_resource(show_spinner="Looking for it …", max_entries=64)
def _flip(run_id: str, pixels: bytes, _engine: Engine) -> Flip:
    return flip(*_asked_of(_engine, run_id), image_of(pixels))


def _asked_of(engine: Engine, run_id: str) -> tuple[Settings, Weights]:
    weights = whole_weights(engine, run_id)
    assert weights is not None  # the caller has checked it
    return engine.info(run_id).settings, weights


def _show(engine: Engine, run_id: str, image: NDArray[np.uint8], found: Flip, key: str) -> None:
    if not found.flipped:
        st.info(f"It could not be turned within {found.steps} steps: this answer is a firm one.")
        return
    limit = max(1, found.largest)
    difference = diverging_png(found.difference.astype(np.float32), limit)
    pictures = [
        digit_picture(image, SIZE, "before", "The image before"),
        Picture(difference, "the change", "The change: orange is more ink, blue is less", SIZE),
        digit_picture(found.image, SIZE, "after", "The image after"),
    ]
    live_pictures(pictures, key=f"{key}_flipped", alt="Before, the change, after")
    st.html(scale_bar(limit))
    answer = ask(engine, run_id, found.image)
    if answer is not None:
        st.markdown(
            f"**{found.n_changed:,}** of 784 pixels changed by at most **{found.largest}** of 255 grey levels, and "
            f"it says **{answer.digit}**."
        )
        if answer.probs is not None:
            st.html(slim_bar(answer))
    st.button("Put it on the canvas", key=f"{key}_lay", on_click=lay_digit, args=(found.image,))
