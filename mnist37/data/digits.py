"""The digits that every other layer uses: four arrays, their source, and a fingerprint.

Nothing here depends on files or formats on disk; `packing` turns the arrays into bytes and back.
"""

import dataclasses
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.data.packing import pack_arrays, unpack_arrays
from mnist37.errors import DataError, SettingsError

ARRAYS = ("train_images", "train_labels", "valid_images", "valid_labels")
SIDE = 28


@dataclass(frozen=True, eq=False)
class Digits:
    """Digits of two classes, or of ten, split into a training set and a validation set.

    The arrays are read-only, because all visitors share one set: copy them before you change them.

    Attributes:
        train_images: uint8 [N, 28, 28], 0 = paper, 255 = ink.
        train_labels: uint8 [N]; of two classes 1 = the first digit, 0 = the other one (as in the fastai book), of
            ten the digit itself.
        valid_images: uint8 [M, 28, 28], as train_images.
        valid_labels: uint8 [M], as train_labels.
        source: the source of the digits, in words.
        n_own: how many of the train digits a visitor drew here; they are the last ones.
        classes: the two digits, or all ten.

    Raises:
        DataError: an array has another shape or dtype, a label is not that of a class, or there are fewer than `n_own`.
    """

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    valid_images: NDArray[np.uint8]
    valid_labels: NDArray[np.uint8]
    source: str
    n_own: int = 0
    classes: Classes = THREE_OR_SEVEN

    def __post_init__(self) -> None:
        """Check the arrays and make them read-only."""
        for split in ("train", "valid"):
            _check(split, getattr(self, f"{split}_images"), getattr(self, f"{split}_labels"), self.classes)
        if not 0 <= self.n_own <= self.n_train:
            raise DataError(
                f"{self.n_own} of {self.n_train} train digits cannot be own ones.", "Load the digits again."
            )
        for name in ARRAYS:
            view = np.ascontiguousarray(getattr(self, name)).view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 (64 hex digits) over classes and arrays: equal for equal digits, whatever their source."""
        return self._digest(ARRAYS)

    @cached_property
    def valid_fingerprint(self) -> str:
        """The same over the validation set alone: accuracies are comparable where it is equal."""
        return self._digest(ARRAYS[2:])

    @property
    def fingerprints(self) -> tuple[str, str]:
        """The fingerprints of the validation set and of all; a run stores the first, an old run the second."""
        return self.valid_fingerprint, self.fingerprint

    @property
    def larger_share(self) -> float:
        """The share of the most frequent digit in the validation set; if the set is empty, that of each digit.

        It is the accuracy of always predicting that digit.
        """
        if not self.n_valid:
            return 1 / len(self.classes.digits)
        return float(np.bincount(self.valid_labels).max()) / self.n_valid

    def _digest(self, names: Iterable[str]) -> str:
        digest = hashlib.sha256(b"" if self.classes == THREE_OR_SEVEN else f"{self.classes}\n".encode())
        for name in names:
            array = getattr(self, name)
            digest.update(f"{name} {array.shape}\n".encode())
            digest.update(array)
        return digest.hexdigest()

    def with_own(self, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Self:
        """Return these digits with the visitor's own appended to the training set; the validation set stays the same.

        Args:
            images: uint8 [N, 28, 28].
            labels: uint8 [N], as `train_labels`.

        Returns:
            New digits with another source and fingerprint; equal ones where N is 0.

        Raises:
            DataError: an array has another shape or dtype.
        """
        _check("own", images, labels, self.classes)
        if not len(labels):
            return self
        n_own = self.n_own + len(labels)
        return dataclasses.replace(
            self,
            train_images=np.concatenate([self.train_images, images]),
            train_labels=np.concatenate([self.train_labels, labels]),
            source=f"{self.source.removesuffix(_own_words(self.n_own))}{_own_words(n_own)}",
            n_own=n_own,
        )

    @property
    def n_train(self) -> int:
        """The number of digits in the training set."""
        return len(self.train_labels)

    @property
    def n_valid(self) -> int:
        """The number of digits in the validation set."""
        return len(self.valid_labels)

    def counts(self) -> dict[str, dict[int, int]]:
        """Return the number of each digit, such as `{"train": {3: …, 7: …}, "valid": {3: …, 7: …}}`."""
        labels = {"train": self.train_labels, "valid": self.valid_labels}
        return {
            split: {digit: int((y == label).sum()) for digit, label in self.classes.labels.items()}
            for split, y in labels.items()
        }

    def pack(self) -> bytes:
        """Return the digits as compressed bytes (about a fifth of their size), to send to a worker or to keep.

        Returns:
            Bytes that `Digits.unpack` turns back into equal digits; they contain no pickle. They are made once, which
            takes 0.6 s for all of MNIST.
        """
        return self._packed

    @cached_property
    def _packed(self) -> bytes:
        header = {"source": self.source, "fingerprint": self.fingerprint, "train": self.n_train, "valid": self.n_valid}
        header |= {"own": self.n_own, "classes": str(self.classes)}
        return pack_arrays(header, b"".join(getattr(self, name).tobytes() for name in ARRAYS))

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Return the digits that `pack` packed.

        Args:
            packed: bytes from `pack`.

        Returns:
            The same digits, checked against their fingerprint.

        Raises:
            DataError: the bytes are damaged or are something else.
        """
        header, raw = unpack_arrays(packed, bytes_per_digit=SIDE * SIDE + 1)
        pixels = np.frombuffer(raw, np.uint8)
        n, m, n_own = header["train"], header["valid"], header.get("own", 0)
        if type(n_own) is not int:
            raise DataError("The packed digits are damaged (a number is none).", "Load the digits again.")
        cuts = np.cumsum([n * SIDE * SIDE, n, m * SIDE * SIDE])
        train_images, train_labels, valid_images, valid_labels = np.split(pixels, cuts)
        shape = (-1, SIDE, SIDE)
        digits = cls(
            train_images.reshape(n, *shape[1:]), train_labels, valid_images.reshape(m, *shape[1:]), valid_labels,
            str(header["source"]), n_own, _classes(header.get("classes", str(THREE_OR_SEVEN))),
        )  # fmt: skip
        if digits.fingerprint != header["fingerprint"]:
            raise DataError("The packed digits do not match their fingerprint.", "Load the digits again.")
        return digits


def _classes(text: Any) -> Classes:
    try:
        return Classes.from_text(text)
    except SettingsError as error:
        raise DataError("The packed digits are damaged (their classes are none).", "Load the digits again.") from error


def _own_words(n_own: int) -> str:
    return f", and {n_own} drawn here" if n_own else ""


def _check(split: str, images: NDArray[np.uint8], labels: NDArray[np.uint8], classes: Classes) -> None:
    n = len(labels)
    for name, array, shape in ((f"{split}_images", images, (n, SIDE, SIDE)), (f"{split}_labels", labels, (n,))):
        if array.dtype != np.uint8 or array.shape != shape:
            raise DataError(
                f"{name} is {array.dtype} {list(array.shape)}, but uint8 {list(shape)} was expected.",
                "Give one 28x28 image for each label.",
            )
    if n and labels.max() >= len(classes.digits):
        remedy = "Label the first digit 1 and the other one 0." if classes.is_pair else "Label each digit with itself."
        raise DataError(f"{split}_labels holds {labels.max()}.", remedy)
