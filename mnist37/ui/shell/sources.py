"""The sources of digits that this server offers; what is not on this machine yet is fetched in the background."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from mnist37.classes import Classes
from mnist37.data import is_at_hand, load_digits, offered_sources
from mnist37.errors import Mnist37Error


class _Cancelled(Exception):
    """Raised in the thread of a fetch that was cancelled."""


@dataclass(eq=False)
class Fetch:
    """One fetch of a source, for all visitors who wait for it.

    Args:
        source: its name or path.
        classes: the digits that are read at the end.
        doing: what is going on, in words.
        share: how far that is, from 0 to 1.
        problem: why it failed; None unless it did.
        is_over: whether it has ended, in whichever way.
        waiting: how many visitors wait for it; with the last one it ends.
    """

    source: str
    classes: Classes
    doing: str = "Looking for it"
    share: float = 0.0
    problem: Mnist37Error | None = None
    is_over: bool = False
    waiting: int = 0

    @property
    def is_done(self) -> bool:
        """Whether the digits are here now."""
        return self.is_over and self.problem is None

    def leave(self) -> None:
        """Wait for it no longer; it ends at its next report where nobody else waits."""
        with _starting:
            self.waiting -= 1

    def run(self) -> None:
        """Fetch and read the digits; the cache of files keeps them."""
        try:
            load_digits(self.source, self._report, classes=self.classes)
        except Mnist37Error as error:
            self.problem = error
        except _Cancelled:
            pass
        except Exception as error:  # noqa: BLE001 - the visitor waits for an answer, whatever happened
            self.problem = Mnist37Error(f"The digits could not be fetched ({error}).", "Choose another source.")
        finally:
            self.is_over = True

    def _report(self, doing: str, share: float) -> None:
        if not self.waiting:
            raise _Cancelled
        self.doing, self.share = doing, share


@st.cache_resource(show_spinner=False)
def _fetches() -> dict[tuple[str, Classes], Fetch]:
    return {}


_starting = threading.Lock()


def fetch(source: str, classes: Classes) -> Fetch:
    """Begin to fetch a source, or return the fetch that is under way for another visitor."""
    with _starting:
        begun = _fetches().get((source, classes))
        if begun is None or begun.is_over or not begun.waiting:
            begun = _fetches()[source, classes] = Fetch(source, classes, waiting=1)
            threading.Thread(target=begun.run, name=f"mnist37-fetch-{source}", daemon=True).start()
        else:
            begun.waiting += 1
        return begun


def usable(source: str) -> str:
    """Return the source if this server offers it and it is on this machine, else (also for empty) the server's own."""
    own = offered_sources()[0]
    return source if source == own or (source in offered_sources() and is_at_hand(source)) else own


def name_of(source: str) -> str:
    """Return the name of a source in an address; of a path, only its last part is for visitors."""
    return Path(source).name


def named(name: str) -> str:
    """Return the source with this name; empty if it is not on this machine."""
    return next((source for source in offered_sources() if name_of(source) == name and is_at_hand(source)), "")
