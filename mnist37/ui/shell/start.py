"""Starting up behind the first page: digits are shown while slow imports and the first run are under way.

Importing torch takes about two seconds, and numpy and scipy half a second. A page that needs them would show nothing
for that time. So a thread of the server imports them, and `app.py` shows `mnist37.ui.shell.welcome` until all is ready.
This module must not import any of them at its top, or any module that does.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

import streamlit as st
from streamlit import runtime

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.errors import Mnist37Error
from mnist37.ui.shell.who import print_host_link, visitor
from mnist37.ui.shell.whole_events import apply_events_whole

if TYPE_CHECKING:
    from mnist37.data import Digits
    from mnist37.engine import Engine
    from mnist37.settings import Settings


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the start.

    Args:
        name: its name in a list.
        doing: a description of it.
        seconds: its measured duration; the proportions of the stages are similar on other machines.
    """

    name: str
    doing: str
    seconds: float


STAGES = (
    Stage("Digits", "Reading the digits", 0.4),
    Stage("PyTorch", "Loading PyTorch, the library that learns", 2.5),
    Stage("First model", "Training the first model", 0.3),
)

SWITCH_SECONDS = 1e-4
"""Maximum wait of a thread for another one's Python, which each operation of torch ends with: by default it is 5 ms."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of the start.

    Args:
        stage: the index of the current stage in `STAGES`.
        share: the share of that stage that is done, 0 to 1; None if it does not report one.
        doing: a description of the stage.
        ended: seconds from the beginning to the end of each earlier stage.
        seconds: seconds since the beginning.
    """

    stage: int
    share: float | None
    doing: str
    ended: tuple[float, ...]
    seconds: float


@dataclass(eq=False)
class Start:
    """The start of the app, shared by all visitors of this server."""

    ready: threading.Event = field(default_factory=threading.Event)
    """Set when the pages can be shown or the start failed; the engine's workers may take some time longer."""
    problem: Mnist37Error | None = None
    first_run: str = ""
    _digits: Digits | None = None
    _engine: Engine | None = None
    _reported: tuple[str, float] | None = None
    _began: float = field(default_factory=time.monotonic)
    _ended: tuple[float, ...] = ()

    def work(self) -> None:
        """Load the digits, import torch, make sure that the first run exists, and start the engine."""
        sys.setswitchinterval(SWITCH_SECONDS)
        try:
            from mnist37.data import load_digits

            self._digits = load_digits(progress=self._report)
            self._end_stage()
            import torch

            from mnist37.engine import Engine
            from mnist37.runs import RunStore
            from mnist37.ui.shell.first_run import first_run

            self._end_stage()
            store = RunStore()
            self.first_run = first_run(store, self._digits, self._report_steps)
            # This process computes the answers for single drawings while workers train. resnet18 needs 8 ms on one
            # thread, and 530 ms on two threads if both cores are busy, as the threads wait for each other.
            torch.set_num_threads(1)
            self._engine = Engine(store, asking=visitor)
        except Mnist37Error as error:
            self.problem = error
        finally:
            self.ready.set()

    def _report(self, what: str, share: float) -> None:
        self._reported = (what, share)

    def _report_steps(self, made: int, to_make: int) -> None:
        self._report(f"{STAGES[-1].doing}: step {made:,} of {to_make:,}", made / to_make)

    def _end_stage(self) -> None:
        self._reported = None
        self._ended = (*self._ended, time.monotonic() - self._began)

    @property
    def progress(self) -> Progress:
        """The current progress."""
        ended, reported = self._ended, self._reported
        stage = min(len(ended), len(STAGES) - 1)
        doing, share = reported or (STAGES[stage].doing, None)
        return Progress(stage, share, doing, ended, time.monotonic() - self._began)

    @property
    def digits(self) -> Digits | None:
        """The digits, as soon as they are loaded."""
        return self._digits

    @property
    def engine(self) -> Engine:
        """The engine.

        Raises:
            Mnist37Error: the app could not start.
        """
        self.ready.wait()
        if self.problem is not None or self._engine is None:
            raise self.problem or Mnist37Error("The app could not start.", "Start it again and read its log.")
        return self._engine


def _end_when_the_terminal_closes() -> None:
    """Make SIGHUP end the server as SIGTERM does; if it is ignored, as below `nohup`, it stays ignored."""
    end = signal.getsignal(signal.SIGTERM)

    def hang_up(number: int, frame: FrameType | None) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for output in (1, 2):
            if stat.S_ISCHR(os.fstat(output).st_mode):  # writing to a closed terminal would fail and abort the shutdown
                os.dup2(nowhere, output)
        if callable(end):
            end(number, frame)

    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, hang_up)


_beginning = threading.Lock()
_begun: list[Start] = []
"""The one start, once it has begun. Not in Streamlit's cache: any browser can ask the server to clear that for all."""


def start() -> Start:
    """Return this server's one start; the first call begins it."""
    with _beginning:
        if not _begun:
            _begun.append(_begin())
        return _begun[0]


def _begin() -> Start:
    print_host_link()
    apply_events_whole()
    started = Start()
    if runtime.exists() and hasattr(signal, "SIGHUP"):
        # Python allows setting a signal handler in the main thread only, which runs this event loop.
        runtime.get_instance()._get_async_objs().eventloop.call_soon_threadsafe(_end_when_the_terminal_closes)
    threading.Thread(target=started.work, name="mnist37-start", daemon=True).start()
    return started


def engine() -> Engine:
    """Return the engine that all visitors share.

    Raises:
        Mnist37Error: the app could not start.
    """
    return start().engine


def digits(classes: Classes = THREE_OR_SEVEN, source: str = "") -> Digits:
    """Return digits that all visitors share; others than the server's own 3s and 7s are read when first asked for.

    Args:
        classes: the digits to tell apart.
        source: their source, which must be on this machine; empty for the server's own.

    Raises:
        Mnist37Error: they could not be read, or the source has no such digits.
    """
    from mnist37.data import source_name

    started = start()
    started.ready.wait()
    if started.digits is None:
        raise started.problem or Mnist37Error("There are no digits.", "Start the app again and read its log.")
    source = source or source_name()
    is_own = source == source_name() and classes == THREE_OR_SEVEN
    return started.digits if is_own else _others(source, str(classes))


def digits_of(settings: Settings) -> Digits:
    """Return the digits that a run of these settings tells apart, see `source_of`.

    Raises:
        Mnist37Error: the app could not start.
    """
    from mnist37.data import EMBEDDED
    from mnist37.errors import DataError

    source = source_of(settings)
    try:
        return digits(settings.classes, source)
    except DataError:  # the server's own source has no such digits
        return _others(EMBEDDED, settings.digits)


def source_of(settings: Settings) -> str:
    """Return the source of a run's digits; the server's own where the run's is not offered or not on this machine."""
    from mnist37.ui.shell.sources import usable

    return usable(settings.data)


@st.cache_resource(show_spinner="Reading the digits …", max_entries=8)
def _others(source: str, classes: str) -> Digits:
    from mnist37.data import load_digits

    return load_digits(source, classes=Classes.from_text(classes))
