"""Lesson 10: the chapter's words."""

from mnist37.ui.lessons.words.lesson import words
from mnist37.ui.page import run_lesson

run_lesson("words", words)
