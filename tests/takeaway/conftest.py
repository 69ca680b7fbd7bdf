from collections.abc import Callable
from functools import cache

import pytest

from mnist37.data import Digits
from mnist37.runs import Recorder, RunStore, weights_to_bytes
from mnist37.settings import Settings
from mnist37.takeaway import KeptRun
from mnist37.train import Control, train

from ..train.told import after_step

Keep = Callable[..., KeptRun]


@pytest.fixture(scope="session")
def keep(tmp_path_factory: pytest.TempPathFactory) -> Keep:
    """Trains and keeps a run, each settings once for all tests; `turn(control, step)` may turn its knobs at each step."""

    @cache
    def train_and_keep(
        settings: Settings, digits: Digits, at: int = 0, turn: Callable[[Control], None] | None = None
    ) -> KeptRun:
        store = RunStore(tmp_path_factory.mktemp("runs"))
        recorder, control = Recorder(store, settings, digits), Control()
        each = after_step(at, lambda: turn(control) if turn else None)

        def emit(event: object) -> None:
            recorder.add(event)
            each(event)

        outcome = train(settings, digits, emit, control)
        recorder.finish(outcome.status, outcome.reason, weights_to_bytes(outcome.weights))
        return KeptRun.of(store, recorder.info.id)

    return train_and_keep
