"""Lesson 7: from scratch to fastai."""

from mnist37.ui.lessons.to_fastai.lesson import to_fastai
from mnist37.ui.page import run_lesson

run_lesson("to_fastai", to_fastai)
