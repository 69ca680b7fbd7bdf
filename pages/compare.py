"""Compare: all runs that are kept, side by side, and the ladder that they climb."""

from mnist37.ui.compare.page import compare_runs
from mnist37.ui.page import run_page

run_page(compare_runs)
