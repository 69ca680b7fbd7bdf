"""What the command line prints: tables and bars for people, one JSON object as the last line for programs.

Names are names: no markup and no emoji codes are read in them, and what a terminal cannot show is written as an escape.
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
"""Characters in a line of a table: where the terminal is narrower it wraps the line, but nothing is left out."""

_JOINERS = "\u200c\u200d"
"""Invisible, but parts of letters in some scripts and of some emoji."""


class Output:
    """Where a command's results go.

    Args:
        as_json: print the JSON object only.

    Attributes:
        is_broken: whether something could not be written, since the terminal was closed, the reader of a pipe has ended
            or a disk is full. Nothing more is written then, and what goes on is not disturbed.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.is_broken = False
        self._out = _Steady(sys.stdout, self)
        self._console = _console(self._out, quiet=as_json)
        self._errors = _console(_Steady(sys.stderr, self), soft_wrap=True)

    def say(self, text: str) -> None:
        """A line for people."""
        self._console.print(Text(shown(text)), soft_wrap=True)

    def error(self, error: Mnist37Error) -> None:
        """What went wrong and what to do, on stderr; as JSON too where that was asked for."""
        self._errors.print(Text(shown(str(error))), style="red")
        self.result({"error": error.message, "remedy": error.remedy})

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
        """A table for people; all but the first column are aligned to the right."""
        table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
        for number, column in enumerate(columns):
            table.add_column(column, justify="right" if number else "left", no_wrap=True)
        for row in rows:
            table.add_row(*(Text(shown(str(cell))) for cell in row))
        wide = _console(self._out, quiet=self.as_json, width=WIDEST)
        wide.width = wide.measure(table).maximum
        wide.print(table)

    def result(self, values: Mapping[str, Any]) -> None:
        """The result for programs: one JSON object on one line, if it was asked for."""
        if self.as_json:
            self._out.write(f"{json.dumps(finite(values))}\n")
            self._out.flush()

    def progress(self, unit: str) -> Progress:
        """A progress bar, to be used as a context; none where JSON was asked for or no terminal is there."""
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
    """A stream that goes silent once it cannot be written to, instead of ending what is under way."""

    def __init__(self, stream: TextIO, output: Output) -> None:
        self._stream = stream
        self._output = output

    def write(self, text: str) -> int:
        """Write, if that is still possible."""
        self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Flush, if that is still possible."""
        self._try(self._stream.flush)

    def _try(self, act: Callable[[], object]) -> None:
        if self._output.is_broken:
            return
        try:
            act()
        except OSError:
            self._output.is_broken = True
            # Python writes what is left once more when it ends, and would complain.
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def escape_what_cannot_be_shown() -> None:
    """Let this process write what the terminal's encoding lacks as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _console(stream: _Steady, **options: Any) -> Console:
    return Console(file=stream, markup=False, emoji=False, highlight=False, **options)  # type: ignore[arg-type]


def shown(text: str) -> str:
    r"""Text on one line that does nothing to a terminal: control characters and the like as escapes, such as \x1b.

    What would turn the direction of the text around it is such a character, too, and so is a byte that is no text.
    """
    return "".join(letter if _is_plain(letter) else _escape(letter) for letter in text)


def _is_plain(letter: str) -> bool:
    return letter in _JOINERS or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _escape(letter: str) -> str:
    if 0xDC80 <= ord(letter) <= 0xDCFF:  # a byte of a name, as Python keeps it
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode()


def percent(share: float | None) -> str:
    """A share as a percentage with two decimals, such as `98.28 %`."""
    return "–" if share is None else f"{share:.2%}".replace("%", " %")
