"""What a run has come to, at the end or at a step: its weights, its mistakes, and what it says of one's own drawing."""

from html import escape

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.evaluation import Answers
from mnist37.events import drawing_key
from mnist37.rungs import BASELINE, LADDER, get_rung
from mnist37.runs import History, RunInfo, is_chance
from mnist37.ui.answers.answer_words import chance_words, short_answer, spoken_answer, warning
from mnist37.ui.answers.ask import answers, ask, baseline, image_of
from mnist37.ui.answers.gallery import valid_picture
from mnist37.ui.answers.histogram import confusion_table
from mnist37.ui.live.nodes import Content, Picture, Spoken, html, pictures
from mnist37.ui.live.pictures import digit_picture, first_layer_pictures, scale_bar, weights_limit
from mnist37.ui.shell import start
from mnist37.ui.shell.session import drawing as last_drawing
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.projector import is_projected
from mnist37.ui.widgets.words import INTERVAL_HELP

MISTAKES, MISTAKE_SIZE = 5, 34
DIGITS_SIZE, PROJECTED_DIGITS_SIZE = 60, 30
"""Of each digit's picture where there are ten, in px: all of them are as high as one picture of two digits.

In the projector view they have half the width.
"""
NO_PICTURES: tuple[Picture, ...] = ()


def digits_size() -> int:
    """Return the size of each digit's picture where there are ten, in px."""
    return PROJECTED_DIGITS_SIZE if is_projected() else DIGITS_SIZE


def weights(info: RunInfo, history: History, step: int | None) -> tuple[Content, Content, Content]:
    """Return the first layer at a step, None for the newest: the step in words, pictures, and their scale."""
    snapshot = history.snapshot(step)
    rung = get_rung(info.settings.rung)
    size = digits_size() if rung.look.is_one_a_digit(info.settings.classes) else rung.look.lab_px
    since, shown, scale = _small("It appears here once it learns."), NO_PICTURES, ""
    if snapshot is not None:
        since = f"after step {snapshot.step:,}" if rung.is_trained else ""
        shown = first_layer_pictures(info.settings, snapshot, size_px=size, captions=False)
        scale = "" if rung.look.are_means else scale_bar(weights_limit(info.settings, snapshot))
    waits = snapshot is None and not info.status.is_over
    return (
        html(since, key="weights_since"),
        pictures(shown, key="weights", alt="The weights of the first layer as pictures", waits=waits),
        html(scale, key="weights_scale", waits=waits),
    )


def mistakes(engine: Engine, info: RunInfo, digits: Digits, step: int | None) -> tuple[Content, Content, Content]:
    """Return the accuracy on the validation digits, what is confused, and the mistakes with the most confidence."""
    said = answers(engine, info.id, digits, step)
    count, table, shown = "", "", list(NO_PICTURES)
    if said is not None:
        wrong = said.mistakes()
        since = _small(f"· after step {said.step:,}")
        interval = escape(f"{said.score.interval_words}. {INTERVAL_HELP}")
        count = f'<strong>{percent(said.accuracy)}</strong> right, <span title="{interval}">{said.score}</span> {since}'
        table = confusion_table(said) if said.classes.is_pair else _most_confused(said)
        shown = [valid_picture(said, digits, index, MISTAKE_SIZE) for index in wrong[:MISTAKES]]
    elif not info.is_measured_on(digits):
        count = _small("This run was judged by other digits than are loaded here, so its mistakes cannot be shown.")
    waits = said is None and not info.status.is_over
    return (
        html(count, key="answers", waits=waits),
        html(table, key="answers_table", waits=waits),
        pictures(shown, key="mistakes", alt="The mistakes that it is surest of", waits=waits),
    )


def _most_confused(said: Answers) -> str:
    """Return HTML of the pairs of digits that are confused most."""
    lines = [f"{a} and {b}: {times:,} {'time' if times == 1 else 'times'}" for a, b, times in said.most_confused()]
    style = "white-space:nowrap;font-variant-numeric:tabular-nums;font-size:.85rem;line-height:1.45"
    return f'<div style="{style}"><b>Confused most</b><br>{"<br>".join(lines)}</div>' if lines else ""


def against_baseline(engine: Engine, info: RunInfo, digits: Digits, step: int | None) -> Content:
    """Return whether a run is better than pixel similarity, as far as these digits can tell."""
    said = answers(engine, info.id, digits, step)
    return html("" if said is None else _small(_compared(said, digits)), key="against_baseline")


def _compared(said: Answers, digits: Digits) -> str:
    line = baseline(digits)
    difference = said.differs_from(line)
    better = "better" if said.accuracy > line.accuracy else "worse"
    verdict_ = f"{better} than that" if difference.is_real else "too few digits to tell them apart"
    return f"{LADDER[BASELINE].title}: {line.score}; {verdict_} ({difference.p_words})."


def verdict(engine: Engine, run_id: str, step: int | None) -> tuple[Content, Content]:
    """Return the model's prediction for the last drawing, and the drawing as the model's input."""
    pixels, seen, spoken = last_drawing(), list(NO_PICTURES), ""
    if not pixels:
        said, spoken = _small("Nothing drawn yet."), "The canvas is blank."
    elif (found := ask(engine, run_id, image_of(pixels), step)) is None:
        said = _small(
            "No answer to this drawing at this step: so large a model is asked while it learns, and at its end."
        )
    else:
        doubt = _doubt(engine, run_id, step)
        said = short_answer(found) + (f'<div role="note"><small>⚠ {doubt}</small></div>' if doubt else "")
        spoken = f"{spoken_answer(found)} {doubt}"
        seen = [digit_picture(image_of(pixels), 56, "as seen", "Your drawing as the model sees it")]
    of = str(drawing_key(image_of(pixels))) if pixels else ""
    return html(said, key="verdict", spoken=Spoken(spoken, of)), pictures(seen, key="lab_saw", alt="Your drawing")


def _doubt(engine: Engine, run_id: str, step: int | None) -> str:
    """Return a warning for the prediction of a model that has learned nothing at that step; empty if there is none."""
    info = engine.info(run_id)
    digits = start.digits_of(info.settings)
    then = answers(engine, run_id, digits, step)
    if then is not None and (step is not None or not info.status.is_over):
        return chance_words(then.score, learns=True) if is_chance(info, digits, then.score) else ""
    return warning(info, digits)


def _small(text: str) -> str:
    return f'<small class="less">{text}</small>'
