"""Lesson 8: a nonlinearity between two layers, and what is left without it."""

from mnist37.ui.lessons.frame import run_lesson
from mnist37.ui.lessons.nonlinearity import nonlinearity

run_lesson("nonlinearity", nonlinearity)
