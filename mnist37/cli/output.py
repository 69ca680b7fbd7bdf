"""Print a command's output: tables and bars for people, one JSON object as the last line for programs.

No markup and no emoji codes are interpreted in names. Characters that a terminal cannot show are written as escapes.
"""

import contextlib
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from mnist37.errors import Mnist37Error
from mnist37.json_values import finite

WIDEST = 10_000
"""Maximum characters in a line of a table; a narrower terminal wraps the line, but nothing is cut off."""

_JOINERS = "\u200c\u200d"
"""Invisible characters that are parts of letters in some scripts and of some emoji."""


class Output:
    """The output of a command.

    Args:
        as_json: print the JSON object only.

    Attributes:
        is_broken: whether a write failed because the terminal was closed, the reader of a pipe has ended or a disk is
            full. Then nothing more is written, and the command continues.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.is_broken = False
        self._out = _Steady(sys.stdout, self)
        self._console = _console(self._out, quiet=as_json)
        self._errors = _console(_Steady(sys.stderr, self), soft_wrap=True)

    def say(self, text: str) -> None:
        """Print a line for people."""
        self._console.print(Text(shown(text)), soft_wrap=True)

    def error(self, error: Mnist37Error) -> None:
        """Print an error and its remedy on stderr, and also as JSON with `as_json`."""
        self._errors.print(Text(shown(str(error))), style="red")
        self.result({"error": error.message, "remedy": error.remedy})

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
        """Print a table for people; all columns but the first are aligned to the right."""
        table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
        for number, column in enumerate(columns):
            table.add_column(column, justify="right" if number else "left", no_wrap=True)
        for row in rows:
            table.add_row(*(Text(shown(str(cell))) for cell in row))
        wide = _console(self._out, quiet=self.as_json, width=WIDEST)
        wide.width = wide.measure(table).maximum
        wide.print(table)

    def result(self, values: Mapping[str, Any]) -> None:
        """Print the result for programs with `as_json`: one JSON object on one line."""
        if self.as_json:
            self._out.write(f"{json.dumps(finite(values))}\n")
            self._out.flush()

    def progress(self, unit: str) -> Progress:
        """Return a progress bar, to be used as a context; it shows nothing with `as_json` or without a terminal."""
        return Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(unit, markup=False),
            TimeRemainingColumn(compact=True),
            console=self._console,
            transient=True,
            disable=self.as_json,
        )


class _Steady:
    """A stream that ignores further writes after one failed, so that the command can continue."""

    def __init__(self, stream: TextIO, output: Output) -> None:
        self._stream = stream
        self._output = output

    def write(self, text: str) -> int:
        """Write, unless a write failed before."""
        self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Flush, unless a write failed before."""
        self._try(self._stream.flush)

    def _try(self, act: Callable[[], object]) -> None:
        if self._output.is_broken:
            return
        try:
            act()
        except OSError:
            self._output.is_broken = True
            # At exit Python flushes the stream again, and would print an error.
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def escape_what_cannot_be_shown() -> None:
    """Write characters that the terminal's encoding lacks as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _console(stream: _Steady, **options: Any) -> Console:
    return Console(file=stream, markup=False, emoji=False, highlight=False, **options)  # type: ignore[arg-type]


def shown(text: str) -> str:
    r"""Return text on one line that is safe for a terminal: control characters become escapes, such as \x1b.

    So do characters that change the direction of text, and bytes that are no text.
    """
    return "".join(letter if _is_plain(letter) else _escape(letter) for letter in text)


def _is_plain(letter: str) -> bool:
    return letter in _JOINERS or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _escape(letter: str) -> str:
    if 0xDC80 <= ord(letter) <= 0xDCFF:  # an undecodable byte of a name (surrogateescape)
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode()


def percent(share: float | None) -> str:
    """Return a share as a percentage with two decimals, such as `98.28 %`."""
    return "–" if share is None else f"{share:.2%}".replace("%", " %")
