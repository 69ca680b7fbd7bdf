"""Mini-batches as slices of one shuffled tensor: the chapter's `DataLoader` without a Python list of samples."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class DataLoader:
    """Yields `(xb, yb)`, in a new random order for each epoch if a seed is given.

    Args:
        x: `[N, ...]`; greys (uint8) become floats in [0, 1] in their batch, so that they take a quarter of the memory.
        y: `[N, ...]`.
        batch_size: items in a mini-batch; the last one may be smaller.
        shuffle_seed: fixes the orders of all epochs; None keeps the order of `x`.
    """

    gathered = 256
    """Items that are picked out of a shuffled set at a time, for several mini-batches where those are smaller."""

    def __init__(self, x: Tensor, y: Tensor, batch_size: int, shuffle_seed: int | None = None) -> None:
        self.x, self.y, self.batch_size = x, y, batch_size
        self.order = None if shuffle_seed is None else torch.Generator().manual_seed(shuffle_seed)

    def to(self, device: torch.device) -> "DataLoader":
        """Keep all items on this device from now on: moved once, not batch by batch."""
        self.x, self.y = self.x.to(device), self.y.to(device)
        return self

    def __len__(self) -> int:
        return math.ceil(len(self.x) / self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        size = self.batch_size
        if self.order is None:
            for xb, yb in zip(self.x.split(size), self.y.split(size), strict=True):
                yield as_floats(xb), yb
            return
        shuffled = torch.randperm(len(self.x), generator=self.order).to(self.x.device)
        for some in shuffled.split(max(1, self.gathered // size) * size):  # a shuffled copy of all at once costs more
            x, y = as_floats(self.x.index_select(0, some)), self.y.index_select(0, some)
            yield from zip(x.split(size), y.split(size), strict=True)


def as_floats(x: Tensor) -> Tensor:
    """Return greys, uint8 `[...]`, as float32 `[...]` in [0, 1]; floats as they are."""
    return x.float().div_(255) if x.dtype == torch.uint8 else x  # in place: the float copy is the large one


def spread(n: int, most: int) -> NDArray[np.int64]:
    """Return at most `most` indices below `n`, evenly spread, ascending, int64 `[min(n, most)]`."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).round().astype(np.int64)
