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
        x: `[N, ...]`.
        y: `[N, ...]`.
        batch_size: items in a mini-batch; the last one may be smaller.
        shuffle_seed: fixes the orders of all epochs; None keeps the order of `x`.
    """

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
        if self.order is None:
            yield from zip(self.x.split(self.batch_size), self.y.split(self.batch_size), strict=True)
            return
        shuffled = torch.randperm(len(self.x), generator=self.order).to(self.x.device)
        for batch in shuffled.split(self.batch_size):  # each as it is needed: a shuffled copy of all costs more
            yield self.x.index_select(0, batch), self.y.index_select(0, batch)


def spread(n: int, most: int) -> NDArray[np.int64]:
    """Return at most `most` indices below `n`, evenly spread, ascending, int64 `[min(n, most)]`."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).round().astype(np.int64)
