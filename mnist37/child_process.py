"""Processes that this one starts: how they find the very same mnist37, wherever this one was started."""

import os
from pathlib import Path

import mnist37


def environment() -> dict[str, str]:
    """Return this process's environment with a `PYTHONPATH` by which another Python finds this mnist37."""
    places = [str(Path(mnist37.__file__).resolve().parents[1]), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(filter(None, places)))}
