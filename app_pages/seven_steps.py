"""Lesson 6: one mini-batch, seven steps."""

from mnist37.ui.lessons.frame import run_lesson
from mnist37.ui.lessons.seven_steps import seven_steps

run_lesson("seven_steps", seven_steps)
