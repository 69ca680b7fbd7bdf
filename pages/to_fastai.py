"""Lesson 7: from scratch to fastai."""

from mnist37.ui.lessons.shared.frame import run_lesson
from mnist37.ui.lessons.to_fastai.lesson import to_fastai

run_lesson("to_fastai", to_fastai)
