"""A model's prediction for a drawing, in words and as a bar; and whether a run's predictions mean anything."""

from mnist37.classes import Classes, a_digit
from mnist37.data import Digits
from mnist37.evaluation import Answer, Score
from mnist37.events import Status
from mnist37.runs import RunInfo, is_chance
from mnist37.ui.widgets.colours import FIRST, OTHER
from mnist37.ui.widgets.numbers import percent

ALMOST = 0.75
"""Below this probability the page calls the model undecided."""


def short_answer(answer: Answer) -> str:
    """Return HTML of the prediction for a small place: the digit and its probability."""
    words = f'<strong style="font-size:1.3rem">{_sentence(answer)}</strong>'
    return words + (
        f"<div>{_distance_words(answer)}</div>" if answer.prob_first is None else bar(answer.prob_first, answer.classes)
    )


def spoken_answer(answer: Answer) -> str:
    """Return the prediction as text for a screen reader."""
    how = _distance_words(answer) if answer.prob is None else f"{percent(answer.prob)}."
    return f"{_sentence(answer)}. {how}"


def _sentence(answer: Answer) -> str:
    if answer.prob is not None and answer.prob < ALMOST:
        return f"Perhaps {a_digit(answer.digit)}: it can hardly tell"
    return f"It is {a_digit(answer.digit)}"


def _distance_words(answer: Answer) -> str:
    return f"Your drawing is {answer.words}."


def bar(prob_first: float, classes: Classes) -> str:
    """Return HTML of both probabilities as one bar, the first digit on the right."""
    other, first = _shares(prob_first, classes)
    part = "display:flex;align-items:center;height:2.2rem;color:#fff;font-weight:600;overflow:hidden;white-space:nowrap"
    return f"""<div role="img" aria-label="{other}, {first}" style="display:flex;border-radius:.5rem;overflow:hidden">
<div style="{part};width:{1 - prob_first:.2%};background:{OTHER}"></div>
<div style="{part};width:{prob_first:.2%};background:{FIRST}"></div></div>
<div style="display:flex;justify-content:space-between;font-variant-numeric:tabular-nums" aria-hidden="true">
<span>{other}</span><span>{first}</span></div>"""


def _shares(prob_first: float, classes: Classes) -> tuple[str, str]:
    return f"{classes.other}: {1 - prob_first:.1%}", f"{classes.first}: {prob_first:.1%}"


def slim_bar(prob_first: float, classes: Classes) -> str:
    """Return the same on one line, for a table."""
    other, first = f"{1 - prob_first:.1%}", f"{prob_first:.1%}"
    label = ", ".join(_shares(prob_first, classes))
    end = "min-width:3.2rem;flex:none"
    return f"""<div role="img" aria-label="{label}" style="display:flex;gap:.5rem;align-items:center">
<span style="{end};text-align:right">{other}</span>
<div style="display:flex;flex:1;height:.9rem;border-radius:.3rem;overflow:hidden;min-width:3rem">
<div style="width:{1 - prob_first:.2%};background:{OTHER}"></div><div style="flex:1;background:{FIRST}"></div></div>
<span style="{end}">{first}</span></div>"""


def warning(info: RunInfo, digits: Digits) -> str:
    """Return the warning beside a run's predictions, as plain text; mostly empty."""
    if info.status in {Status.DIVERGED, Status.FAILED}:
        return f"This run {info.status.value}: its answers mean nothing."
    if is_chance(info, digits) and info.score is not None:
        return chance_words(info.score, learns=not info.status.is_over)
    return ""


def chance_words(score: Score, *, learns: bool) -> str:
    """Return the warning for a model that is not measurably better than always naming the same digit."""
    if learns:
        return f"So far not measurably better than always naming the same digit: {score}."
    return f"This run learned nothing: {score}, not measurably better than always naming the same digit."
