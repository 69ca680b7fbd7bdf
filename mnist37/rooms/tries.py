"""How often somebody may try a code: nobody may find a room by guessing."""

import threading
import time
from collections import deque

from mnist37.errors import RoomError

WINDOW_S = 60.0
PER_VISITOR, PER_ADDRESS = 8, 60
"""Maximum wrong codes within that time: of one visitor, and of all from one network address, such as a school's."""
MAX_KNOWN = 10_000
"""Maximum visitors and addresses that are remembered; the oldest go first."""


class Tries:
    """The wrong codes of the last minute. Any thread may call it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrong: dict[str, deque[float]] = {}

    def check(self, visitor: str, address: str) -> None:
        """Check that one more try is allowed.

        Args:
            visitor: a visitor id.
            address: the network address of the browser; empty if it is not known.

        Raises:
            RoomError: there were too many wrong codes.
        """
        with self._lock:
            if self._count(visitor) >= PER_VISITOR or (address and self._count(address) >= PER_ADDRESS):
                raise RoomError("There were too many wrong codes.", "Wait a minute, then type the code once more.")

    def note_wrong(self, visitor: str, address: str) -> None:
        """Note a wrong code."""
        with self._lock:
            for who in (visitor, address):
                if who:
                    self._wrong.setdefault(who, deque(maxlen=PER_ADDRESS)).append(time.monotonic())
            while len(self._wrong) > MAX_KNOWN:
                del self._wrong[next(iter(self._wrong))]

    def _count(self, who: str) -> int:
        wrong, since = self._wrong.get(who, deque()), time.monotonic() - WINDOW_S
        while wrong and wrong[0] < since:
            wrong.popleft()
        return len(wrong)
