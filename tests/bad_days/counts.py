"""How often a bad day is tried: a few times always, as often as docs/reliability.md says with MNIST37_SLOW=1."""

import os

SLOW = bool(os.environ.get("MNIST37_SLOW"))


def times(few: int, many: int) -> int:
    """Return the smaller number, or the larger one with MNIST37_SLOW=1."""
    return many if SLOW else few
