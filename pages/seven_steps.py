"""Lesson 6: one mini-batch, seven steps."""

from mnist37.ui.lessons.seven_steps.lesson import seven_steps
from mnist37.ui.page import run_lesson

run_lesson("seven_steps", seven_steps)
