"""Find the length of the list of members in an untrusted .zip, before `zipfile` reads all of it."""

import struct

_END = struct.Struct("<4s4H2LH")  # "end of central directory"; only the zip's comment comes after it
_END_64 = struct.Struct("<4sQ2H2L4Q")  # the same with larger numbers; a zip may have it before the other
_MARK_64 = struct.Struct("<4sLQL")  # the position of that record; it is between both
_LONGEST_COMMENT = 2**16 - 1


def zip_directory(data: bytes) -> tuple[int, int] | None:
    """Return the size of a .zip's list of members, from the end of the file; `zipfile` reads no more of the list.

    Other bytes may come before the zip, as in a self-extracting archive (but not before one in the format for more than
    4 GB), and a comment after its list.

    Args:
        data: the file.

    Returns:
        The number of members and the list's length in bytes, the larger ones if the file has them twice; None if the
        file does not end like a zip.

    Raises:
        ValueError: it spans several disks.
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
        # A number that is too large for the smaller record is all ones there.
        count, size = max(count_64, count % 0xFFFF), max(size_64, size % 0xFFFFFFFF)
        here = count if here == count_64 else here
    if disk or first_disk or here != count:
        raise ValueError("it is a zip of a rare kind")
    return count, size
