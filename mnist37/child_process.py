"""Environment variables with which a child process imports the same mnist37, from any working folder."""

import os
from pathlib import Path

import mnist37


def python_path() -> dict[str, str]:
    """Return the variables with which another Python imports this mnist37, not one in its working folder."""
    places = [str(Path(mnist37.__file__).resolve().parents[1]), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {"PYTHONPATH": os.pathsep.join(dict.fromkeys(filter(None, places))), "PYTHONSAFEPATH": "1"}


def environment() -> dict[str, str]:
    """Return this process's environment with the variables of `python_path`."""
    return {**os.environ, **python_path()}
