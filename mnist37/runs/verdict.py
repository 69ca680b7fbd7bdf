"""Whether a run has learned anything and was steady, read from what is kept of it."""

from mnist37.events import REMARK, Status
from mnist37.rungs import Course, course_of
from mnist37.runs.history import History
from mnist37.runs.record import RunInfo


def course(info: RunInfo, history: History) -> Course:
    """Return how a run has gone so far.

    Its losses do not tell whether the weights of `mnist_loss` ran away; the remark that such a run ends with does: see
    `ended_badly`.
    """
    epoch, sizes = history.last_epoch(), history.batch_size_changes()
    batch_size = min((change.batch_size for change in sizes), default=info.settings.batch_size)
    if epoch is None:
        return course_of(history.losses(), batch_size)
    return course_of(history.losses(), batch_size, epoch.valid_loss, epoch.accuracy)


def ended_badly(info: RunInfo) -> bool:
    """Return whether a run went through, with a remark that it was unstable or learned nothing."""
    return info.status is Status.FINISHED and info.reason.startswith(REMARK)
