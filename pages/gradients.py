"""Lesson 3, gradients: a slope to drag, the lines of code behind it, and what zero_grad is for."""

from mnist37.ui.lessons.gradients.lesson import gradients
from mnist37.ui.page import run_lesson

run_lesson("gradients", gradients)
