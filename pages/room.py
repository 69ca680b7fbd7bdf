"""Class: a room for a teacher and thirty students, who join by a code."""

from mnist37.ui.page import run_page
from mnist37.ui.room.page import room_page

run_page(room_page)
