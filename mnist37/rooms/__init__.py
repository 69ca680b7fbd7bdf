"""Class rooms: who is in them, what the teacher has set, and what students made. All of it is kept in one SQLite file.

It knows no widgets. Runs are in the run store; a room keeps their ids only.
"""

from mnist37.rooms.codes import CODE_LENGTH, NICKNAME_LENGTH, clean_code, clean_nickname, spaced
from mnist37.rooms.database import FILE, rooms_file
from mnist37.rooms.limits import ROOM_DISK_GB, ROOM_LIMITS, refuse_more
from mnist37.rooms.room import Answered, Drawn, Place, Room, RoomRun, Student
from mnist37.rooms.rooms import SET, UPLOAD, Rooms
from mnist37.rooms.task import BEST, BREAK, FEWEST, NO_TASK, Task
from mnist37.rooms.tries import Tries

__all__ = [
    "BEST",
    "BREAK",
    "CODE_LENGTH",
    "FEWEST",
    "FILE",
    "NICKNAME_LENGTH",
    "NO_TASK",
    "ROOM_DISK_GB",
    "ROOM_LIMITS",
    "SET",
    "UPLOAD",
    "Answered",
    "Drawn",
    "Place",
    "Room",
    "RoomRun",
    "Rooms",
    "Student",
    "Task",
    "Tries",
    "clean_code",
    "clean_nickname",
    "refuse_more",
    "rooms_file",
    "spaced",
]
