"""Turns on a machine's cores: however many runs there are, only as many compute at once as it has cores.

A core is a file that the process which computes has locked (`flock`): the kernel unlocks it when that process ends,
also by a kill. Who waits for one stands in one of two lanes, each a locked file as well, first come, first served. One
lane is for runs that have rested: one that begins, is stepped or keeps a slow pace. The other is for those that compute
all the time; only one run of each visitor stands in it, so that turns are the visitors', not the runs'.

Windows has no such locks: all runs compute at once there, as they do on a cluster elsewhere.
"""

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

if sys.platform != "win32":
    import fcntl

TURN_SECONDS = 0.1
"""Time of computing after which a run gives its core to one that waits."""

LOOK_SECONDS = 0.002
"""Interval at which the first run of a lane looks for a free core."""

RESTED = 3
"""A run has rested when it has waited this many times as long as it computed before."""


class Turns:
    """The turns of one run: a context, within which it has a core unless it gave it back. Used in one thread.

    Args:
        folder: where the locks are; the empty one where all runs compute at once.
        cores: how many runs compute at once.
        visitor: whose run it is.
    """

    def __init__(self, folder: str = "", cores: int = 1, visitor: str = "") -> None:
        self._folder = folder if sys.platform != "win32" else ""
        self._names = [f"core-{number}" for number in range(cores)]
        self._visitors_name = f"visitor-{hashlib.sha256(visitor.encode()).hexdigest()[:16]}"
        self._files: dict[str, int] = {}
        """File descriptors by name."""
        self._core: str | None = None
        self._began = self._ended = self._look_at = 0.0

    def __enter__(self) -> Self:
        """Wait for a core."""
        if self._folder:
            Path(self._folder).mkdir(parents=True, exist_ok=True)  # what removes old files may have taken it
            for name in ("rested", "busy", self._visitors_name, *self._names):
                self._files[name] = os.open(Path(self._folder) / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        """Give all back."""
        for file in self._files.values():
            os.close(file)
        self._files, self._core = {}, None

    def give_way(self, now: float) -> None:
        """Let another run compute if one waits and this one has had its turn; costs nothing before.

        Args:
            now: seconds on the clock of `time.perf_counter`.
        """
        if self._core is None or now < self._look_at:
            return
        self._look_at = now + TURN_SECONDS
        if not all(self._is_free(lane) for lane in ("rested", "busy")):
            self._give_back()
            self._take()

    @contextmanager
    def given_back(self) -> Iterator[None]:
        """Leave the core to others while this run waits for something else."""
        self._give_back()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        if not self._files:
            return
        has_rested = time.perf_counter() - self._ended >= RESTED * (self._ended - self._began)
        line = ["rested"] if has_rested else [self._visitors_name, "busy"]
        for name in line:
            fcntl.flock(self._files[name], fcntl.LOCK_EX)
        at_head = time.perf_counter()
        while (core := self._free_core(has_rested or time.perf_counter() > at_head + TURN_SECONDS)) is None:
            time.sleep(LOOK_SECONDS)
        for name in reversed(line):  # the next in the lane before another run of this visitor
            fcntl.flock(self._files[name], fcntl.LOCK_UN)
        self._core, self._began = core, time.perf_counter()
        self._look_at = self._began + TURN_SECONDS

    def _give_back(self) -> None:
        if self._core is not None:
            fcntl.flock(self._files[self._core], fcntl.LOCK_UN)
            self._core, self._ended = None, time.perf_counter()

    def _free_core(self, goes_first: bool) -> str | None:
        """Lock a core if one is free; whoever does not go first leaves it to those who have rested."""
        if not goes_first and not self._is_free("rested"):
            return None
        return next(filter(self._locks, self._names), None)

    def _locks(self, name: str, how: int = 0) -> bool:
        """Whether a file is locked by this call, as nobody else has it locked."""
        try:
            fcntl.flock(self._files[name], (how or fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _is_free(self, lane: str) -> bool:
        """Whether no run waits there; those that ask at the same time do not see each other."""
        is_free = self._locks(lane, fcntl.LOCK_SH)
        if is_free:
            fcntl.flock(self._files[lane], fcntl.LOCK_UN)
        return is_free
