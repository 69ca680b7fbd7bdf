"""Replace numbers that JSON does not have: NaN and infinity, as of a diverged loss."""

import math
from collections.abc import Mapping
from typing import Any


def finite(value: Any) -> Any:
    """Copy JSON values with None (null) in place of every number that is not finite; tuples become lists."""
    if isinstance(value, Mapping):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
