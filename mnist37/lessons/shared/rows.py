"""The digits as the chapter's tensors, for the lessons that train."""

from dataclasses import dataclass

from torch import Tensor

from mnist37.data import Digits
from mnist37.rungs.base import stack_rows


@dataclass(frozen=True, slots=True)
class Rows:
    """Training set and validation set as the chapter's tensors: x float32 `[N, 784]`, y float32 `[N, 1]`, 1 = three."""

    train_x: Tensor
    train_y: Tensor
    valid_x: Tensor
    valid_y: Tensor


def rows(digits: Digits) -> Rows:
    """Return all digits as rows."""
    train = stack_rows(digits.train_images, digits.train_labels)
    return Rows(*train, *stack_rows(digits.valid_images, digits.valid_labels))
