"""Where torch computes: on the GPU that it finds, or on the CPU."""

import warnings

import torch

CPU = torch.device("cpu")


def found_gpu() -> torch.device | None:
    """The GPU that torch finds, `cuda` (AMD's too) or Apple's `mps`. Asking takes none of its memory."""
    found = torch.accelerator.current_accelerator(check_available=True)
    return found if found is not None and found.type in ("cuda", "mps") else None


def gpu_or_cpu() -> torch.device:
    """The GPU if there is one, which then adds in the same order each time: one seed is one curve.

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
