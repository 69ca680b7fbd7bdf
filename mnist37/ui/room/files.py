"""A room as a file to keep: its runs and answers as CSV, its digits as a folder of PNG files."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mnist37.rooms import Answered, Drawn
from mnist37.ui.room.progress import Progress, nicknames
from mnist37.ui.runs.run_rows import run_row, safe_cell, to_cells
from mnist37.ui.widgets.colours import grey_png


def room_zip(students: Sequence[Progress], answers: Sequence[Answered], drawn: Drawn) -> bytes:
    """Return a .zip with `runs.csv`, `answers.csv` and the digits in `digits/0` to `digits/9`."""
    names = nicknames(students)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("runs.csv", runs_csv(students))
        archive.writestr("answers.csv", answers_csv(answers, names))
        for index, image in enumerate(drawn.images):
            name = file_name(names.get(int(drawn.students[index]), ""))
            archive.writestr(f"digits/{drawn.digits[index]}/{name}-{drawn.ids[index]}.png", grey_png(image))
    return packed.getvalue()


def runs_csv(students: Sequence[Progress]) -> bytes:
    """Return a row for each run of each student, and one for each student without a run."""
    rows: list[dict[str, Any]] = []
    for one in students:
        who = {"student": one.student.nickname, "state": str(one.state)}
        rows += [{**who, **to_cells(run_row(run)), "is_best": run is one.best} for run in one.runs] or [who]
    return _csv(rows)


def answers_csv(answers: Iterable[Answered], names: Mapping[int, str]) -> bytes:
    """Return a row for each answer."""
    return _csv(
        {
            "student": names.get(answer.student, ""),
            "lesson": answer.lesson,
            "answer": answer.answer,
            "is_right": answer.is_right,
            "at": datetime.fromtimestamp(answer.at, UTC).isoformat(),
        }
        for answer in answers
    )


def file_name(nickname: str) -> str:
    """Return a nickname as a part of a file's name that every system takes."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in nickname) or "_"


def _csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as CSV; it begins with UTF-8's mark, without which spreadsheets read names wrong."""
    found = list(rows)
    columns = list(dict.fromkeys(column for row in found for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    for row in found:
        writer.writerow({column: safe_cell(value) for column, value in row.items()})
    return out.getvalue().encode("utf-8-sig")
