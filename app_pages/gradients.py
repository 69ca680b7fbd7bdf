"""Lesson 3, gradients: a slope to drag, the lines of code behind it, and what zero_grad is for."""

from mnist37.ui.lessons.frame import run_lesson
from mnist37.ui.lessons.gradients import gradients

run_lesson("gradients", gradients)
