"""Find whether a kept run has learned anything and was stable."""

from mnist37.data import Digits
from mnist37.evaluation import Score
from mnist37.events import REMARK, Status
from mnist37.rungs import Course, Guess, course_of, has_learned
from mnist37.runs.history import History
from mnist37.runs.record import RunInfo


def course(info: RunInfo, history: History, digits: Digits) -> Course:
    """Return the course of a run so far.

    The losses do not show whether the weights of `mnist_loss` diverged; the remark at the end of such a run does: see
    `ended_badly`.
    """
    epoch, sizes = history.last_epoch(), history.batch_size_changes()
    batch_size = min((change.batch_size for change in sizes), default=info.settings.batch_size)
    score = Score.of(epoch.accuracy, info.n_valid) if epoch is not None and info.n_valid else None
    return course_of(history.losses(), batch_size, score, _guess(info, digits))


def is_chance(info: RunInfo, digits: Digits, score: Score | None = None) -> bool:
    """Return whether a run is known to be not measurably better than always predicting the same digit.

    Args:
        info: the run.
        digits: the loaded digits.
        score: the run's score at some step; by default after its last epoch.
    """
    measured = score or info.score
    return measured is not None and not has_learned(measured, _guess(info, digits).share)


def ended_badly(info: RunInfo) -> bool:
    """Return whether a run finished with a remark that it was unstable or learned nothing."""
    return info.status is Status.FINISHED and info.reason.startswith(REMARK)


def _guess(info: RunInfo, digits: Digits) -> Guess:
    """Return what a guess reaches; digits that are not loaded count as if there were as many of each."""
    n = len(info.settings.classes.digits)
    return Guess.on(digits) if info.is_measured_on(digits) else Guess(1 / n, n)
