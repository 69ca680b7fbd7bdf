"""Values for the browser: JSON as bytes, in which arrays of numbers are base64."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from mnist37.json_values import finite

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def to_json(value: dict[str, Any]) -> bytes:
    """Encode for the browser; NaN and infinity (a diverged loss), which JSON does not have, become null."""
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"), default=_array)
    except ValueError:
        text = json.dumps(finite(value), allow_nan=False, separators=(",", ":"), default=_array)
    return text.encode()


def _array(values: NDArray[np.float32] | NDArray[np.int32]) -> dict[str, str]:
    """Encode an array as Plotly's typed arrays: encoding its numbers one by one takes most of a live figure's time."""
    import numpy as np  # a caller with arrays has imported it; the first paint has none, and must not wait for it

    dtype = {"float32": "f4", "int32": "i4"}[str(values.dtype)]
    sent = np.where(np.isfinite(values), values, np.nan) if dtype == "f4" else values
    return {"dtype": dtype, "bdata": base64.b64encode(sent.tobytes()).decode()}
