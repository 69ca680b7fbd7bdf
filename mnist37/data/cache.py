"""Keep digits that were read once, packed, so that the next load takes a tenth of a second.

The cache may be deleted, damaged or not writable at any time. It makes loading quicker and never makes it fail. The
only format here is that of `Digits.pack`.
"""

import contextlib
import hashlib
from pathlib import Path

from mnist37.data.digits import Digits
from mnist37.data.origin import Origin
from mnist37.errors import DataError
from mnist37.home import home, write_whole

VERSION = "digits 2"  # raise it when the same source would give other digits


def cache_folder() -> Path:
    """Return the folder of the cache; it need not exist, and may be deleted at any time.

    Returns:
        `cache` in `mnist37.home.home()`.
    """
    return home() / "cache"


def recall(origin: Origin) -> Digits | None:
    """Read digits from the cache.

    Args:
        origin: the source of the digits.

    Returns:
        The digits; None if they are not in the cache, the source has changed since, or the file is damaged.
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
    """Write digits to the cache, replacing those of the same source; do nothing if that is not possible.

    Args:
        origin: the source of the digits.
        digits: the digits.
    """
    with contextlib.suppress(OSError):
        write_kept(_path(origin), _seal(origin) + digits.pack())


def write_kept(path: Path, content: bytes) -> None:
    """Write a whole file of the cache, and create its folder if it is missing.

    Raises:
        OSError: it cannot be written; then the file is unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)


def _path(origin: Origin) -> Path:
    return cache_folder() / f"{_hash(origin.key)[:24]}.digits"


def _seal(origin: Origin) -> bytes:
    return f"{VERSION} {_hash(origin.stamp)}\n".encode()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
