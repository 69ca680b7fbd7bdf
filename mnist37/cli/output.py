"""What the command line prints: tables and bars for people, one JSON object as the last line for programs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from mnist37.errors import Mnist37Error
from mnist37.json_values import finite

WIDEST = 10_000
"""Characters in a line of a table: where the terminal is narrower it wraps the line, but nothing is left out."""


class Output:
    """Where a command's results go.

    Args:
        as_json: print the JSON object only.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._console = Console(quiet=as_json, highlight=False)
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """A line for people."""
        self._console.print(text, markup=False, soft_wrap=True)

    def error(self, error: Mnist37Error) -> None:
        """What went wrong and what to do, on stderr; as JSON too where that was asked for."""
        self._errors.print(str(error), style="red", markup=False)
        self.result({"error": error.message, "remedy": error.remedy})

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
        """A table for people; all but the first column are aligned to the right."""
        table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
        for number, column in enumerate(columns):
            table.add_column(column, justify="right" if number else "left", no_wrap=True)
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        wide = Console(quiet=self.as_json, highlight=False, width=WIDEST)
        wide.width = wide.measure(table).maximum
        wide.print(table)

    def result(self, values: Mapping[str, Any]) -> None:
        """The result for programs: one JSON object on one line, if it was asked for."""
        if self.as_json:
            print(json.dumps(finite(values)), flush=True)  # noqa: T201 - rich would wrap it

    def progress(self, unit: str) -> Progress:
        """A progress bar, to be used as a context; none where JSON was asked for or no terminal is there."""
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(unit),
            TimeRemainingColumn(compact=True),
            console=self._console,
            transient=True,
            disable=self.as_json,
        )


def percent(share: float | None) -> str:
    """A share as a percentage with two decimals, such as `98.28 %`."""
    return "–" if share is None else f"{share:.2%}".replace("%", " %")
