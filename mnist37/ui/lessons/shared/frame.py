"""The frame of a lesson: its place, the first thing to do, the code that ran, a question, and a link to the Lab."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st

from mnist37.rungs import settings_for
from mnist37.ui.lessons.shared.progress import done, finish, is_done
from mnist37.ui.lessons.shared.question import Question, ask
from mnist37.ui.lessons.shared.table import LESSONS, Lesson, get_lesson, number_of
from mnist37.ui.shell.classroom import note_answer
from mnist37.ui.shell.session import choose_one, lab_parameters
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.projector import heading

CODE_LINES, CODE_HEIGHT = 26, 560
"""Code with more lines scrolls in a box of this height in px."""


@dataclass(frozen=True, slots=True)
class TryIt:
    """A suggestion for the Lab.

    Args:
        words: the link's text after "Try it in the Lab: ".
        rung: the model that the Lab opens with.
        values: its settings that differ from the model's defaults.
    """

    words: str
    rung: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a lesson.

    Args:
        code: the functions and classes that ran on the page, shown from their source in this order.
        question: the closing question.
        try_it: a suggestion for the Lab.
    """

    code: Sequence[Callable[..., Any]]
    question: Question
    try_it: TryIt


def show_lesson(name: str, show: Callable[[], Closing]) -> None:
    """Show a lesson: its head, its main part, its end."""
    lesson = get_lesson(name)
    _head(lesson)
    closing = show()
    st.divider()
    code, end = st.columns([1.25, 1], gap="large")
    with end:
        ask(closing.question, f"{lesson.name}_answer", partial(_answered, lesson, f"{lesson.name}_answer"))
        _try_in_lab(closing.try_it)
        _onwards(lesson)
    with code, st.expander("The code that ran", icon=":material/code:", expanded=not is_phone()):
        source = source_of(closing.code)
        st.code(source, language="python", height=CODE_HEIGHT if source.count("\n") > CODE_LINES else "content")


def choose_view(key: str, views: Sequence[str]) -> str:
    """Show the choice of a lesson's parts and return the chosen one; only that one is computed."""
    return choose_one("Part", views, key=key, first=views[0], wrap=True)


def source_of(code: Sequence[Callable[..., Any]]) -> str:
    """Return the source of functions and classes, from the files that ran."""
    return "\n\n".join(inspect.getsource(part).rstrip() for part in code)


def _head(lesson: Lesson) -> None:
    with st.container(horizontal=True, gap=None if is_phone() else "small", key="lessons"):
        for other in LESSONS:
            icon = ":material/check:" if is_done(other) else None
            st.page_link(other.page, label=_label(other, is_here=other is lesson), icon=icon)
    with st.container(gap=None):
        heading(lesson.title)
        st.markdown(f":gray[{lesson.about} ({len(done())} of {len(LESSONS)} lessons done.)]")
        st.markdown(f":primary-badge[First] **{lesson.first}**")


def _label(lesson: Lesson, *, is_here: bool) -> str:
    """Return its number and name; on a phone, where eleven names do not fit, only the current lesson has its name."""
    if is_here:
        return f":primary[**{number_of(lesson)} {lesson.short}**]"
    return str(number_of(lesson)) if is_phone() else f"{number_of(lesson)} {lesson.short}"


def _answered(lesson: Lesson, key: str, is_right: bool) -> None:
    note_answer(lesson.name, st.session_state[key], is_right=is_right)
    if is_right:
        finish(lesson)


def _try_in_lab(try_it: TryIt) -> None:
    parameters = lab_parameters(settings_for(try_it.rung, **try_it.values))
    label = f"Try it in the Lab: {try_it.words}"
    st.page_link("pages/lab.py", label=label, icon=":material/science:", query_params=parameters)


def _onwards(lesson: Lesson) -> None:
    number = number_of(lesson)
    if number < len(LESSONS):
        following = LESSONS[number]
        st.page_link(following.page, label=f"Next: {following.title}", icon=":material/arrow_forward:")
