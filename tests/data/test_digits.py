import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist37.data import Digits
from mnist37.errors import DataError

RNG = np.random.default_rng(0)


def make(n: int = 5, m: int = 3, source: str = "made up: ½") -> Digits:
    images = RNG.integers(0, 256, (n + m, 28, 28), np.uint8)
    labels = np.arange(n + m, dtype=np.uint8) % 2
    return Digits(images[:n], labels[:n], images[n:], labels[n:], source)


def test_counts() -> None:
    digits = make()
    assert (digits.n_train, digits.n_valid) == (5, 3)
    assert digits.counts() == {"train": {3: 2, 7: 3}, "valid": {3: 2, 7: 1}}


def test_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        make().train_images[0] = 0


@pytest.mark.parametrize("n", [0, 1, 5])
def test_packing_gives_the_same_digits(n: int) -> None:
    digits = make(n)
    again = Digits.unpack(digits.pack())
    for name in ("train_images", "train_labels", "valid_images", "valid_labels"):
        np.testing.assert_array_equal(getattr(again, name), getattr(digits, name))
    assert (again.source, again.fingerprint) == (digits.source, digits.fingerprint)


def test_fingerprint_depends_on_every_array_and_on_nothing_else() -> None:
    digits = make()
    arrays = [digits.train_images, digits.train_labels, digits.valid_images, digits.valid_labels]
    assert Digits(arrays[0], arrays[1], arrays[2], arrays[3], "elsewhere").fingerprint == digits.fingerprint
    for at in range(4):
        changed = [array.copy() for array in arrays]
        changed[at].flat[0] ^= 1
        assert Digits(changed[0], changed[1], changed[2], changed[3], "x").fingerprint != digits.fingerprint


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (np.zeros((2, 28, 28), np.float32), np.zeros(2, np.uint8)),
        (np.zeros((2, 784), np.uint8), np.zeros(2, np.uint8)),
        (np.zeros((2, 28, 28), np.uint8), np.zeros(3, np.uint8)),
        (np.zeros((2, 28, 28), np.uint8), np.zeros((2, 1), np.uint8)),
        (np.zeros((2, 28, 28), np.uint8), np.full(2, 3, np.uint8)),
    ],
)
def test_wrong_arrays_are_refused(images: np.ndarray, labels: np.ndarray) -> None:
    good = make()
    with pytest.raises(DataError):
        Digits(good.train_images, good.train_labels, images, labels, "x")


PACKED = make().pack()


@given(at=st.integers(0, len(PACKED) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_never_gives_other_digits(at: int, bit: int) -> None:
    damaged = bytearray(PACKED)
    damaged[at] ^= 1 << bit
    try:
        digits = Digits.unpack(bytes(damaged))
    except DataError:
        return
    assert digits.fingerprint == Digits.unpack(PACKED).fingerprint  # only the words of its source differ


@given(st.one_of(st.binary(max_size=200), st.integers(0, len(PACKED) - 1).map(lambda end: PACKED[:end])))
def test_other_or_fewer_bytes_are_refused(junk: bytes) -> None:
    with pytest.raises(DataError):
        Digits.unpack(junk)


def test_bytes_that_go_on_are_refused() -> None:
    with pytest.raises(DataError):
        Digits.unpack(PACKED + b"x")
