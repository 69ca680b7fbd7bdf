"""Changes of a run's answer to an image: the smallest change that flips it, and covering each patch of ink."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.classes import Classes, a_digit
from mnist37.engine import Engine
from mnist37.explain import Flip, Occlusion, flip, is_only_covered, occlusion
from mnist37.ui.answers.answer_words import slim_bar
from mnist37.ui.answers.ask import ask, image_of, whole_weights
from mnist37.ui.drawing.sheet import lay_digit
from mnist37.ui.explanations.pair import TwoDigits, two_digits
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.live.pictures import digit_picture, scale_bar
from mnist37.ui.widgets.colours import diverging_png, shared_limit

SIZE = 140

HELP = (
    "Every pixel is made a grey level darker or brighter, whichever way the gradient says pushes the answer to {}; "
    "again and again until the model says {}. Then what was not needed is taken back."
)

COVER_HELP = (
    "A patch of 4 × 4 pixels is covered with paper, here and there and everywhere, and the model is asked each time. "
    "Orange ink speaks for {}: without it {} falls. It is true of every model, as it looks into none."
)


def changes(engine: Engine, run_id: str, image: NDArray[np.uint8], pair: Classes, key: str) -> None:
    """Show two buttons, and their results for this run, this image and these two digits.

    Args:
        engine: gives the runs.
        run_id: the run's id.
        image: uint8 `[28, 28]`, ink is bright.
        pair: of a run of ten digits the one that it says and the one to turn it to; else the run's own.
        key: a name for the place on the page, unique in the app.
    """
    model = two_digits(engine, run_id, pair)
    if model is None:
        return
    asked = (run_id, image.tobytes(), str(pair))
    wanted = a_digit(pair.other)
    label, towards = "Smallest change that flips it", ("the other side", "the other digit")
    if model.is_of_ten:
        label, towards = f"Smallest change that makes it {wanted}", (wanted, wanted)
    with st.container(horizontal=True, gap="small"):
        if st.button(label, icon=":material/swap_horiz:", key=f"{key}_flip", help=HELP.format(*towards)):
            st.session_state[f"{key} flip"] = asked
        # Where covering is all that explains the answer, the page shows it above these buttons.
        if not is_only_covered(model.settings, model.weights) and st.button(
            "Cover it patch by patch", icon=":material/blur_on:", key=f"{key}_cover", help=_cover_help(model)
        ):
            st.session_state[f"{key} cover"] = asked
    if st.session_state.get(f"{key} flip") == asked:
        _show(engine, run_id, image, _flip(*asked, engine), key)
    if st.session_state.get(f"{key} cover") == asked:
        _show_covered(image, covered(engine, run_id, image, pair), model, key)


def _cover_help(model: TwoDigits) -> str:
    first = a_digit(model.classes.first) if model.is_of_ten else "the first digit"
    return COVER_HELP.format(first, model.logit_words)


def covered(engine: Engine, run_id: str, image: NDArray[np.uint8], pair: Classes) -> Occlusion:
    """Return how a run's answer to an image, between two digits, changes with each patch of its ink covered."""
    return _occlusion(run_id, image.tobytes(), str(pair), engine)


@st.cache_resource(show_spinner="Covering it …", max_entries=64)
def _occlusion(run_id: str, pixels: bytes, pair: str, _engine: Engine) -> Occlusion:
    model = two_digits(_engine, run_id, Classes.from_text(pair))
    assert model is not None  # the caller has checked it
    return occlusion(model.settings, model.weights, image_of(pixels))


def _show_covered(image: NDArray[np.uint8], found: Occlusion, model: TwoDigits, key: str) -> None:
    heat, falls = found.heat_28, f"much {model.logit_words} falls"
    limit = shared_limit(heat)
    pictures = [
        digit_picture(image, SIZE, "image", "The image"),
        Picture(diverging_png(heat, limit), "what each place is worth", f"How {falls}", SIZE),
    ]
    live_pictures(pictures, key=f"{key}_covered", alt=f"How {falls} where the ink is covered")
    st.html(scale_bar(limit))
    first, other = map(a_digit, model.classes.digits)
    st.caption(f"By how {falls} where the ink is covered: orange ink speaks for {first}, blue ink for {other}.")


@st.cache_resource(show_spinner="Looking for it …", max_entries=64)
def _flip(run_id: str, pixels: bytes, pair: str, _engine: Engine) -> Flip:
    weights, settings = whole_weights(_engine, run_id), _engine.info(run_id).settings
    assert weights is not None  # the caller has checked it
    to = None if settings.classes.is_pair else Classes.from_text(pair).other
    return flip(settings, weights, image_of(pixels), to)


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
