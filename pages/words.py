"""Lesson 10: the chapter's words."""

from mnist37.ui.lessons.shared.frame import run_lesson
from mnist37.ui.lessons.words.lesson import words

run_lesson("words", words)
