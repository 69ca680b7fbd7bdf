"""Where torch computes: on the GPU that it finds, or on the CPU, and on how many of its cores."""

import math
import os
import warnings
from pathlib import Path

import torch

CPU = torch.device("cpu")

QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""How many microseconds of computing a Linux container has in how many: "150000 100000", or "max 100000"."""


def cores() -> int:
    """Return how many cores this process may compute on, at least 1: a container may have fewer than its machine."""
    may_use = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    count = len(may_use(0)) if may_use else os.cpu_count() or 1
    try:
        quota, period = map(int, QUOTA.read_text().split())
    except (OSError, ValueError):
        return count
    return max(1, min(count, math.ceil(quota / period)))


def found_gpu() -> torch.device | None:
    """Return the GPU that torch finds, `cuda` (AMD's too) or Apple's `mps`. Asking takes none of its memory."""
    found = torch.accelerator.current_accelerator(check_available=True)
    return found if found is not None and found.type in ("cuda", "mps") else None


def gpu_or_cpu() -> torch.device:
    """Return the GPU if there is one, which then adds in the same order each time: one seed is one curve.

    The CPU, with a warning, where the GPU is too old for this torch or has no memory left.
    """
    gpu = found_gpu()
    if gpu is None:
        return CPU
    try:
        torch.ones(1, device=gpu).add(1).item()
    except RuntimeError as error:
        warnings.warn(f"Computing on the CPU, as the GPU ({gpu}) fails: {error}", stacklevel=2)
        return CPU
    torch.backends.cudnn.deterministic = True
    return gpu
