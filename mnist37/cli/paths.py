"""Expand patterns such as *.png in typed paths, because Windows' shells do not; write files whole."""

import glob
import secrets
from collections.abc import Iterable
from pathlib import Path

from mnist37.errors import PathError


def expanded(paths: Iterable[Path]) -> list[Path]:
    """Replace each pattern by the files that match it, in the order of their names.

    If a file with the pattern's own name exists, it is that file.

    Args:
        paths: the paths as typed.

    Raises:
        PathError: nothing matches a pattern.
    """
    return [found for path in paths for found in _matches(path)]


def expanded_one(path: Path) -> Path:
    """Return the one file that a path or a pattern means.

    Raises:
        PathError: nothing matches the pattern, or more than one file does.
    """
    found = _matches(path)
    if len(found) > 1:
        raise PathError(f"{len(found)} files match {path}.", f"Give one of them, such as {found[0]}.")
    return found[0]


def refuse_taken(path: Path, remedy: str) -> None:
    """Refuse a path that already exists.

    Raises:
        PathError: it exists.
    """
    if _is_there(path):
        raise PathError(f"{path} is there already.", remedy)


def write_whole(path: Path, data: bytes, remedy: str) -> None:
    """Write a file whole or not at all: if the disk is full, the old file stays.

    Raises:
        PathError: it cannot be written.
    """
    try:
        _write(path, data)
    except OSError as error:
        raise PathError(f"{path} cannot be written ({error.strerror or error}).", remedy) from None


def _write(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():  # a device or a pipe
        path.write_bytes(data)
        return
    part = path.with_name(f".{path.name[:100]}-{secrets.token_hex(4)}")
    try:
        with part.open("xb") as file:
            file.write(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _matches(path: Path) -> list[Path]:
    if not glob.has_magic(str(path)) or _is_there(path):
        return [path]
    found = sorted(glob.glob(str(path)))  # noqa: PTH207 - Path.glob needs a folder to start from
    if not found:
        raise PathError(f"No file matches {path}, and none is called so.", "Check the folder and the spelling.")
    return [Path(name) for name in found]


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False
