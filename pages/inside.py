"""Inside: what a run calls the validation digits, which ones it gets wrong, and why."""

from mnist37.ui.inside.page import look_inside
from mnist37.ui.page import run_page

run_page(look_inside)
