"""The time of day as one that never goes back while this process runs, also where the machine's clock is set back.

So what is ordered by time (runs, contents of a page) keeps its order. Until the machine's clock has caught up, the time
is the latest one, a microsecond later at each call. This module imports nothing else of the project.
"""

import threading
import time

STEP_S = 1e-6

_lock = threading.Lock()
_latest = [0.0]


def now() -> float:
    """Return the time in seconds since 1970 (UTC); later than at each call before."""
    with _lock:
        _latest[0] = max(time.time(), _latest[0] + STEP_S)
        return _latest[0]
