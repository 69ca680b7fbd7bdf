"""Where mnist37 keeps what outlives it (the cache of digits and the run store), and how a file gets there whole.

This module knows nothing else of the project, so that every layer may import it.
"""

import os
import tempfile
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder for everything that mnist37 keeps; it need not exist yet.

    Returns:
        The folder that the environment's MNIST37_HOME names, else the platform's place for a user's data.
    """
    chosen = os.environ.get("MNIST37_HOME")
    return (
        Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_data_dir("mnist37", appauthor=False))
    )


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees half of it: a crash leaves the old one.

    Args:
        path: the file; its folder is there.
        data: what it shall hold.

    Raises:
        OSError: it cannot be written; then the file is as before.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
