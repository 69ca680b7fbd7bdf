"""The digits as the lessons take them, made once for all visitors."""

from functools import lru_cache

from mnist37.lessons.shared.rows import Rows, rows
from mnist37.ui.shell import start


def lesson_rows() -> Rows:
    """The digits as rows; nobody may change them."""
    return _rows(start.digits().fingerprint)


@lru_cache(maxsize=1)
def _rows(fingerprint: str) -> Rows:  # noqa: ARG001 - the key of what is kept
    return rows(start.digits())


def is_large() -> bool:
    """Whether there are so many digits that what is trained within a page has to do with fewer epochs."""
    return start.digits().n_train > 4_000
