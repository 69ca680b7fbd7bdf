"""Who judges a drawing: of each rung the run that one looks at, or else the newest that has learned something."""

from dataclasses import dataclass

from mnist37.data import Digits, source_name
from mnist37.engine import Engine
from mnist37.rungs import LADDER, Rung, settings_for
from mnist37.runs import RunInfo
from mnist37.ui.choose_run import newest_info
from mnist37.ui.session import current_run, visitor

MOST_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Judge:
    """A rung and the run that speaks for it.

    Args:
        rung: of the ladder.
        info: the run; None where the rung was not trained yet.
    """

    rung: Rung
    info: RunInfo | None

    @property
    def learns(self) -> bool:
        """Whether its run is still under way."""
        return self.info is not None and not self.info.status.is_over


def judges(engine: Engine) -> list[Judge]:
    """One for each rung, in the order of the ladder."""
    current = engine.info(current_run(engine))
    found = {current.settings.rung: current}
    for run in engine.store.runs(MOST_LOOKED_AT):  # newest first
        if isinstance(run, RunInfo) and run.settings.rung not in found:
            info = newest_info(engine, run)
            if not info.status.is_over or info.accuracy is not None:
                found[info.settings.rung] = info
    return [Judge(rung, found.get(name)) for name, rung in LADDER.items()]


def train_missing(engine: Engine, digits: Digits) -> None:
    """Train every rung that has no run yet, each with its own defaults."""
    for judge in judges(engine):
        if judge.info is None:
            engine.submit(settings_for(judge.rung.name, data=source_name()), digits, visitor())
