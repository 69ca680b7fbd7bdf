"""Lesson 11: from two digits to ten."""

from mnist37.ui.lessons.to_ten.lesson import to_ten
from mnist37.ui.page import run_lesson

run_lesson("to_ten", to_ten)
