"""Starting up behind the first page: the slow imports and the engine come while the visitor already sees digits.

Importing torch takes about two seconds. A page that needs it would show nothing for so long; so it is imported by a
thread of the server's own, and `app.py` shows `mnist37.ui.welcome` until all is there. This module must not import
torch, or anything that does, at its top.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from mnist37.data import Digits, load_digits, source_name
from mnist37.errors import Mnist37Error

if TYPE_CHECKING:
    from mnist37.engine import Engine


@dataclass(eq=False)
class Start:
    """What comes up while the first visitor already looks; shared by all visitors of this server."""

    ready: threading.Event = field(default_factory=threading.Event)
    progress: tuple[str, float] = ("Looking for the digits", 0.0)
    problem: Mnist37Error | None = None
    first_run: str = ""
    _digits: Digits | None = None
    _engine: Engine | None = None

    def work(self) -> None:
        """Load the digits, import torch, start the engine and see to it that there is a run to look at."""
        try:
            self._digits = load_digits(progress=self._report)
            import torch

            from mnist37.engine import Engine
            from mnist37.ui.first_run import ensure_first_run

            # This process answers about single drawings, beside workers that train: resnet18 needs 8 ms on one thread,
            # and 530 ms on two of two busy cores, as they wait for each other.
            torch.set_num_threads(1)
            self._engine = Engine()
            self.first_run = ensure_first_run(self._engine, self._digits)
        except Mnist37Error as error:
            self.problem = error
        finally:
            self.ready.set()

    def _report(self, what: str, share: float) -> None:
        self.progress = (what, share)

    @property
    def digits(self) -> Digits | None:
        """The digits, as soon as they are loaded."""
        return self._digits

    @property
    def engine(self) -> Engine:
        """The engine.

        Raises:
            Mnist37Error: what kept the app from starting.
        """
        self.ready.wait()
        if self.problem is not None or self._engine is None:
            raise self.problem or Mnist37Error("The app could not start.", "Start it again and read its log.")
        return self._engine


@st.cache_resource(show_spinner=False)
def start() -> Start:
    """This server's one start; the first call sets it going."""
    started = Start()
    threading.Thread(target=started.work, name="mnist37-start", daemon=True).start()
    return started


def engine() -> Engine:
    """The engine that all visitors share.

    Raises:
        Mnist37Error: what kept the app from starting.
    """
    return start().engine


def digits() -> Digits:
    """The digits that all visitors share.

    Raises:
        DataError: they could not be read.
    """
    started = start()
    started.ready.wait()
    if started.digits is None:
        raise started.problem or Mnist37Error("There are no digits.", f"Check {source_name()}.")
    return started.digits
