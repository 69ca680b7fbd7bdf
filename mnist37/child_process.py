"""Processes that this one starts: how they find the very same mnist37, wherever this one was started."""

import os
from pathlib import Path

import mnist37


def python_path() -> dict[str, str]:
    """Return the variables by which another Python finds this mnist37, and not one in the folder that it starts in."""
    places = [str(Path(mnist37.__file__).resolve().parents[1]), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {"PYTHONPATH": os.pathsep.join(dict.fromkeys(filter(None, places))), "PYTHONSAFEPATH": "1"}


def environment() -> dict[str, str]:
    """Return this process's environment with the variables of `python_path`."""
    return {**os.environ, **python_path()}
