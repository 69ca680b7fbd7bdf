"""Tensors: those that the lesson's expressions may use, and what a torch tensor can do that a NumPy array cannot."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.rungs import image_tensor
from mnist37.rungs.devices import CPU, found_gpu

MOST_STACKED = 400
"""Maximum number of threes in `stack3`, so that an expression over all of them is quick."""


def named_tensors(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> dict[str, Tensor]:
    """Return the tensors that expressions may use, by name.

    Args:
        images: uint8 `[N, 28, 28]`.
        labels: uint8 `[N]`, 1 = three.

    Returns:
        `img`, a three as uint8 `[28, 28]`; `stack3`, threes as float32 `[n, 28, 28]` in [0, 1]; `x`, the first six
        digits as rows, float32 `[6, 784]`; `w`, random weights, float32 `[784, 1]`; `a`, the chapter's `[2, 3]`.
    """
    threes = images[labels == 1][:MOST_STACKED]
    generator = torch.Generator().manual_seed(42)
    return {
        "img": torch.tensor(threes[0]),
        "stack3": image_tensor(threes),
        "x": image_tensor(images[:6]).view(-1, 28 * 28),
        "w": torch.randn(28 * 28, 1, generator=generator),
        "a": torch.tensor([[1, 2, 3], [4, 5, 6]]),
    }


def slope_by_torch(x: float) -> tuple[float, float]:
    """Return `x ** 2` and its gradient: the tensor remembers how it was computed."""
    xt = torch.tensor(x, requires_grad=True)
    yt = xt**2
    yt.backward()
    assert xt.grad is not None
    return yt.item(), xt.grad.item()


def slope_by_numpy(x: float) -> tuple[float, float | None]:
    """Return the same in NumPy: the number is right, but an array does not remember how it was computed."""
    y = np.array(x) ** 2
    return float(y), y.grad if hasattr(y, "grad") else None


def refusal(data: object) -> str:
    """Return torch's own error for lists that are not rectangular; empty if it accepts them."""
    try:
        torch.tensor(data)
    except (ValueError, TypeError) as error:
        return str(error)
    return ""


def device() -> str:
    """Return the type of device that torch can use here: `cuda` or Apple's `mps` for a GPU, else `cpu`."""
    return (found_gpu() or CPU).type
