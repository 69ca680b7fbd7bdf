"""Lesson 9: ResNet-18."""

from mnist37.ui.lessons.deep.lesson import deep
from mnist37.ui.page import run_lesson

run_lesson("deep", deep)
