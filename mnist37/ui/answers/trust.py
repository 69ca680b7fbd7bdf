"""Whether a run's answers mean anything: what is said beside the verdict of one that learned nothing, or went wrong."""

from mnist37.data import Digits
from mnist37.evaluation import Score
from mnist37.events import Status
from mnist37.runs import RunInfo, is_chance


def warning(info: RunInfo, digits: Digits) -> str:
    """Return what has to be said beside a run's verdict, as plain text; mostly nothing."""
    if info.status in {Status.DIVERGED, Status.FAILED}:
        return f"This run {info.status.value}: its answers mean nothing."
    if is_chance(info, digits) and info.score is not None:
        return chance_words(info.score, learns=not info.status.is_over)
    return ""


def chance_words(score: Score, *, learns: bool) -> str:
    """Return what is said of a model that is not measurably better than always naming the same digit."""
    if learns:
        return f"So far not measurably better than always naming the same digit: {score}."
    return f"This run learned nothing: {score}, not measurably better than always naming the same digit."
