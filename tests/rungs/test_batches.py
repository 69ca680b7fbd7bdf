"""Mini-batches of greys are those of floats, number for number."""

import pytest
import torch

from mnist37.data import Digits
from mnist37.rungs.base import grey_rows, stack_rows
from mnist37.rungs.batches import DataLoader

GATHERED = DataLoader.gathered
N = 2 * GATHERED + 50


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("batch_size", [1, 48, GATHERED, GATHERED + 1, 10 * N])
def test_greys_become_the_same_floats_in_the_same_order(batch_size: int, seed: int | None, embedded: Digits) -> None:
    images, labels = embedded.train_images[:N], embedded.train_labels[:N]
    (greys, y), (floats, _) = grey_rows(images, labels), stack_rows(images, labels)
    assert greys.dtype == torch.uint8
    batches = [DataLoader(x, y, batch_size, seed) for x in (greys, floats)]
    for _ in range(2):  # epochs
        read = [list(loader) for loader in batches]
        assert [len(xb) for xb, _ in read[0]] == [min(batch_size, N - at) for at in range(0, N, batch_size)]
        for (xb, yb), (expected, of_expected) in zip(*read, strict=True):
            assert torch.equal(xb, expected)
            assert torch.equal(yb, of_expected)
            assert xb.dtype == torch.float32


@pytest.mark.parametrize("batch_size", [7, GATHERED])
def test_each_epoch_has_an_order_of_its_own_that_the_seed_fixes(batch_size: int) -> None:
    items = torch.arange(N)

    def order(loader: DataLoader) -> list[int]:
        return torch.cat([xb for xb, _ in loader]).tolist()

    loader, again = (DataLoader(items, items, batch_size, shuffle_seed=5) for _ in range(2))
    first, second = order(loader), order(loader)
    assert first != second
    assert sorted(first) == sorted(second) == items.tolist()
    assert [order(again), order(again)] == [first, second]
