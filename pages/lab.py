"""The Lab: choose digits, model and learning rate, from left to right; train; watch it learn."""

from mnist37.ui.lab.page import lab
from mnist37.ui.page import run_page

run_page(lab)
