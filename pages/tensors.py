"""Lesson 2, tensors: expressions to type, broadcasting cell by cell, and why NumPy is not enough."""

from mnist37.ui.lessons.tensors.lesson import tensors
from mnist37.ui.page import run_lesson

run_lesson("tensors", tensors)
