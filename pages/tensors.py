"""Lesson 2, tensors: expressions to type, broadcasting cell by cell, and why NumPy is not enough."""

from mnist37.ui.lessons.shared.frame import run_lesson
from mnist37.ui.lessons.tensors.lesson import tensors

run_lesson("tensors", tensors)
