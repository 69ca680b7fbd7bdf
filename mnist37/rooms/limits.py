"""Limits for rooms, which whoever starts the server sets by environment variables."""

from mnist37.errors import RoomError
from mnist37.limit import Limit

ROOMS = Limit("MNIST37_ROOMS", 20, 1000)
"""Maximum rooms that are not over."""

STUDENTS = Limit("MNIST37_ROOM_STUDENTS", 60, 1000)
"""Maximum students of a room."""

DRAWINGS = Limit("MNIST37_ROOM_DRAWINGS", 3000, 100_000)
"""Maximum drawings of a room."""

UPLOADS = Limit("MNIST37_ROOM_UPLOADS", 300, 100_000)
"""Maximum files that the students of a room upload."""

SETS = Limit("MNIST37_ROOM_SETS", 120, 10_000)
"""Maximum sets of own digits that the students of a room begin."""

ROOM_DISK_GB = Limit("MNIST37_ROOM_DISK_GB", 4, 100_000, is_whole=False)
"""Maximum size of the runs of a room, in 10^9 bytes."""

HOURS = Limit("MNIST37_ROOM_HOURS", 24, 24 * 31, is_whole=False)
"""Hours until a room is over and what it holds is deleted."""

ROOM_LIMITS = (ROOMS, STUDENTS, DRAWINGS, UPLOADS, SETS, ROOM_DISK_GB, HOURS)


def refuse_more(limit: Limit, has: float, what: str, remedy: str) -> None:
    """Check that one more fits.

    Args:
        limit: the limit.
        has: how much there is.
        what: what it counts, such as "students".
        remedy: what the visitor can do.

    Raises:
        RoomError: there is as much as is allowed.
    """
    if has >= limit.value:
        raise RoomError(
            f"This room has {limit.value:g} {what}, which is as many as are allowed.",
            f"{remedy} {limit.who_can_raise_it}",
        )
