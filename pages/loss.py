"""Lesson 5: why accuracy cannot be the loss, and what is in `mnist_loss`."""

from mnist37.ui.lessons.loss.lesson import loss
from mnist37.ui.page import run_lesson

run_lesson("loss", loss)
