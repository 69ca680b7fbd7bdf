"""Lesson 11, from two to ten: softmax, cross-entropy, labels, argmax and temperature, on a model with ten outputs."""

import streamlit as st
import torch

from mnist37.classes import ALL_TEN
from mnist37.lessons.to_ten import LESSON, TenModel, accuracy, cross_entropy, learn, with_temperature
from mnist37.ui.lessons.shared.frame import Closing, TryIt, choose_view
from mnist37.ui.lessons.shared.question import Question
from mnist37.ui.lessons.to_ten.choice import Chosen, choice, chosen, temperature_slider
from mnist37.ui.lessons.to_ten.figures import probabilities_figure
from mnist37.ui.lessons.to_ten.parts import PARTS
from mnist37.ui.live.nodes import live_figure, live_pictures
from mnist37.ui.live.notices import says_errors
from mnist37.ui.live.pictures import digit_picture
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.numbers import decimals, number, percent

VIEW = "to_ten_view"
PICTURE_SIZE = 92
ASKED_TEMPERATURE = 5.0
TRY_IT = TryIt("train it on all ten digits, and see which two it confuses most", "simple-net", {"digits": str(ALL_TEN)})


@st.cache_resource(show_spinner=False, max_entries=1)
def _model() -> TenModel:
    """Return the model, trained once for all visitors; nothing here changes its tensors."""
    return learn()


def to_ten() -> Closing:
    """Show a digit with its ten probabilities beside the chosen part; return how the lesson ends."""
    model = _model()
    st.fragment(says_errors(_work))(model)
    return Closing(LESSON, _question(model), TRY_IT)


def _work(model: TenModel) -> None:
    digit = chosen(model)
    choice(model, digit.index)
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        _digit(model, digit)
    with right:
        PARTS[choose_view(VIEW, tuple(PARTS))](model, digit)


def _digit(model: TenModel, digit: Chosen) -> None:
    """Show the digit, the temperature, the ten probabilities, and the label's probability and loss."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(width="content"):
            picture = digit_picture(model.images[digit.index], PICTURE_SIZE, alt=f"A {digit.label}")
            live_pictures([picture], key="to_ten_digit", alt="The chosen digit")
        st.markdown(
            f"**A {digit.label}** :small[:gray[· validation digit {digit.index:,}]]  \n"
            f"The model calls it a **{digit.largest}** {'✓' if digit.largest == digit.label else '✗'}"
        )
    temperature_slider()
    figure = probabilities_figure(digit.probs[0].tolist(), digit.label, digit.largest)
    height = 230 if is_phone() else 260
    live_figure(figure, key="to_ten_probabilities", height=height, alt="The probability of each of the ten digits")
    _metrics(digit)


def _metrics(digit: Chosen) -> None:
    """Show the label's probability and the loss, and their change from T = 1."""
    label, at_1 = torch.tensor([digit.label]), Chosen(digit.index, digit.label, digit.logits, 1.0)
    prob, prob_at_1 = digit.probs[0, digit.label].item(), at_1.probs[0, digit.label].item()
    loss, loss_at_1 = digit.loss(label), at_1.loss(label)
    with st.container(horizontal=True, gap="small"):
        _metric(f"probability of {digit.label}", percent(prob), prob - prob_at_1, is_at_1=digit.temperature == 1.0)
        _metric("cross-entropy", decimals(loss), loss - loss_at_1, is_at_1=digit.temperature == 1.0, falls=True)


def _metric(name: str, value: str, change: float, *, is_at_1: bool, falls: bool = False) -> None:
    if is_at_1:
        st.metric(name, value, "at T = 1", delta_color="off", delta_arrow="off", border=True)
    else:
        st.metric(name, value, f"{change:+.4f} from T = 1", delta_color="inverse" if falls else "normal", border=True)


def _question(model: TenModel) -> Question:
    """Ask what a temperature changes; the answer is that of the real model."""
    cooled = with_temperature(model.logits, ASKED_TEMPERATURE)
    before, after = (accuracy(logits, model.labels).item() for logits in (model.logits, cooled))
    loss_before, loss_after = (cross_entropy(logits, model.labels).item() for logits in (model.logits, cooled))
    answers = {
        (True, True): "accuracy falls, the loss rises",
        (False, True): "accuracy stays, the loss rises",
        (False, False): "both stay",
        (True, False): "accuracy falls, the loss stays",
    }
    n, t = len(model.labels), f"{ASKED_TEMPERATURE:g}"
    return Question(
        f"All logits are divided by {t}, for each of the {n:,} validation digits. What happens?",
        tuple(answers.values()),
        answers[after < before, loss_after > loss_before],
        f"The largest of ten logits is still the largest: accuracy is {percent(after)} before and after. But the "
        f"probabilities come closer to each other, and the mean cross-entropy goes from {number(loss_before)} to "
        f"{number(loss_after)}.",
        f'Open the part "temperature", and move T from 1 to {t}.',
    )
