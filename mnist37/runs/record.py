"""The content of a run's `run.json`: enough to list the run without reading its curves."""

import dataclasses
import os
import platform
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psutil

from mnist37.data import Digits
from mnist37.evaluation import Score
from mnist37.events import Status
from mnist37.settings import Settings

FORMAT = 1
LARGEST = 1e11
"""Maximum number in a `run.json`; as a date it is the year 5138."""
NAME_LENGTH = 60
"""Maximum characters of a visitor's name for a run, which is shown in a table and in a legend."""
_JOINERS = "\u200c\u200d"
"""Invisible characters that are parts of letters in some scripts and of some emoji."""


def clean_name(text: str) -> str:
    """Return a visitor's name for a run on one line: no control characters, at most `NAME_LENGTH` long; may be empty.

    Characters that change the direction of text are control characters too (Unicode's class C).
    """
    one_line = " ".join(text.split())
    seen = (c for c in one_line if c in _JOINERS or not unicodedata.category(c).startswith("C"))
    return "".join(seen)[:NAME_LENGTH].strip()


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that trains a run or records it; while it exists, the run is not abandoned.

    Args:
        host: the name of its machine.
        pid: its number there.
        started: when it started, seconds since 1970 (UTC), by the machine's clock at that time.
        since_boot: the same in seconds since the machine's start, whatever its clock says; 0 in an older record.
    """

    host: str
    pid: int
    started: float
    since_boot: float = 0.0

    @classmethod
    def this_process(cls) -> "Owner":
        """Return this process as an owner."""
        return _owner(os.getpid())

    def is_gone(self) -> bool:
        """Return whether it was a process of this machine that has ended."""
        if self.host != platform.node() or self == Owner.this_process():
            return False
        try:
            started, since_boot = _start_of(self.pid)
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False
        return abs(started - self.started) > 1.0 and abs(since_boot - self.since_boot) > 0.05


def _start_of(pid: int) -> tuple[float, float]:
    """Return when a process started: in seconds since 1970 by the present clock, and since the machine's start.

    Raises:
        psutil.Error: there is no such process, or it may not be asked.
    """
    started = float(psutil.Process(pid).create_time())
    return started, max(0.0, started - psutil.boot_time())


@lru_cache(maxsize=1)
def _owner(pid: int) -> Owner:
    """Cache who this process is: a list of runs asks for each run that is not over. A fork has another number."""
    return Owner(platform.node(), pid, *_start_of(pid))


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run, without its curves.

    Args:
        id: its name in the store.
        settings: its settings.
        status: its status.
        reason: the reason for the status, for the visitor; may be empty.
        created: when it was submitted, seconds since 1970 (UTC).
        source: the source of its digits.
        fingerprint: the fingerprint of its digits.
        n_train: number of train digits.
        n_valid: number of valid digits.
        step: the last step.
        accuracy: on the valid digits after the last epoch, in [0, 1]; None before.
        seconds: training time without pauses.
        owner: the process that it belongs to while it is not over.
        name: a visitor's name for it; empty for no name. It is plain text, never markup.
        valid_fingerprint: the fingerprint of its validation set alone; empty in a record older than this value.
        n_own: how many of the train digits visitors drew here.
        train_accuracy: on the train digits after the last epoch, in [0, 1]; None before, and in an older record.
        visitor: the id of the visitor who owns it; empty for the host's runs (from the shell, or an older record).
    """

    id: str
    settings: Settings
    status: Status
    reason: str
    created: float
    source: str
    fingerprint: str
    n_train: int
    n_valid: int
    step: int
    accuracy: float | None
    seconds: float
    owner: Owner
    name: str = ""
    valid_fingerprint: str = ""
    n_own: int = 0
    train_accuracy: float | None = None
    visitor: str = ""

    def is_measured_on(self, digits: Digits) -> bool:
        """Return whether its accuracy was measured on the validation set of these digits.

        An older record has only the fingerprint of all its digits: then all must be the same.
        """
        return (self.valid_fingerprint or self.fingerprint) in digits.fingerprints

    @property
    def errors(self) -> int | None:
        """The number of valid digits predicted wrong after the last epoch; None before."""
        return None if self.accuracy is None else round((1 - self.accuracy) * self.n_valid)

    @property
    def score(self) -> Score | None:
        """`errors` of `n_valid` as a score; None before the first epoch, or without valid digits."""
        return None if self.accuracy is None or not self.n_valid else Score.of(self.accuracy, self.n_valid)

    def replace(self, **changes: Any) -> "RunInfo":
        """Return a copy with some values changed."""
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"format": FORMAT, **dataclasses.asdict(self)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "RunInfo":
        """Return the run from the values of `to_json`.

        Raises:
            KeyError, TypeError, ValueError, SettingsError: the values are not of that form.
        """
        given = dict(values)
        if given.pop("format") != FORMAT:
            raise ValueError(f"it was written in another format than {FORMAT}")
        given["settings"] = Settings.from_dict(given["settings"])
        given["status"] = Status(given["status"])
        given["owner"] = Owner(**given["owner"])
        info = cls(**given)
        info._check_types()
        return info.replace(name=clean_name(info.name))

    def _check_types(self) -> None:
        owner = self.owner
        shares = [share for share in (self.accuracy, self.train_accuracy) if share is not None]
        fingerprints = (self.fingerprint, self.valid_fingerprint)
        texts = (self.id, self.reason, self.source, *fingerprints, owner.host, self.name, self.visitor)
        counts = (self.n_train, self.n_valid, self.step, owner.pid, self.n_own)
        numbers = (self.created, self.seconds, owner.started, owner.since_boot, *shares)
        if not all(isinstance(text, str) for text in texts) or not all(type(count) is int for count in counts):
            raise TypeError("a value is of another type than it should be")
        if not all(0 <= number < LARGEST for number in (*counts, *numbers)) or max(shares, default=0) > 1:
            raise ValueError("a number is out of its range")


@dataclass(frozen=True, slots=True)
class BrokenRun:
    """A folder in the store without a readable run."""

    id: str
    reason: str
