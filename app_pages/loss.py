"""Lesson 5: why accuracy cannot be the loss, and what is in `mnist_loss`."""

from mnist37.ui.lessons.frame import run_lesson
from mnist37.ui.lessons.loss import loss

run_lesson("loss", loss)
