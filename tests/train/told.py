"""A training, and all that it told: what the tests of rungs, training and engine look at."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mnist37.data import Digits
from mnist37.events import (
    Arrays,
    Batches,
    DrawingJudged,
    Epoch,
    Event,
    Glimpse,
    Snapshot,
    Status,
    StatusChanged,
    ValidJudged,
)
from mnist37.settings import Settings
from mnist37.train import Control, Outcome, train


@dataclass(eq=False)
class Told:
    """Events in the order in which they came, and how the training ended."""

    events: list[Event] = field(default_factory=list)
    outcome: Outcome | None = None

    @property
    def losses(self) -> list[float]:
        return [loss for event in self.events if isinstance(event, Batches) for loss in event.losses]

    @property
    def lrs(self) -> list[float]:
        """The learning rate of each step."""
        return [event.lr for event in self.events if isinstance(event, Batches) for _ in event.losses]

    @property
    def epochs(self) -> list[Epoch]:
        return [event for event in self.events if isinstance(event, Epoch)]

    @property
    def snapshots(self) -> dict[int, Arrays]:
        return {event.step: event.weights for event in self.events if isinstance(event, Snapshot)}

    @property
    def glimpses(self) -> list[int]:
        """The steps of the weights that were shown and not kept."""
        return [event.step for event in self.events if isinstance(event, Glimpse)]

    @property
    def batch_sizes(self) -> list[int]:
        """The batch size of each step."""
        return [event.batch_size for event in self.events if isinstance(event, Batches) for _ in event.losses]

    @property
    def judged(self) -> list[DrawingJudged]:
        return [event for event in self.events if isinstance(event, DrawingJudged)]

    @property
    def valid_judged(self) -> list[ValidJudged]:
        return [event for event in self.events if isinstance(event, ValidJudged)]

    @property
    def statuses(self) -> list[Status]:
        return [event.status for event in self.events if isinstance(event, StatusChanged)]


def teach(
    settings: Settings, digits: Digits, control: Control | None = None, each: Callable[[Event], None] | None = None
) -> Told:
    """Train here and now; `each` hears every event as it comes, and may turn the control."""
    told = Told()

    def emit(event: Event) -> None:
        told.events.append(event)
        if each is not None:
            each(event)

    told.outcome = train(settings, digits, emit, control)
    return told


def after_step(step: int, do: Callable[[], None]) -> Callable[[Event], None]:
    """Do it when that step was told; needs every batch to be told at once (the fixture `tell_at_once`)."""

    def each(event: Event) -> None:
        if isinstance(event, Batches) and event.step + len(event.losses) - 1 == step:
            do()

    return each
