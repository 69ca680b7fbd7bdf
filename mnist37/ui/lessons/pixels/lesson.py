"""Lesson 1, pixels are numbers: a digit as a picture, as numbers, as tensors, and compared with the two means."""

import numpy as np
import streamlit as st

from mnist37.data import Digits
from mnist37.lessons.pixels import accuracy, mean_digit, share_of_largest, stack_digits
from mnist37.rungs.pixel_similarity import is_3_by, l1_distance, rmse_distance
from mnist37.ui.lessons.pixels.choice import COMPARED, VIEW, choice, chosen_digit
from mnist37.ui.lessons.pixels.data import LARGEST, scores, stacks
from mnist37.ui.lessons.pixels.figure import digit_figure
from mnist37.ui.lessons.pixels.views import chosen_crop, chosen_n, compared, greys, tensors
from mnist37.ui.lessons.shared.frame import Closing, TryIt, choose_view
from mnist37.ui.lessons.shared.question import Question
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.live.notices import says_errors, show_notices
from mnist37.ui.shell import start
from mnist37.ui.shell.session import keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.words import digit_word

GREYS, TENSORS = "A table of greys", "Tensors, and stacks"
HEIGHT, PHONE_HEIGHT = 470, 384


def pixels() -> Closing:
    """Show the choice of a digit and three views of it; return how the lesson ends."""
    digits = start.digits()
    _work(digits)
    return _closing(digits)


@st.fragment
@says_errors
def _work(digits: Digits) -> None:
    show_notices()
    all_of = stacks(digits)
    n = chosen_n(all_of)
    view = keep(VIEW, GREYS)
    choice(digits)
    index = chosen_digit(digits)
    image, label = digits.valid_images[index], int(digits.valid_labels[index])
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        st.markdown(f"**A {digit_word(label)}** :small[:gray[· validation digit {index:,}, 28 rows of 28 pixels]]")
        crop = chosen_crop() if view == GREYS else None
        means = np.stack([mean.numpy() for mean in all_of.means(n)]) if view == COMPARED else None
        live_figure(
            digit_figure(image, crop, means),
            key="pixels_digit",
            height=PHONE_HEIGHT if is_phone() else HEIGHT,
            alt="The digit, a square for each pixel",
        )
    with right:
        choose_view(VIEW, (GREYS, TENSORS, COMPARED))
        if view == GREYS:
            greys(image)
        elif view == TENSORS:
            tensors(image, all_of, n)
        else:
            compared(image, label, digits, n)


def _closing(digits: Digits) -> Closing:
    found = scores(digits, stacks(digits).most)
    question = Question(
        asks=f"In which of the two distances do a digit's {LARGEST} largest differences count for more?",
        answers=("In L1", "In RMSE", "The same in both"),
        right="In RMSE",
        because=(
            f"RMSE squares each difference before it takes the mean. Over all {digits.n_valid:,} validation digits, "
            f"the {LARGEST} pixels that differ most from the mean 3 make up {percent(found.l1_largest)} of L1, but "
            f"{percent(found.rmse_largest)} of the squares in RMSE. So the two can disagree."
        ),
        hint=(
            f'Press "L1 and RMSE disagree": the last column says what share of each distance to the mean 3 comes from '
            f"the {LARGEST} largest differences."
        ),
    )
    code = (stack_digits, mean_digit, l1_distance, rmse_distance, is_3_by, accuracy, share_of_largest)
    return Closing(code, question, TryIt("pixel similarity by L1", "pixel-similarity", {"loss": "l1"}))
