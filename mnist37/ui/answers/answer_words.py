"""A model's prediction for a drawing, in words and as a bar; and whether a run's predictions mean anything."""

from mnist37.classes import Classes, a_digit
from mnist37.data import Digits
from mnist37.evaluation import Answer, Score
from mnist37.events import Status
from mnist37.runs import RunInfo, is_chance
from mnist37.ui.widgets.colours import FIRST, NEUTRAL, OTHER
from mnist37.ui.widgets.numbers import percent

ALMOST = 0.75
"""Below this probability, of the two likeliest digits alone, the page calls the model undecided."""


def short_answer(answer: Answer) -> str:
    """Return HTML of the prediction for a small place: the digit and its probability."""
    words = f'<strong style="font-size:1.3rem">{_sentence(answer)}</strong>'
    return words + (f"<div>{_distance_words(answer)}</div>" if answer.probs is None else bar(answer))


def hardly_tells(answer: Answer) -> bool:
    """Return whether the model is undecided between the digit that it says and the second one."""
    said, second = answer.prob, answer.prob_of(answer.runner_up)
    return said is not None and second is not None and said < ALMOST * (said + second)


def spoken_answer(answer: Answer) -> str:
    """Return the prediction as text for a screen reader."""
    how = _distance_words(answer) if answer.prob is None else f"{percent(answer.prob)}."
    if answer.classes.is_pair:
        return f"{_sentence(answer)}. {how}"
    second = answer.prob_of(answer.runner_up)
    sure = "" if second is None else f", {percent(second)}"
    return f"{_sentence(answer)}. {how} Second comes {a_digit(answer.runner_up)}{sure}."


def _sentence(answer: Answer) -> str:
    if hardly_tells(answer):
        more = ": it can hardly tell" if answer.classes.is_pair else f", perhaps {a_digit(answer.runner_up)}"
        return f"Perhaps {a_digit(answer.digit)}{more}"
    return f"It is {a_digit(answer.digit)}"


def _distance_words(answer: Answer) -> str:
    return f"Your drawing is {answer.words}."


def bar(answer: Answer) -> str:
    """Return HTML of the probabilities: of two digits as one bar, the first one on the right; of ten a column each."""
    if answer.classes.is_pair:
        return _bar_of_two(*_two(answer))
    return _columns(answer, "3.2rem") + _second(answer)


def _two(answer: Answer) -> tuple[float, Classes]:
    prob_first = answer.prob_first
    assert prob_first is not None
    return prob_first, answer.classes


def _bar_of_two(prob_first: float, classes: Classes) -> str:
    other, first = _shares(prob_first, classes)
    part = "display:flex;align-items:center;height:2.2rem;color:#fff;font-weight:600;overflow:hidden;white-space:nowrap"
    return f"""<div role="img" aria-label="{other}, {first}" style="display:flex;border-radius:.5rem;overflow:hidden">
<div style="{part};width:{1 - prob_first:.2%};background:{OTHER}"></div>
<div style="{part};width:{prob_first:.2%};background:{FIRST}"></div></div>
<div style="display:flex;justify-content:space-between;font-variant-numeric:tabular-nums" aria-hidden="true">
<span>{other}</span><span>{first}</span></div>"""


def _shares(prob_first: float, classes: Classes) -> tuple[str, str]:
    return f"{classes.other}: {1 - prob_first:.1%}", f"{classes.first}: {prob_first:.1%}"


def _columns(answer: Answer, height: str) -> str:
    """Return HTML of ten probabilities as columns: orange for the predicted digit, blue for the second one."""
    probs = answer.probs
    assert probs is not None
    label = "; ".join(f"{digit}: {probs[digit]:.1%}" for digit in answer.order[:3])

    def column(digit: int) -> str:
        colour = FIRST if digit == answer.digit else OTHER if digit == answer.runner_up else NEUTRAL
        part = (
            f"width:100%;height:{probs[digit]:.2%};min-height:1px;background:{colour};border-radius:.15rem .15rem 0 0"
        )
        name = f"<b>{digit}</b>" if digit == answer.digit else str(digit)
        title = f"{digit}: {probs[digit]:.1%}"
        return f"""<div style="flex:1;min-width:0;text-align:center;line-height:1.2" title="{title}">
<div style="height:{height};display:flex;align-items:flex-end"><div style="{part}"></div></div>{name}</div>"""

    return f"""<div role="img" aria-label="{label}" style="display:flex;gap:.2rem;font-variant-numeric:tabular-nums">
{"".join(map(column, answer.classes.digits))}</div>"""


def _second(answer: Answer) -> str:
    probs = answer.probs
    assert probs is not None
    return (
        f"<div><b>{percent(probs[answer.digit])}</b>, then {answer.runner_up}: {percent(probs[answer.runner_up])}</div>"
    )


def slim_bar(answer: Answer) -> str:
    """Return the same in little height, for a table."""
    if answer.classes.is_pair:
        return _slim_bar_of_two(*_two(answer))
    return f"""<div style="display:flex;gap:.8rem;align-items:flex-end;flex-wrap:wrap">
<div style="flex:1;min-width:8rem;max-width:14rem">{_columns(answer, "1.1rem")}</div>{_second(answer)}</div>"""


def _slim_bar_of_two(prob_first: float, classes: Classes) -> str:
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
