"""Weights: any run's first layer as pictures, beside the mean 3 and the mean 7."""

from mnist37.ui.page import run_page
from mnist37.ui.weights.page import weights

run_page(weights)
