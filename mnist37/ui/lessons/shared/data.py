"""The digits in the form that the lessons use, made once for all visitors."""

from functools import lru_cache

from mnist37.lessons.shared.rows import Rows, rows
from mnist37.ui.shell import start


def lesson_rows() -> Rows:
    """Return the digits as rows; do not change them."""
    return _rows(start.digits().fingerprint)


@lru_cache(maxsize=1)
def _rows(fingerprint: str) -> Rows:  # noqa: ARG001 - the cache key
    return rows(start.digits())


def is_large() -> bool:
    """Return whether the data set is so large that training within a page needs fewer epochs."""
    return start.digits().n_train > 4_000
