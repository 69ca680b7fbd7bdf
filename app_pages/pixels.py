"""Lesson 1, pixels are numbers: a digit as a table of greys, stacks of them, and the distance to their means."""

from mnist37.ui.lessons.frame import run_lesson
from mnist37.ui.lessons.pixels import pixels

run_lesson("pixels", pixels)
