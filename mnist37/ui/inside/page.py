"""Inside a run: its predictions for the validation digits, its confidence, and its mistakes."""

import math

import streamlit as st

from mnist37.classes import a_digit
from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.evaluation import Answers, Score
from mnist37.rungs import get_rung
from mnist37.runs import RunInfo
from mnist37.ui.answers.answer_words import warning
from mnist37.ui.answers.ask import answers
from mnist37.ui.answers.gallery import gallery, opened_digit
from mnist37.ui.answers.histogram import answers_histogram, confusion_table
from mnist37.ui.drawing.sheet import lay_digit
from mnist37.ui.explanations.why import why
from mnist37.ui.inside import ten
from mnist37.ui.inside.disagree import disagree
from mnist37.ui.live.nodes import live_figure
from mnist37.ui.runs.choose_run import choose_run, follow, until_over
from mnist37.ui.shell import start
from mnist37.ui.shell.session import keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.labels import hinted
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.projector import heading
from mnist37.ui.widgets.words import INTERVAL_HELP

TICK_SECONDS = 1.0
SHOWN = 18
THRESHOLD_KEY = "threshold"
HEIGHT = 260

THRESHOLD_HELP = (
    "The model gives a probability; calling it {a_first} from 50 % on is our choice. A higher threshold misses more "
    "{first}s and takes fewer {other}s for one. The gradient does not use it."
)
KEY = "opened"


def look_inside() -> None:
    """Show the chosen run's predictions."""
    engine = start.engine()
    heading("Inside", "what a model calls the validation digits, and why")
    inside(engine, choose_run(engine, "Run", key="inside_run"))


def inside(engine: Engine, run_id: str) -> None:
    """Show a run's predictions, and refresh them while it trains."""
    follow(engine, run_id, _show, until_over(TICK_SECONDS))


def _show(engine: Engine, run_id: str) -> None:
    info = engine.info(run_id)
    digits = start.digits_of(info.settings)
    predictions = answers(engine, run_id, digits)
    if predictions is None:
        st.info(_nothing(info, digits), icon=":material/info:")
        return
    if doubt := warning(info, digits):
        st.warning(doubt, icon=":material/warning:")
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        if predictions.classes.is_pair:
            _border(predictions, info)
        else:
            ten.confusion(predictions)
            if not is_phone():  # there the digits of a cell follow the matrix
                ten.confidence(predictions, info, HEIGHT)
    with right:
        cell = None if predictions.classes.is_pair else ten.cell(predictions, digits)
        if cell is None:
            _mistakes(predictions, digits)
        opened(engine, run_id, digits, predictions, next(iter(cell or predictions.by_loss())))
    if is_phone() and not predictions.classes.is_pair:
        ten.confidence(predictions, info, HEIGHT)
    disagree(engine, run_id, digits, predictions)


def _nothing(info: RunInfo, digits: Digits) -> str:
    if not info.is_measured_on(digits):
        return (
            "This run was judged by other digits than are loaded here, so its answers cannot be shown. Train one here."
        )
    return "This run has not said anything yet: its answers appear here after its first epoch."


def _border(predictions: Answers, info: RunInfo) -> None:
    """Show the histogram of its predictions, and the threshold between the two digits."""
    rung = get_rung(info.settings.rung)
    first, other = predictions.classes.digits
    is_prob = rung.gives_probability
    threshold = 0.5
    kept = keep(THRESHOLD_KEY, 0.5)
    figure_place = st.container()
    explained = THRESHOLD_HELP.format(a_first=a_digit(first), first=first, other=other)
    if is_prob:
        threshold = st.slider(
            hinted("Threshold", f"call it {a_digit(first)} from this probability on"),
            0.01, 0.99, kept, key=THRESHOLD_KEY, step=0.01, help=explained,
        )  # fmt: skip
    above = math.log(threshold / (1 - threshold)) if is_prob else 0.0
    with figure_place:
        st.markdown("**How sure it is** :small[:gray[· of all validation digits]]")
        figure = answers_histogram(predictions, rung, threshold if is_prob else 0.0)
        live_figure(
            figure, key="histogram", height=HEIGHT, alt=f"Histogram of its answers, {first}s and {other}s apart"
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.html(confusion_table(predictions, above, large=True), width="content")
        st.markdown(_effect(predictions, above), width="stretch", help=INTERVAL_HELP)


def _effect(predictions: Answers, above: float) -> str:
    """Return accuracy, recall and precision at the threshold."""
    first, other = predictions.classes.digits
    found, missed = predictions.count(first, first, above), predictions.count(first, other, above)
    taken = predictions.count(other, first, above)
    recall = percent(found / max(1, found + missed))
    precision = percent(found / (found + taken)) if found + taken else "–"
    accuracy = predictions.accuracy_above(above)
    score = Score(round((1 - accuracy) * len(predictions.labels)), len(predictions.labels))
    change = "" if not above else f" ({100 * (accuracy - predictions.accuracy):+.2f} points)"
    return (
        f"**{percent(accuracy)}** right{change}, {score} :small[:gray[{score.interval_words}]]  \n"
        f"Recall {recall} :small[:gray[the share of the {first}s that it finds]]  \n"
        f"Precision {precision} :small[:gray[the share of its {first}s that are {first}s]]"
    )


def _mistakes(predictions: Answers, digits: Digits) -> None:
    st.markdown(f"**{predictions.score}** :small[:gray[· the greatest losses first; click one to see why]]")
    gallery(
        predictions, digits, predictions.by_loss()[:SHOWN], key="top_losses", alt="The digits with the greatest loss"
    )


def opened(engine: Engine, run_id: str, digits: Digits, predictions: Answers, first: int) -> None:
    """Show and explain the digit that was chosen last, or else the first one that is shown."""
    index = opened_digit()
    if index is None or index >= digits.n_valid:
        index = first
    is_a = predictions.classes.digit(digits.valid_labels[index])
    called = predictions.digit_said(index)
    verdict = f"it says {called}" if is_a == called else f"but it says {called}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="opened_digit"):
        st.markdown(
            f"**Why?** This is **{a_digit(is_a)}**, {verdict} :small[:gray[· validation digit {index:,}]]",
            width="content",
        )
        if st.button("Draw on it", icon=":material/draw:", key="draw_on_it"):
            lay_digit(digits.valid_images[index])
            st.switch_page("pages/draw.py")
    why(engine, run_id, digits.valid_images[index], KEY)
