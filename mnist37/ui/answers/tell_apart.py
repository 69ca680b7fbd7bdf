"""Which of several runs the validation digits cannot tell from the best one."""

from collections.abc import Mapping

from mnist37.data import Digits
from mnist37.engine import Engine
from mnist37.errors import RunError
from mnist37.ui.answers.judge import Answers, answers


def too_few_words(engine: Engine, labels: Mapping[str, str], digits: Digits) -> str:
    """Return which runs are no better and no worse than the best one, as far as the digits can tell; may be empty.

    Args:
        engine: knows the runs.
        labels: what each run is called, by its id, as plain text.
        digits: those at hand; runs that were not judged by their validation digits are left out.
    """
    said = {run_id: found for run_id in labels if (found := _answers(engine, run_id, digits)) is not None}
    if len(said) < 2:
        return ""
    best = min(said, key=lambda run_id: said[run_id].score.wrong)
    alike = [
        f"{labels[run_id]} ({difference.p_words})"
        for run_id in said
        if run_id != best and not (difference := said[best].differs_from(said[run_id])).is_real
    ]
    if not alike:
        return f"{labels[best]} is the best of them: that is most likely no chance (McNemar's test)."
    return f"Too few digits to tell {labels[best]}, the best of them, from: {', '.join(alike)} (McNemar's test)."


def _answers(engine: Engine, run_id: str, digits: Digits) -> Answers | None:
    try:
        return answers(engine, run_id, digits)
    except RunError:  # its files are damaged, or somebody deleted it just now
        return None
