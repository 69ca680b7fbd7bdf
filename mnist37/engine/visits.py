"""Who was here when: a worker is made ready for each recent visitor."""

import time


class Visits:
    """The last visit of each visitor. Any thread may call it."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        """Seconds of the monotonic clock, by the visitor's id."""

    def note(self, visitor: str) -> None:
        """Note that a visitor, an id, is here now."""
        self._last[visitor] = time.monotonic()

    def count(self, seconds: float) -> int:
        """Return how many visitors were here within so many seconds."""
        since = time.monotonic() - seconds
        return sum(last > since for last in list(self._last.values()))

    def forget(self, seconds: float) -> None:
        """Forget the visitors who were last here longer ago than that."""
        since = time.monotonic() - seconds
        for visitor, last in list(self._last.items()):
            if last <= since:
                self._last.pop(visitor, None)
