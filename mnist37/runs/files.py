"""Read and write the files of a run; a reader gets the old or the new file whole, and there is never a pickle."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.errors import RunBroken
from mnist37.home import write_whole

T = TypeVar("T")
Columns = dict[str, NDArray[np.generic]]


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write JSON with indents, for people."""
    write_whole(path, json.dumps(values, indent=1).encode())


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        RunBroken: the file is missing or is no JSON object.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _broken(path, "it is missing") from None
    except (OSError, ValueError, RecursionError) as error:
        raise _broken(path, str(error)) from None
    if not isinstance(values, dict):
        raise _broken(path, "it holds no JSON object")
    return values


def write_arrays(path: Path, arrays: Columns) -> None:
    """Write named arrays as safetensors."""
    write_whole(path, arrays_to_bytes(arrays))


def arrays_to_bytes(arrays: Columns) -> bytes:
    """Return named arrays as safetensors bytes."""
    return bytes(safetensors.numpy.save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))


def read_arrays(path: Path) -> Columns:
    """Read named arrays; safetensors contain numbers only, so an untrusted file cannot run code.

    Raises:
        RunBroken: the file is missing or damaged.
    """
    return _read(path, safetensors.numpy.load)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read named tensors; see `read_arrays`."""
    return _read(path, safetensors.torch.load)


def _read(path: Path, load: Callable[[bytes], T]) -> T:
    try:
        return load(path.read_bytes())
    except FileNotFoundError:
        raise _broken(path, "it is missing") from None
    except (OSError, safetensors.SafetensorError, ValueError, KeyError) as error:
        raise _broken(path, str(error)) from None


def _broken(path: Path, why: str) -> RunBroken:
    return RunBroken(f"The run {path.parent.name} is broken: {path.name}: {why}.", "Delete its folder and train again.")
