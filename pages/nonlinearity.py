"""Lesson 8: a nonlinearity between two layers, and what is left without it."""

from mnist37.ui.lessons.nonlinearity.lesson import nonlinearity
from mnist37.ui.page import run_lesson

run_lesson("nonlinearity", nonlinearity)
