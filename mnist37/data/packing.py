"""Pack a small header and one block of pixels into bytes: a magic word, JSON, zlib.

There is no pickle in it, so that untrusted bytes are safe to unpack.
"""

import json
import struct
import zlib
from typing import Any

from mnist37.errors import DataError

MAGIC = b"mnist37\x01"
LEVEL = 1  # of zlib; level 6 is a tenth smaller and takes twice as long
MOST_DIGITS = 1_000_000
LONGEST_HEADER = 65_536

_PREFIX = struct.Struct(f">{len(MAGIC)}sI")


def pack_arrays(header: dict[str, Any], raw: bytes) -> bytes:
    """Pack a header and a block of bytes.

    Args:
        header: JSON values.
        raw: the block.

    Returns:
        Magic word, length of the header, header, compressed block.
    """
    head = json.dumps(header).encode()
    return _PREFIX.pack(MAGIC, len(head)) + head + zlib.compress(raw, LEVEL)


def unpack_arrays(packed: bytes, bytes_per_digit: int) -> tuple[dict[str, Any], bytes]:
    """Unpack the bytes of `pack_arrays`; never inflate more than the header announces.

    Args:
        packed: bytes from `pack_arrays`, with the numbers of digits under "train" and "valid" in the header.
        bytes_per_digit: the length of the block for each digit.

    Returns:
        The header and the block.

    Raises:
        DataError: the bytes are damaged or are something else.
    """
    try:
        header, start = _read_header(packed)
        size = (_count(header["train"]) + _count(header["valid"])) * bytes_per_digit
        inflater = zlib.decompressobj()
        raw = inflater.decompress(packed[start:], size) if size else b""
        # The checksum comes after the last byte: one more call reads it, and detects a block that is too long.
        rest = inflater.decompress(inflater.unconsumed_tail, 1)
        if len(raw) != size or rest or not inflater.eof or inflater.unused_data:
            raise ValueError("another length than announced")
    except (struct.error, zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"The packed digits are damaged ({error}).", "Load the digits again.") from error
    return header, raw


def _read_header(packed: bytes) -> tuple[dict[str, Any], int]:
    magic, length = _PREFIX.unpack_from(packed)
    end = _PREFIX.size + length
    if magic != MAGIC or length > LONGEST_HEADER or end > len(packed):
        raise ValueError("not packed by this version of mnist37")
    header = json.loads(packed[_PREFIX.size : end])
    if not isinstance(header, dict) or not {"source", "fingerprint"} <= header.keys():
        raise TypeError("its header is incomplete")
    return header, end


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MOST_DIGITS:
        raise ValueError("an impossible number of digits")
    return value
