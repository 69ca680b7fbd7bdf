"""The digits as every other layer sees them: four arrays, where they came from, and a fingerprint.

This module knows neither files nor formats on disk; `packing` turns its arrays into bytes and back.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mnist37.data.packing import pack_arrays, unpack_arrays
from mnist37.errors import DataError

ARRAYS = ("train_images", "train_labels", "valid_images", "valid_labels")
SIDE = 28


@dataclass(frozen=True, eq=False)
class Digits:
    """Threes and sevens, split into what is trained on and what is held out.

    The arrays are read-only, because one set is shared by every visitor: copy before you change.

    Attributes:
        train_images: uint8 [N, 28, 28], 0 = paper, 255 = ink.
        train_labels: uint8 [N], 1 = three, 0 = seven (as in chapter 4 of the fastai book).
        valid_images: uint8 [M, 28, 28], as train_images.
        valid_labels: uint8 [M], as train_labels.
        source: where they came from, in words.

    Raises:
        DataError: an array has another shape or dtype, or a label is neither 0 nor 1.
    """

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    valid_images: NDArray[np.uint8]
    valid_labels: NDArray[np.uint8]
    source: str

    def __post_init__(self) -> None:
        """Check the arrays and make them read-only."""
        for split in ("train", "valid"):
            _check(split, getattr(self, f"{split}_images"), getattr(self, f"{split}_labels"))
        for name in ARRAYS:
            view = np.ascontiguousarray(getattr(self, name)).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @cached_property
    def fingerprint(self) -> str:
        """Sha256 (64 hex digits) over all four arrays: equal for equal digits, whatever they were read from."""
        digest = hashlib.sha256()
        for name in ARRAYS:
            array = getattr(self, name)
            digest.update(f"{name} {array.shape}\n".encode())
            digest.update(array)
        return digest.hexdigest()

    @property
    def n_train(self) -> int:
        """How many digits there are to train on."""
        return len(self.train_labels)

    @property
    def n_valid(self) -> int:
        """How many digits are held out."""
        return len(self.valid_labels)

    def counts(self) -> dict[str, dict[int, int]]:
        """How many of each there are, as `{"train": {3: …, 7: …}, "valid": {3: …, 7: …}}`."""
        labels = {"train": self.train_labels, "valid": self.valid_labels}
        return {split: {3: int((y == 1).sum()), 7: int((y == 0).sum())} for split, y in labels.items()}

    def pack(self) -> bytes:
        """The digits as compressed bytes (about a fifth of their size), to send to a worker or to keep.

        Returns:
            bytes that `Digits.unpack` turns back into equal digits; there is no pickle in them.
        """
        header = {"source": self.source, "fingerprint": self.fingerprint, "train": self.n_train, "valid": self.n_valid}
        return pack_arrays(header, b"".join(getattr(self, name).tobytes() for name in ARRAYS))

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Read what `pack` wrote.

        Args:
            packed: bytes from `pack`.

        Returns:
            The same digits, held against their fingerprint.

        Raises:
            DataError: the bytes are damaged or are something else.
        """
        header, raw = unpack_arrays(packed, bytes_per_digit=SIDE * SIDE + 1)
        pixels = np.frombuffer(raw, np.uint8)
        n, m = header["train"], header["valid"]
        cuts = np.cumsum([n * SIDE * SIDE, n, m * SIDE * SIDE])
        train_images, train_labels, valid_images, valid_labels = np.split(pixels, cuts)
        shape = (-1, SIDE, SIDE)
        digits = cls(
            train_images.reshape(n, *shape[1:]), train_labels, valid_images.reshape(m, *shape[1:]), valid_labels,
            str(header["source"]),
        )  # fmt: skip
        if digits.fingerprint != header["fingerprint"]:
            raise DataError("The packed digits do not match their fingerprint.", "Load the digits again.")
        return digits


def _check(split: str, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
    n = len(labels)
    for name, array, shape in ((f"{split}_images", images, (n, SIDE, SIDE)), (f"{split}_labels", labels, (n,))):
        if array.dtype != np.uint8 or array.shape != shape:
            raise DataError(
                f"{name} is {array.dtype} {list(array.shape)}, but uint8 {list(shape)} was expected.",
                "Give one 28x28 image for each label.",
            )
    if n and labels.max() > 1:
        raise DataError(f"{split}_labels holds {labels.max()}.", "Label a three 1 and a seven 0.")
