"""Inside a run of all ten digits: which digits it confuses, and how many it answers if it may be unsure."""

import streamlit as st

from mnist37.data import Digits
from mnist37.evaluation import Answers
from mnist37.rungs import get_rung
from mnist37.runs import RunInfo
from mnist37.ui.answers.confusion import cell_words, confusion_buttons, read_cell
from mnist37.ui.answers.gallery import gallery
from mnist37.ui.answers.histogram import confidence_histogram
from mnist37.ui.live.nodes import choose_in_html, live_figure
from mnist37.ui.shell.session import keep
from mnist37.ui.visit import OPENED_CELL, OPENED_DIGIT
from mnist37.ui.widgets.labels import hinted
from mnist37.ui.widgets.numbers import percent

UNSURE_KEY = "unsure_below"
MOST_SHOWN = 36
UNSURE_HELP = (
    "The model's probability of a digit is its softmax over all ten. If it may say nothing where the largest of them "
    "is too low, it makes fewer mistakes, and answers fewer digits."
)


def confusion(predictions: Answers) -> None:
    """Show the confusion matrix; a click on a cell opens its digits."""
    st.markdown("**What it confuses** :small[:gray[· rows: the digit, columns: what it says; click a cell]]")
    choose_in_html(confusion_buttons(predictions, OPENED_CELL.get()), _open, key="confusion")


def confidence(predictions: Answers, info: RunInfo, height: int) -> None:
    """Show the probabilities of right and wrong predictions, and what the model answers above a chosen one."""
    rung = get_rung(info.settings.rung)
    if not rung.gives_probability:
        st.caption(f"{rung.title} gives no probability, so it cannot say how sure it is.")
        return
    st.markdown("**How sure it is** :small[:gray[· of what it says of the validation digits]]")
    figure_place = st.container()
    below = st.slider(
        hinted("I am not sure below", "a probability"),
        0.1, 0.99, keep(UNSURE_KEY, 0.5), key=UNSURE_KEY, step=0.01, help=UNSURE_HELP,
    )  # fmt: skip
    with figure_place:
        live_figure(
            confidence_histogram(predictions, below),
            key="confidence",
            height=height,
            alt="Histogram of its probabilities, right and wrong answers apart",
        )
    st.markdown(answered_words(predictions, below))


def answered_words(predictions: Answers, below: float) -> str:
    """Return, as Markdown, how many digits a model answers that is unsure below a probability, and how many are right.

    Args:
        predictions: for the validation digits.
        below: the probability.
    """
    answers, right = predictions.confidence >= below, ~predictions.is_wrong()
    total, answered, unsure = len(right), int(answers.sum()), int((~answers).sum())
    words = f"It answers **{answered:,} of {total:,}** digits ({percent(answered / total)})"
    if answered:
        words += f", and **{percent(float(right[answers].mean()))}** of these are right"
    if not unsure:
        return f"{words}; it is unsure of none."
    return f"{words}; unsure: **{unsure:,}**, of which {int(right[~answers].sum()):,} would have been right."


def cell(predictions: Answers, digits: Digits) -> list[int] | None:
    """Show the digits of the cell that is open, with a way back to all of them.

    Returns:
        Their indices; None if no cell is open.
    """
    opened = OPENED_CELL.get()
    if opened is None:
        return None
    inside = predictions.cell(*opened)
    more = f", the first {MOST_SHOWN}" if len(inside) > MOST_SHOWN else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="cell_head"):
        st.markdown(
            f"**{cell_words(opened, len(inside))}** :small[:gray[· the greatest losses first{more}]]", width="content"
        )
        st.button("All digits", icon=":material/arrow_back:", key="all_cells", type="tertiary", on_click=_close)
    gallery(predictions, digits, inside[:MOST_SHOWN], key="cell", alt=cell_words(opened, len(inside)))
    return inside


def _open(value: str) -> None:
    OPENED_CELL.set(read_cell(value))
    OPENED_DIGIT.clear()


def _close() -> None:
    OPENED_CELL.clear()
    OPENED_DIGIT.clear()
