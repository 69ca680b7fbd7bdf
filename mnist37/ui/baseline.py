"""What pixel similarity reaches on the digits at hand: the line that a model that learns has to beat."""

from functools import lru_cache

from mnist37.data import Digits
from mnist37.events import Epoch, Event
from mnist37.rungs import settings_for
from mnist37.train import train


@lru_cache(maxsize=4)
def baseline(digits: Digits) -> float:
    """Its accuracy on the valid digits, in [0, 1], by its better distance."""
    told: list[Event] = []
    train(settings_for("pixel-similarity"), digits, told.append)
    return next(event.accuracy for event in told if isinstance(event, Epoch))
