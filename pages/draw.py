"""Draw: a digit of one's own, what every model says of it, and why."""

from mnist37.ui.draw.page import draw
from mnist37.ui.page import run_page

run_page(draw)
