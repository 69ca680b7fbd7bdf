"""Digits that were read once, kept packed so that the next load takes a tenth of a second.

The cache may vanish, be damaged or be impossible to write at any time: it makes loading quicker and never makes it
fail. This module knows no format but `Digits.pack`.
"""

import contextlib
import hashlib
from pathlib import Path

from mnist37.data.digits import Digits
from mnist37.data.origin import Origin
from mnist37.errors import DataError
from mnist37.home import home, write_whole

VERSION = "digits 2"  # to be raised when the same source would be read to other digits


def cache_folder() -> Path:
    """Where digits are kept once read; the folder need not exist, and may be deleted at any time.

    Returns:
        `cache` in `mnist37.home.home()`.
    """
    return home() / "cache"


def recall(origin: Origin) -> Digits | None:
    """Find digits that were kept.

    Args:
        origin: where they would be read from.

    Returns:
        The digits, or None where they were never kept, the source has changed since, or the file is damaged.
    """
    try:
        kept = _path(origin).read_bytes()
    except OSError:
        return None
    seal = _seal(origin)
    if not kept.startswith(seal):
        return None
    try:
        return Digits.unpack(kept[len(seal) :])
    except DataError:
        return None


def keep(origin: Origin, digits: Digits) -> None:
    """Keep digits for the next time, in place of what was kept from the same source; does nothing where it cannot.

    Args:
        origin: where they were read from.
        digits: what was read.
    """
    with contextlib.suppress(OSError):
        write_kept(_path(origin), _seal(origin) + digits.pack())


def write_kept(path: Path, content: bytes) -> None:
    """Write a file of the cache whole, and its folder where it is missing.

    Raises:
        OSError: it cannot be written; then the file is as before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)


def _path(origin: Origin) -> Path:
    return cache_folder() / f"{_hash(origin.key)[:24]}.digits"


def _seal(origin: Origin) -> bytes:
    return f"{VERSION} {_hash(origin.stamp)}\n".encode()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
