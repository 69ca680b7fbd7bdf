"""Lesson 4: descent, step by step, and how far a step may go."""

from mnist37.ui.lessons.descent.lesson import descent
from mnist37.ui.page import run_lesson

run_lesson("descent", descent)
