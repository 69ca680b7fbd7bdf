from collections.abc import Callable
from functools import cache

import pytest

from mnist37.data import Digits
from mnist37.events import Epoch, Event
from mnist37.runs import Recorder, RunStore, weights_to_bytes
from mnist37.settings import Settings
from mnist37.takeaway import KeptRun
from mnist37.train import Control, train

Keep = Callable[..., KeptRun]
Turn = Callable[[Control, int], None]


@pytest.fixture(scope="session")
def keep(tmp_path_factory: pytest.TempPathFactory) -> Keep:
    """Trains and keeps a run, each once for all tests; `turn(control, epoch)` may turn its knobs when an epoch ends."""

    @cache
    def train_and_keep(settings: Settings, digits: Digits, turn: Turn | None = None) -> KeptRun:
        store, control = RunStore(tmp_path_factory.mktemp("runs")), Control()
        recorder = Recorder(store, settings, digits)

        def emit(event: Event) -> None:
            recorder.add(event)
            if turn is not None and isinstance(event, Epoch):
                turn(control, event.epoch)

        outcome = train(settings, digits, emit, control)
        recorder.finish(outcome.status, outcome.reason, weights_to_bytes(outcome.weights))
        return KeptRun.of(store, recorder.info.id)

    return train_and_keep
