"""Lesson 1, pixels are numbers: a digit as a table of greys, stacks of them, and the distance to their means."""

from mnist37.ui.lessons.pixels.lesson import pixels
from mnist37.ui.page import run_lesson

run_lesson("pixels", pixels)
