"""How long the list of members in a .zip is, read before `zipfile` reads all of it; for files from strangers."""

import struct

_END = struct.Struct("<4s4H2LH")  # "end of central directory"; behind it comes the zip's comment, and then nothing
_END_64 = struct.Struct("<4sQ2H2L4Q")  # the same with larger numbers, which a zip may have before it
_MARK_64 = struct.Struct("<4sLQL")  # says where that one is; it lies between both
_LONGEST_COMMENT = 2**16 - 1


def zip_directory(data: bytes) -> tuple[int, int] | None:
    """What the end of a .zip says of its list of members; `zipfile` reads no more of a list than this.

    Other bytes may come before the zip, as in an archive that unpacks itself (not before one of more than 4 GB's kind),
    and a comment behind its list.

    Args:
        data: the file.

    Returns:
        The number of members and the list's length in bytes, the larger ones where it says them twice; None where the
        file does not end as a zip does.

    Raises:
        ValueError: it lies on several disks.
    """
    at = data.rfind(b"PK\5\6", max(0, len(data) - _END.size - _LONGEST_COMMENT))  # where `zipfile` looks for it
    if at < 0 or len(data) < at + _END.size:
        return None
    _, disk, first_disk, here, count, size, _, comment = _END.unpack_from(data, at)
    if at + _END.size + comment != len(data):
        return None
    mark = at - _MARK_64.size
    if mark >= _END_64.size and data.startswith(b"PK\6\7", mark):
        _, _, place, n_disks = _MARK_64.unpack_from(data, mark)
        kind, _, _, _, disk, first_disk, here, count_64, size_64, _ = _END_64.unpack_from(data, mark - _END_64.size)
        if kind != b"PK\6\6" or n_disks != 1 or place != mark - _END_64.size:
            raise ValueError("it is a zip of a rare kind")
        # A number that does not fit the smaller record is all ones there.
        count, size = max(count_64, count % 0xFFFF), max(size_64, size % 0xFFFFFFFF)
        here = count if here == count_64 else here
    if disk or first_disk or here != count:
        raise ValueError("it is a zip of a rare kind")
    return count, size
