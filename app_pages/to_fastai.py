"""Lesson 7: from scratch to fastai."""

from mnist37.ui.lessons.frame import run_lesson
from mnist37.ui.lessons.to_fastai import to_fastai

run_lesson("to_fastai", to_fastai)
