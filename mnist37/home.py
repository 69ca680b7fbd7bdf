"""The folder for all persistent data (the cache of digits, the run store, own digits), and writing a file whole.

This module imports nothing else of the project, so that every layer may import it.
"""

import os
import tempfile
from pathlib import Path

import platformdirs


def home() -> Path:
    """Return the folder for everything that mnist37 keeps; it need not exist yet.

    Returns:
        The folder in the environment's MNIST37_HOME, else the platform's folder for a user's data.
    """
    chosen = os.environ.get("MNIST37_HOME")
    return (
        Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_data_dir("mnist37", appauthor=False))
    )


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that no reader gets half of it; a crash leaves the old file.

    Args:
        path: the file; its folder must exist.
        data: the new content.

    Raises:
        OSError: it cannot be written; then the file is unchanged.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
