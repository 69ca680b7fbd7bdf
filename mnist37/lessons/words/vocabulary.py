"""The chapter's words: what each means, and the page where one can try it. Read from `vocabulary.csv`."""

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
        means: its meaning, in a sentence or two.
        page: the name of the page where one can try it.
        touch: what to do there.
        also: other names for it, for the search.
        settings: the Lab's settings as a link's parameters; empty to keep its present ones.
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
    """Return the terms that contain every word of a text: first those with it in their name, then in their meaning."""
    wanted = text.casefold().split()
    named = [term for term in terms if _holds(f"{term.word} {term.also}", wanted)]
    mentioned = [term for term in terms if _holds(f"{term.word} {term.also} {term.means}", wanted)]
    return named + [term for term in mentioned if term not in named]


def _holds(text: str, wanted: Sequence[str]) -> bool:
    return all(part in text.casefold() for part in wanted)
