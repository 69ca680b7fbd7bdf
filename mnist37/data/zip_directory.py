"""How long the list of members in a .zip is, read before `zipfile` reads all of it; for files from strangers."""

import struct

_END = struct.Struct("<4s4H2LH")  # "end of central directory"; it is the last thing in a zip without a comment
_END_64 = 20  # bytes of the mark before it that a zip of more than 4 GB has


def zip_directory(data: bytes) -> tuple[int, int] | None:
    """What the end of a .zip says of its list of members; `zipfile` reads no more of a list than this.

    Args:
        data: the file.

    Returns:
        The number of members and the list's length in bytes; None where the file does not end as a zip does.

    Raises:
        ValueError: it has a comment, lies on several disks or is made for more than 4 GB.
    """
    end = data[-_END.size :]
    if len(end) < _END.size or not end.startswith(b"PK\5\6"):
        return None
    _, disk, first_disk, here, count, size, _, comment = _END.unpack(end)
    is_64 = data[-_END.size - _END_64 :].startswith(b"PK\6\7")
    if is_64 or comment or disk or first_disk or here != count:
        raise ValueError("it is a zip of a rare kind")
    return count, size
