"""What every trained rung says of one drawing, side by side; which run of each judges, and what that is worth."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from mnist37.data import Prepared
from mnist37.engine import Engine
from mnist37.events import drawing_key
from mnist37.explain import Distances, explain
from mnist37.runs import RunInfo
from mnist37.ui.answers.judge import Verdict, judge, whole_weights
from mnist37.ui.answers.judges import Judge, train_missing
from mnist37.ui.answers.verdict import ALMOST, slim_bar, warning
from mnist37.ui.live.nodes import Spoken, html, show
from mnist37.ui.runs.run_rows import best_words
from mnist37.ui.shell import start
from mnist37.ui.widgets.words import INTERVAL_HELP, percent

AGO, RAW = "one stroke ago", "without cropping and centring"
WAITS, NO_WEIGHTS = "still training", "kept no weights; choose another run"
NOT_YET, NOT_MADE = "not trained yet", "its two means are not made yet"
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


def verdicts(engine: Engine, bench: Sequence[Judge], drawn: Prepared | None, before: Prepared | None) -> None:
    """A row for each judge: what it says of the drawing, and of the drawing one stroke ago, and of it unprepared."""
    judged = "" if drawn is None else str(drawing_key(drawn.image))
    rows = "".join(_row(engine, judge_, drawn, before) + _notice(judge_) for judge_ in bench)
    head = '<span class="head less">Model</span><span class="head less">says</span>'
    head += '<span class="head less how">how sure: 7 | 3</span>'
    head += f'<span class="head less how">{AGO}</span><span class="head less how">{RAW}</span>'
    # For browser tests: which drawing this is about.
    label = f'role="group" aria-label="What each model says" data-drawing="{judged}"'
    st.html(f'{LOOK}<div class="verdicts-room"><div class="verdicts" {label}>{head}{rows}</div></div>')
    show(html("", key="verdicts_spoken", spoken=Spoken(_spoken(engine, bench, drawn), judged)))
    missing = [judge_.rung.title for judge_ in bench if judge_.info is None]
    if missing:
        st.button(
            f"Train the {len(missing)} that are missing" if len(missing) > 1 else f"Train {missing[0]}",
            icon=":material/play_arrow:",
            key="train_missing",
            on_click=train_missing,
            args=(engine, start.digits()),
            help="Each with its own defaults. " + ", ".join(missing) + ".",
        )


def _spoken(engine: Engine, bench: Sequence[Judge], drawn: Prepared | None) -> str:
    """What each model says, in plain words; nothing before one of them can answer."""
    if drawn is None:
        return "The canvas is blank."
    told = []
    for judge_ in bench:
        verdict = judge(engine, judge_.info.id, drawn.image) if judge_.info is not None else None
        if verdict is not None:
            sure = "" if verdict.prob is None else f", {percent(verdict.prob)}"
            told.append(f"{judge_.rung.title}: {verdict.digit}{sure}.")
    return " ".join(told)


def _row(engine: Engine, judge_: Judge, drawn: Prepared | None, before: Prepared | None) -> str:
    info = judge_.info
    title = f'<span class="title">{escape(judge_.rung.title)}{_worth(judge_)}</span>'
    if info is None:
        return title + _empty(NOT_MADE if judge_.rung.look.means_of else NOT_YET)
    if drawn is None:
        return title + _empty("")
    verdict = judge(engine, info.id, drawn.image)
    if verdict is None:
        return title + _empty(NO_WEIGHTS if info.status.is_over else WAITS)
    ago = judge(engine, info.id, before.image) if before is not None and not before.is_blank else None
    raw = judge(engine, info.id, drawn.as_drawn)
    answer = f'<span class="answer">{said(verdict)}</span><span class="how">{_how(engine, info, verdict, drawn)}</span>'
    return title + answer + _less(ago, AGO) + _less(raw, RAW)


def _worth(judge_: Judge) -> str:
    """How good the run is that judges, and how it came to judge."""
    info = judge_.info
    if info is None:
        return ""
    score = ""
    if info.score is not None:
        score = f'{info.score} <span title="{escape(INTERVAL_HELP)}">({info.score.interval_words} right)</span>'
    if judge_.is_chosen:
        why = "your choice"
    elif not info.status.is_over:
        why = "still training"
    elif info.score is None:
        why = "ended in its first epoch"
    elif not info.is_judged_by(start.digits()):
        why = "on other digits"
    else:
        why = best_words(judge_.n_tried)
    return f'<small class="less">{" · ".join(words for words in (score, why) if words)}</small>'


def _notice(judge_: Judge) -> str:
    words = warning(judge_.info, start.digits()) if judge_.info is not None else ""
    return f'<span class="notice" role="note">⚠ {escape(words)}</span>' if words else ""


def _empty(words: str) -> str:
    return f'<span class="answer less">–</span><span class="less how">{words}</span>' + 2 * '<span class="how"></span>'


def said(verdict: Verdict) -> str:
    """The digit, with a question mark where the model can hardly tell."""
    doubts = verdict.prob is not None and verdict.prob < ALMOST
    return f"{verdict.digit}?" if doubts else f"{verdict.digit}"


def _how(engine: Engine, info: RunInfo, verdict: Verdict, drawn: Prepared) -> str:
    """The bar of a model that gives a probability, and both distances of one that does not."""
    if verdict.prob_3 is not None:
        return slim_bar(verdict.prob_3)
    weights = whole_weights(engine, info.id)
    found = explain(info.settings, weights, drawn.image) if weights is not None else None
    if not isinstance(found, Distances):
        return verdict.words
    return f"{found.to_3:.3f} from the mean 3, {found.to_7:.3f} from the mean 7"


def _less(verdict: Verdict | None, what: str) -> str:
    if verdict is None:
        return '<span class="how"></span>'
    sure = "" if verdict.prob is None else f", {percent(verdict.prob)}"
    return f'<span class="less how" data-what="{what}">{said(verdict)}{sure}</span>'
