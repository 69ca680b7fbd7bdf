"""The lessons that a visitor has done: kept for the visit and in the address, so that a link restores them."""

import streamlit as st

from mnist37.ui.lessons.shared.table import LESSONS, Lesson, number_of
from mnist37.ui.shell.address import write_address
from mnist37.ui.visit import LESSONS_DONE

PARAMETER = "done"


def done() -> frozenset[int]:
    """Return the numbers of the lessons whose question was answered correctly."""
    known = LESSONS_DONE.get()
    if known is None:
        known = _read(st.query_params.get(PARAMETER, ""))
        LESSONS_DONE.set(known)
    return known


def is_done(lesson: Lesson) -> bool:
    """Return whether its question was answered correctly."""
    return number_of(lesson) in done()


def finish(lesson: Lesson) -> None:
    """Record that the lesson's question was answered correctly."""
    LESSONS_DONE.set(done() | {number_of(lesson)})


def next_lesson() -> Lesson:
    """Return the first lesson that is not done, or the first of all."""
    return next((lesson for lesson in LESSONS if not is_done(lesson)), LESSONS[0])


def show_progress_in_address() -> None:
    """Write the progress to the address, on every page."""
    text = "-".join(str(number) for number in sorted(done()))
    if text:
        write_address({PARAMETER: text})


def _read(text: str) -> frozenset[int]:
    """Return the lesson numbers in an address; ignore everything else."""
    numbers = {int(part) for part in text.split("-") if part.isascii() and part.isdecimal() and len(part) < 4}
    return frozenset(numbers & set(range(1, len(LESSONS) + 1)))
