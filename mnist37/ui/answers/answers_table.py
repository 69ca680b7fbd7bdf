"""The predictions of every rung for one drawing, side by side, each with its run and that run's score."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from mnist37.classes import Classes
from mnist37.data import Digits, Prepared
from mnist37.engine import Engine
from mnist37.evaluation import Answer
from mnist37.events import drawing_key
from mnist37.explain import Distances, explain
from mnist37.rungs import get_rung
from mnist37.runs import RunInfo
from mnist37.ui.answers.answer_words import hardly_tells, slim_bar, warning
from mnist37.ui.answers.answering import AnsweringRun, train_missing
from mnist37.ui.answers.ask import ask, whole_weights
from mnist37.ui.live.nodes import Spoken, html, show
from mnist37.ui.runs.run_rows import best_words
from mnist37.ui.shell import start
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.words import INTERVAL_HELP

AGO, RAW = "one stroke ago", "without cropping and centring"
WAITS, NO_WEIGHTS = "still training", "kept no weights; choose another run"
NOT_YET, NOT_MADE = "not trained yet", "its {} means are not made yet"
LOOK = """<style>
.verdicts-room { container-type: inline-size; }
.verdicts { display: grid; gap: .35rem .9rem; align-items: center; font-variant-numeric: tabular-nums;
  grid-template-columns: fit-content(16rem) 3.4rem minmax(6rem, 1fr) fit-content(7rem) fit-content(8rem); }
.verdicts > .answer { font-size: 1.35rem; font-weight: 700; }
.verdicts > .title small { display: block; line-height: 1.25; }
.verdicts > .notice { grid-column: 1 / -1; font-size: .85rem; font-weight: 600;
  border-left: 3px solid #d9480f; padding-left: .5rem; }
.verdicts > .less, .verdicts small { font-size: .85rem; }
@container (max-width: 38rem) { .verdicts { grid-template-columns: 1fr 3.4rem; }
  .verdicts > .how { grid-column: 1 / -1; } .verdicts > .head.how, .verdicts > .how:empty { display: none; }
  .verdicts > .notice { margin-top: -.3rem; }
  .verdicts > .how[data-what]::before { content: attr(data-what) ": "; } }
</style>"""


def answers_table(
    engine: Engine,
    digits: Digits,
    models: Sequence[AnsweringRun],
    drawn: Prepared | None,
    before: Prepared | None,
) -> None:
    """Show a row for each model: its predictions for the drawing, for it one stroke ago, and for it unprepared."""
    of = "" if drawn is None else str(drawing_key(drawn.image))
    rows = "".join(_row(engine, model, digits.classes, drawn, before) + _notice(model) for model in models)
    head = '<span class="head less">Model</span><span class="head less">says</span>'
    two = digits.classes
    sure = f"how sure: {two.other} | {two.first}" if two.is_pair else "how sure · the ten digits"
    head += f'<span class="head less how">{sure}</span>'
    head += f'<span class="head less how">{AGO}</span><span class="head less how">{RAW}</span>'
    # For browser tests: the key of the drawing.
    label = f'role="group" aria-label="What each model says" data-drawing="{of}"'
    st.html(f'{LOOK}<div class="verdicts-room"><div class="verdicts" {label}>{head}{rows}</div></div>')
    show(html("", key="verdicts_spoken", spoken=Spoken(_spoken(engine, models, drawn), of)))
    missing = [model.rung.title for model in models if model.info is None]
    if missing:
        st.button(
            f"Train the {len(missing)} that are missing" if len(missing) > 1 else f"Train {missing[0]}",
            icon=":material/play_arrow:",
            key="train_missing",
            on_click=train_missing,
            args=(engine, digits),
            help="Each with its own defaults. " + ", ".join(missing) + ".",
        )


def _spoken(engine: Engine, models: Sequence[AnsweringRun], drawn: Prepared | None) -> str:
    """Return each model's prediction in plain words; empty before there is one."""
    if drawn is None:
        return "The canvas is blank."
    words = []
    for model in models:
        answer = ask(engine, model.info.id, drawn.image) if model.info is not None else None
        if answer is not None:
            sure = "" if answer.prob is None else f", {percent(answer.prob)}"
            words.append(f"{model.rung.title}: {answer.digit}{sure}.")
    return " ".join(words)


def _row(engine: Engine, model: AnsweringRun, classes: Classes, drawn: Prepared | None, before: Prepared | None) -> str:
    info = model.info
    title = f'<span class="title">{escape(model.rung.title)}{_worth(model)}</span>'
    if info is None:
        n_means = "two" if classes.is_pair else "ten"
        return title + _empty(NOT_MADE.format(n_means) if model.rung.look.are_means else NOT_YET)
    if drawn is None:
        return title + _empty("")
    answer = ask(engine, info.id, drawn.image)
    if answer is None:
        return title + _empty(NO_WEIGHTS if info.status.is_over else WAITS)
    ago = ask(engine, info.id, before.image) if before is not None and not before.is_blank else None
    raw = ask(engine, info.id, drawn.as_drawn)
    how = _how(engine, info, answer, drawn)
    cell = f'<span class="answer">{predicted_digit(answer)}</span><span class="how">{how}</span>'
    return title + cell + _less(ago, AGO) + _less(raw, RAW)


def _worth(model: AnsweringRun) -> str:
    """Return the score of the answering run, and why this run answers."""
    info = model.info
    if info is None:
        return ""
    score = ""
    if info.score is not None:
        score = f'{info.score} <span title="{escape(INTERVAL_HELP)}">({info.score.interval_words} right)</span>'
    if model.is_chosen:
        why = "your choice"
    elif not info.status.is_over:
        why = "still training"
    elif info.score is None:
        why = "ended in its first epoch"
    elif not info.is_measured_on(start.digits_of(info.settings)):
        why = "on other digits"
    else:
        why = best_words(model.n_tried)
    return f'<small class="less">{" · ".join(words for words in (score, why) if words)}</small>'


def _notice(model: AnsweringRun) -> str:
    words = warning(model.info, start.digits_of(model.info.settings)) if model.info is not None else ""
    return f'<span class="notice" role="note">⚠ {escape(words)}</span>' if words else ""


def _empty(words: str) -> str:
    return f'<span class="answer less">–</span><span class="less how">{words}</span>' + 2 * '<span class="how"></span>'


def predicted_digit(answer: Answer) -> str:
    """Return the digit, with a question mark if the model is undecided."""
    return f"{answer.digit}?" if hardly_tells(answer) else f"{answer.digit}"


def _how(engine: Engine, info: RunInfo, answer: Answer, drawn: Prepared) -> str:
    """Return the bar of a model that gives a probability, or two distances of one that does not."""
    if answer.probs is not None:
        return slim_bar(answer)
    if not answer.classes.is_pair and get_rung(info.settings.rung).look.are_means:
        nearest, second = answer.order[:2]
        near, far = (f"{-answer.logits[digit]:.3f} from the mean {digit}" for digit in (nearest, second))
        return f"{near}, next {far}"
    weights = whole_weights(engine, info.id) if answer.classes.is_pair else None
    found = explain(info.settings, weights, drawn.image) if weights is not None else None
    if not isinstance(found, Distances):
        return answer.words
    first, other = answer.classes.digits
    return f"{found.to_first:.3f} from the mean {first}, {found.to_other:.3f} from the mean {other}"


def _less(answer: Answer | None, what: str) -> str:
    if answer is None:
        return '<span class="how"></span>'
    sure = "" if answer.prob is None else f", {percent(answer.prob)}"
    return f'<span class="less how" data-what="{what}">{predicted_digit(answer)}{sure}</span>'
