"""Runs for tests, made without a training."""

from dataclasses import dataclass

from mnist37.data import Digits
from mnist37.events import Epoch, Status
from mnist37.rungs import settings_for
from mnist37.runs import History, Recorder, RunInfo, RunStore
from mnist37.runs.record import Owner


@dataclass(eq=False)
class StoreOnly:
    """As much of an engine as `answers` and `answering_runs` need."""

    store: RunStore

    def info(self, run_id: str) -> RunInfo:
        return self.store.info(run_id)

    def history(self, run_id: str) -> History:
        return self.store.history(run_id)


def run_info(rung: str = "linear-scratch", **changes: object) -> RunInfo:
    """A finished run on 200 validation digits; `changes` may be of its info or of its settings."""
    own = {name: changes.pop(name) for name in list(changes) if name in RunInfo.__dataclass_fields__}
    info = RunInfo(
        id=f"20260101-000000-{rung}-abc123",
        settings=settings_for(rung, **changes),
        status=Status.FINISHED,
        reason="",
        created=1.8e9,
        source="somewhere",
        fingerprint="these",
        n_train=800,
        n_valid=200,
        step=260,
        accuracy=0.985,
        seconds=0.1,
        owner=Owner("elsewhere", 1, 0.0),
    )
    return info.replace(**own)


def keep_run(digits: Digits, *accuracies: float, rung: str = "linear-scratch", **settings: object) -> RunInfo:
    """A finished run in the store, with these accuracies after its epochs."""
    recorder = Recorder(RunStore(), settings_for(rung, **settings), digits)
    for epoch, accuracy in enumerate(accuracies, start=1):
        recorder.add(Epoch(epoch, 13 * epoch, 0.5, 0.5 / epoch, accuracy, 0.01))
    recorder.set_status(Status.FINISHED)
    return recorder.info
