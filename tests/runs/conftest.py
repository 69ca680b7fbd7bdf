from collections.abc import Callable

import pytest

from mnist37.data import Digits
from mnist37.rungs import settings_for
from mnist37.runs import Recorder, RunStore, weights_to_bytes
from mnist37.train import train

SHORT = settings_for("linear-scratch", epochs=3, batch_size=16)


@pytest.fixture
def store() -> RunStore:
    return RunStore()


@pytest.fixture
def keep(store: RunStore, tiny: Digits) -> Callable[[], Recorder]:
    """Trains a short run and keeps it."""

    def train_and_keep() -> Recorder:
        recorder = Recorder(store, SHORT, tiny)
        outcome = train(SHORT, tiny, recorder.add)
        recorder.finish(outcome.status, outcome.reason, weights_to_bytes(outcome.weights))
        return recorder

    return train_and_keep
