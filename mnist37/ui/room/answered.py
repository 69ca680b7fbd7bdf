"""Who answered what: for each lesson's question the wrong answers, how often, and by whom."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from mnist37.rooms import Answered
from mnist37.ui.lessons.shared.table import LESSONS, number_of
from mnist37.ui.live.notices import literal
from mnist37.ui.room.progress import Progress, nicknames


def answered(answers: Sequence[Answered], students: Sequence[Progress]) -> None:
    """Show the answers of a class, a part for each lesson that somebody answered, in the order of the chapter."""
    names = nicknames(students)
    given = [answer for answer in answers if answer.student in names]
    if not given:
        st.caption("Nobody has answered a lesson's question yet. Send the class to a lesson above.")
    for lesson in LESSONS:
        of_lesson = [answer for answer in given if answer.lesson == lesson.name]
        if not of_lesson:
            continue
        st.page_link(lesson.page, label=f"Lesson {number_of(lesson)}: {lesson.title}", icon=":material/school:")
        st.markdown(answers_words(of_lesson, names))


def answers_words(answers: Sequence[Answered], names: dict[int, str]) -> str:
    """Return Markdown of the answers to one lesson's questions.

    Args:
        answers: of that lesson, in the order in which they were given.
        names: the nickname of each student, by id.
    """
    first: dict[int, Answered] = {}
    for answer in answers:
        first.setdefault(answer.student, answer)
    right = {answer.student for answer in answers if answer.is_right}
    missing = [name for student, name in names.items() if student not in first]
    at_once = sum(answer.is_right for answer in first.values())
    lines = [f"{len(first)} of {len(names)} answered, {at_once} of them right at the first try, {len(right)} by now."]
    wrong = Counter(answer.answer for answer in answers if not answer.is_right)
    for words, times in wrong.most_common():
        who = sorted({names[answer.student] for answer in answers if answer.answer == words and not answer.is_right})
        lines.append(f"- wrong, {times} ×: “{literal(words)}” ({literal(', '.join(who))})")
    if missing and first:
        lines.append(f"- not answered: {literal(', '.join(missing))}")
    return "\n".join([lines[0], "", *lines[1:]])
