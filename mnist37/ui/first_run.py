"""The run that a first visitor finds: a quick linear one on the digits at hand, kept from last time or trained now."""

from mnist37.data import Digits, source_name
from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.rungs import settings_for
from mnist37.runs import RunInfo
from mnist37.settings import Settings

RUNG = "linear-scratch"


def ensure_first_run(engine: Engine, digits: Digits) -> str:
    """The id of the first run for these digits; it is sent to the engine if it is not kept yet."""
    settings = settings_for(RUNG, data=source_name())
    return kept_run(engine, settings, digits) or engine.submit(settings, digits)


def kept_run(engine: Engine, settings: Settings, digits: Digits) -> str | None:
    """The newest run of just these settings and digits that was finished or still learns."""
    wanted = {Status.FINISHED, Status.RUNNING, Status.QUEUED}
    for run in engine.store.runs():
        if not isinstance(run, RunInfo) or run.fingerprint != digits.fingerprint or run.status not in wanted:
            continue
        if run.settings.replace(data=settings.data) == settings:
            return run.id
    return None
