"""A run that needs more memory than there is."""

import pytest

from mnist37.events import Status
from tests.engine.conftest import LONG, SHORT, Watched

TOO_MUCH = 2**50
"""Bytes that no machine has: the real request fails at once, and takes nothing from others."""


def ask_for_too_much(how: str) -> None:
    """Make each training of this process ask for that at its 200th batch; called in a worker."""
    import numpy as np
    import torch

    from mnist37.train.run_watch import RunWatch

    requests = {
        "python": lambda: bytearray(TOO_MUCH),
        "numpy": lambda: np.empty(TOO_MUCH, np.uint8),
        "torch": lambda: torch.empty(TOO_MUCH, dtype=torch.uint8),
    }
    RunWatch.calm = after_batch = RunWatch.after_batch

    def hungry(self: RunWatch, loss: float) -> None:
        after_batch(self, loss)
        if self.step == 200:
            requests[how]()

    RunWatch.after_batch = hungry


def ask_for_no_more() -> None:
    from mnist37.train.run_watch import RunWatch

    RunWatch.after_batch = RunWatch.calm


@pytest.mark.parametrize("how", ["python", "numpy", "torch"])
def test_too_little_memory_is_said_in_words(how: str, watched: Watched) -> None:
    client = watched.engine._thread.client
    client.run(ask_for_too_much, how)
    try:
        run_id = watched.submit(LONG)
        assert watched.wait_until_over(run_id) is Status.FAILED
    finally:
        client.run(ask_for_no_more)
    assert watched.engine.store.info(run_id).reason.startswith("There was not enough memory to train. What was learned")
    assert "smaller batch size" in watched.engine.info(run_id).reason
    assert watched.engine.store.history(run_id).step >= 100
    assert watched.wait_until_over(watched.submit(SHORT)) is Status.FINISHED
