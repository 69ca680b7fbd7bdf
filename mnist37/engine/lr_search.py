"""A search for a learning rate: its trials so far, and its result."""

from dataclasses import dataclass
from typing import Any

from distributed import Future

from mnist37.errors import Mnist37Error
from mnist37.rungs import LrCurve


@dataclass(eq=False)
class LrSearch:
    """A search in memory. Only the engine's own thread changes it; any thread may read it."""

    key: str = ""
    """Its key among the engine's searches."""
    tried: tuple[tuple[float, float], ...] = ()
    """Learning rate and valid loss of each trial so far, in order."""
    curve: LrCurve | None = None
    """The result; None before the end."""
    problem: str = ""
    """Why it failed; empty if it did not."""
    future: Future[Any] | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.curve is not None or bool(self.problem)

    def take(self, future: Future[Any]) -> None:
        """Take the result of its task."""
        self.future = None
        if future.status == "finished":
            self.curve = future.result()
            return
        error = future.exception() if future.status == "error" else None
        self.fail(str(error) if isinstance(error, Mnist37Error) else "The search was broken off. Start it again.")

    def fail(self, problem: str) -> None:
        """Note why it failed."""
        self.problem = problem
