"""Kept runs as rows of a table: their values, filters, and CSV.

Plain values only: no Streamlit, no curves.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from mnist37.events import Status
from mnist37.rungs import LADDER, used_settings
from mnist37.runs import BrokenRun, RunInfo
from mnist37.settings import SETTINGS
from mnist37.ui.widgets.words import BADGES, model_title

BROKEN = "broken"
STATUSES = (*(word for word, _, _ in BADGES.values()), BROKEN)
"""The words that a row's `status` may have."""

_FORMULA = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run, or what is left of a broken one; None if it has no such value or its model does not read the setting.

    Args:
        id: the run's id.
        name: what a visitor calls it; may be empty.
        model: the rung's title; empty for a broken run.
        status: one of `STATUSES`.
        accuracy: on the validation digits, in [0, 1].
        errors: validation digits told wrong, of `n_valid`.
        n_valid: number of validation digits.
        accuracy_low, accuracy_high: the accuracy's 95 % interval, in [0, 1].
        seconds: spent training.
        steps: steps made.
        settings: those that its model reads, by name.
        created: when it was asked for, seconds since 1970 (UTC).
        data: where its digits came from.
        fingerprint: the digits' own.
        valid_fingerprint: of the validation digits alone; empty where the record is too old to say.
        note: why it is broken, failed or diverged; mostly empty.
    """

    id: str
    name: str = ""
    model: str = ""
    status: str = BROKEN
    accuracy: float | None = None
    errors: int | None = None
    n_valid: int | None = None
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    train_accuracy: float | None = None
    seconds: float | None = None
    steps: int | None = None
    settings: Mapping[str, int | float | str] = field(default_factory=dict)
    created: float | None = None
    data: str = ""
    fingerprint: str = ""
    valid_fingerprint: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions for a row to be shown; an empty one is always met.

    Args:
        models: titles of models.
        statuses: some of `STATUSES`.
        text: words that must all stand somewhere in the name, the model, the settings or the id.
        fingerprints: of the digits that it must have been judged by, see `Digits.fingerprints`.
    """

    models: Sequence[str] = ()
    statuses: Sequence[str] = ()
    text: str = ""
    fingerprints: Sequence[str] = ()

    def let_through(self, row: RunRow) -> bool:
        """Return whether the row is shown."""
        return (
            (not self.models or row.model in self.models)
            and (not self.statuses or row.status in self.statuses)
            and (not self.fingerprints or (row.valid_fingerprint or row.fingerprint) in self.fingerprints)
            and all(word in _searched(row) for word in self.text.casefold().split())
        )


def run_row(run: RunInfo | BrokenRun) -> RunRow:
    """Return the row of a run."""
    if isinstance(run, BrokenRun):
        return RunRow(id=run.id, note=run.reason)
    low, high = run.score.interval if run.score else (None, None)
    return RunRow(
        id=run.id,
        name=run.name,
        model=model_title(run),
        status=BADGES[run.status][0],
        accuracy=run.accuracy,
        errors=run.errors,
        n_valid=run.n_valid,
        accuracy_low=low,
        accuracy_high=high,
        train_accuracy=run.train_accuracy,
        seconds=run.seconds,
        steps=run.step,
        settings={name: getattr(run.settings, name) for name in used_settings(run.settings.rung)},
        created=run.created,
        data=run.source,
        fingerprint=run.fingerprint,
        valid_fingerprint=run.valid_fingerprint,
        note=run.reason,
    )


def is_usable(run: RunInfo) -> bool:
    """Return whether a run is over and its weights can be used; a run that diverged or failed cannot."""
    return run.status in {Status.FINISHED, Status.STOPPED} and run.accuracy is not None


def best_of_each_model(runs: Iterable[RunInfo]) -> dict[str, RunInfo]:
    """Return the best usable run of each rung, by the rung's name; of equal ones the first."""
    best: dict[str, RunInfo] = {}
    for run in runs:
        so_far = best.get(run.settings.rung)
        if is_usable(run) and (so_far is None or (run.accuracy or 0.0) > (so_far.accuracy or 0.0)):
            best[run.settings.rung] = run
    return {name: best[name] for name in LADDER if name in best}


def n_tried(runs: Iterable[RunInfo]) -> int:
    """Return how many of these runs the best was chosen from: all that are over, also those that diverged."""
    return sum(run.status.is_over and run.accuracy is not None for run in runs)


def best_words(n_runs: int) -> str:
    """Return a note on a best run, as the best of many is a little better by luck alone: "best of 5 runs"."""
    return "1 run" if n_runs == 1 else f"best of {n_runs} runs"


def to_csv(rows: Iterable[RunRow]) -> bytes:
    """Return the rows as CSV with all columns: raw numbers, the time as ISO 8601 in UTC.

    A text that a spreadsheet would take for a formula gets an apostrophe before it, as visitors choose names freely.
    The bytes begin with UTF-8's mark, without which spreadsheets read names wrong.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, list(to_cells(RunRow(id=""))))
    writer.writeheader()
    for row in rows:
        cells = {column: safe_cell(value) for column, value in to_cells(row).items()}
        if row.created is not None:
            cells["created"] = datetime.fromtimestamp(row.created, UTC).isoformat()
        writer.writerow(cells)
    return out.getvalue().encode("utf-8-sig")


def to_cells(row: RunRow) -> dict[str, Any]:
    """Return the row's values by column; a setting that its model does not read is None."""
    cells: dict[str, Any] = {}
    for each in fields(row):
        value = getattr(row, each.name)
        cells |= {name: value.get(name) for name in SETTINGS} if each.name == "settings" else {each.name: value}
    return cells


def safe_cell(value: object) -> object:
    """Return a cell of a CSV file; a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _searched(row: RunRow) -> str:
    told = [SETTINGS[name].words.format(value) for name, value in row.settings.items()]
    return " ".join([row.name, row.model, *told, row.id]).casefold()
