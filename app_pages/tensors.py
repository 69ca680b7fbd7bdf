"""Lesson 2, tensors: expressions to type, broadcasting cell by cell, and why NumPy is not enough."""

from mnist37.ui.lessons.frame import run_lesson
from mnist37.ui.lessons.tensors import tensors

run_lesson("tensors", tensors)
