"""Values on their way to the browser: JSON as bytes, with arrays of numbers that need not be written out in digits."""

import base64
import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_json(value: dict[str, Any]) -> bytes:
    """Encode for the browser, where NaN and infinity (a diverged loss) are no JSON: they become null."""
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"), default=_array)
    except ValueError:
        text = json.dumps(_finite(value), allow_nan=False, separators=(",", ":"), default=_array)
    return text.encode()


def _array(values: NDArray[np.float32] | NDArray[np.int32]) -> dict[str, str]:
    """An array as Plotly's own typed arrays: encoding its numbers one by one takes most of a live figure's time."""
    dtype = {"float32": "f4", "int32": "i4"}[str(values.dtype)]
    finite = np.where(np.isfinite(values), values, np.nan) if dtype == "f4" else values
    return {"dtype": dtype, "bdata": base64.b64encode(finite.tobytes()).decode()}


def _finite(value: Any) -> Any:
    """Copy JSON values with None in place of every number that is not finite."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
