"""Values on their way to the browser: JSON as bytes, with arrays of numbers that need not be written out in digits."""

import base64
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist37.json_values import finite


def to_json(value: dict[str, Any]) -> bytes:
    """Encode for the browser, where NaN and infinity (a diverged loss) are no JSON: they become null."""
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"), default=_array)
    except ValueError:
        text = json.dumps(finite(value), allow_nan=False, separators=(",", ":"), default=_array)
    return text.encode()


def _array(values: NDArray[np.float32] | NDArray[np.int32]) -> dict[str, str]:
    """An array as Plotly's own typed arrays: encoding its numbers one by one takes most of a live figure's time."""
    dtype = {"float32": "f4", "int32": "i4"}[str(values.dtype)]
    sent = np.where(np.isfinite(values), values, np.nan) if dtype == "f4" else values
    return {"dtype": dtype, "bdata": base64.b64encode(sent.tobytes()).decode()}
