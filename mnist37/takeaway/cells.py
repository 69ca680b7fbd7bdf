"""The cells of a notebook: text, code, and code that is the very source of what ran. Knows nothing of runs."""

import inspect
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

_FOR_TOOLS = re.compile(r"  # (?:noqa|type): ?[^-\n]*(?:- )?")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: Markdown or Python."""

    kind: Literal["markdown", "code"]
    text: str


def text(markdown: str) -> Cell:
    """Return a cell of words."""
    return Cell("markdown", markdown.strip())


def code(python: str) -> Cell:
    """Return a cell of code."""
    return Cell("code", python.strip())


def source(*shown: Callable[..., Any]) -> Cell:
    """Return a cell with the source of these functions and classes, without what it says to our own tools."""
    return code("\n\n\n".join(without_remarks(inspect.getsource(each).strip()) for each in shown))


def without_remarks(python: str) -> str:
    """Return source without the remarks in it that are for ruff and mypy."""

    def replacement(found: re.Match[str]) -> str:
        return "  # " if found.group().endswith("- ") else ""

    return _FOR_TOOLS.sub(replacement, python)


def verbatim(words: str) -> str:
    """Words from anywhere as inline code, so that no Markdown or HTML in them means anything."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in words).replace("`", "'").split())
    return f"`{plain}`" if plain else "(nothing)"


def to_json(cells: Sequence[Cell]) -> str:
    """Return the cells as a notebook file, nbformat 4.5."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": [_cell(number, cell) for number, cell in enumerate(cells, start=1)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _cell(number: int, cell: Cell) -> dict[str, Any]:
    common = {"id": f"cell-{number}", "cell_type": cell.kind, "metadata": {}, "source": cell.text.splitlines(True)}
    return common if cell.kind == "markdown" else {**common, "execution_count": None, "outputs": []}
