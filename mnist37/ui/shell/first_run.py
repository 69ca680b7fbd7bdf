"""The run that a first visitor sees: a quick linear one on the current digits, kept from before or trained at start."""

from collections.abc import Callable

from mnist37.data import Digits, source_name
from mnist37.engine import Engine
from mnist37.events import Event, Status
from mnist37.rungs import DEFAULT_RUNG, settings_for
from mnist37.runs import Recorder, RunInfo, RunStore, weights_to_bytes
from mnist37.settings import Settings
from mnist37.train import train


def first_run(store: RunStore, digits: Digits, report: Callable[[int, int], None]) -> str:
    """Return the id of the first run for these digits.

    If it is not kept yet, it is trained in this process: that takes a moment, and no page is shown before, while
    the engine takes many times as long to start.

    Args:
        store: where runs are kept.
        digits: what it learns from.
        report: called with the number of steps made and the total number of steps.
    """
    settings = settings_for(DEFAULT_RUNG, data=source_name())
    return kept_run(store, settings, digits) or _train_here(store, settings, digits, report)


def ensure_first_run(engine: Engine, digits: Digits) -> str:
    """Return the id of the first run for these digits; the engine trains it if it was deleted meanwhile."""
    settings = settings_for(DEFAULT_RUNG, data=source_name())
    return kept_run(engine.store, settings, digits) or engine.submit(settings, digits)


def kept_run(store: RunStore, settings: Settings, digits: Digits) -> str | None:
    """Return the newest finished, running or queued run of exactly these settings and digits; None if there is none."""
    wanted = {Status.FINISHED, Status.RUNNING, Status.QUEUED}
    for run in store.runs():
        if not isinstance(run, RunInfo) or run.fingerprint != digits.fingerprint or run.status not in wanted:
            continue
        if run.settings.replace(data=settings.data) == settings:
            return run.id
    return None


def _train_here(store: RunStore, settings: Settings, digits: Digits, report: Callable[[int, int], None]) -> str:
    recorder = Recorder(store, settings, digits)

    def emit(event: Event) -> None:
        recorder.add(event)
        report(recorder.history.step, recorder.total_steps)

    try:
        outcome = train(settings, digits, emit)
    except Exception as error:  # noqa: BLE001 - the app starts all the same, and the run shows why it failed
        recorder.set_status(Status.FAILED, str(error))
    else:
        recorder.finish(outcome.status, outcome.reason, weights_to_bytes(outcome.weights))
    return recorder.info.id
