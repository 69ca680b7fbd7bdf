"""The chapter's words: what each means, and the page where one can touch it. Read from `vocabulary.csv`."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the chapter.

    Args:
        word: the word.
        means: what it means, in a sentence or two.
        page: the page where one can touch it, by its name.
        touch: what to do there.
        also: other names for it, to be found by.
        settings: what the Lab is to open with, as a link's parameters; empty where it stays as it is.
    """

    word: str
    means: str
    page: str
    touch: str
    also: str
    settings: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The settings by name, as text."""
        return dict(parse_qsl(self.settings))


def _read() -> tuple[Term, ...]:
    with (Path(__file__).parent / "vocabulary.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Term(**row) for row in csv.DictReader(file))


TERMS = _read()


def look_up(text: str, terms: Sequence[Term] = TERMS) -> list[Term]:
    """The terms that hold every word of a text: those named so first, then those that only mention it."""
    wanted = text.casefold().split()
    named = [term for term in terms if _holds(f"{term.word} {term.also}", wanted)]
    mentioned = [term for term in terms if _holds(f"{term.word} {term.also} {term.means}", wanted)]
    return named + [term for term in mentioned if term not in named]


def _holds(text: str, wanted: Sequence[str]) -> bool:
    return all(part in text.casefold() for part in wanted)
