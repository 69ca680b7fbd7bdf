"""What training says when there is not enough memory."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from mnist37.errors import OutOfMemory

WORDS_OF_TORCH = "you tried to allocate"
"""A part of the message of torch's allocator for the CPU, which raises a plain RuntimeError."""


@contextmanager
def names_lack_of_memory() -> Iterator[None]:
    """Raise an error with a remedy where Python, numpy or torch gets no more memory.

    Raises:
        OutOfMemory: the block needs more than there is.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        is_torch = isinstance(error, torch.OutOfMemoryError) or WORDS_OF_TORCH in str(error)
        if not isinstance(error, MemoryError) and not is_torch:
            raise
        raise OutOfMemory(
            "There was not enough memory to train.",
            "What was learned until then is shown. Take a smaller batch size or fewer hidden units, or train when "
            "fewer runs are under way.",
        ) from error
