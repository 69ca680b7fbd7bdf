"""A search for a learning rate that was asked for: how it stands, and what it found."""

from dataclasses import dataclass
from typing import Any

from distributed import Future

from mnist37.errors import Mnist37Error
from mnist37.rungs import LrCurve


@dataclass(eq=False)
class LrSearch:
    """Changed by the engine's own thread only, read by whoever asked."""

    key: str = ""
    """Its name among the engine's searches."""
    tried: tuple[tuple[float, float], ...] = ()
    """Rates that were tried so far, and the valid loss that each led to, in the order in which they were."""
    curve: LrCurve | None = None
    """What was found, once it was."""
    problem: str = ""
    """Why nothing was found; empty while all is well."""
    future: Future[Any] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.curve is not None or bool(self.problem)

    def take(self, future: Future[Any]) -> None:
        """Note what Dask answered."""
        self.future = None
        if future.status == "finished":
            self.curve = future.result()
            return
        error = future.exception() if future.status == "error" else None
        self.fail(str(error) if isinstance(error, Mnist37Error) else "The search was broken off. Start it again.")

    def fail(self, problem: str) -> None:
        """Note why nothing was found."""
        self.problem = problem
