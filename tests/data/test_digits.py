from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist37.data import Digits
from mnist37.data.packing import pack_arrays, unpack_arrays
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


def own_digits(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n, 28, 28), np.uint8), rng.integers(0, 2, n, np.uint8)


@given(st.integers(0, 6), st.integers(0, 6), st.randoms(use_true_random=False))
def test_own_digits_are_trained_on_and_never_held_out(first: int, second: int, random: Random) -> None:
    digits = make()
    mixed, drawn = digits, [own_digits(n, random.randrange(1000)) for n in (first, second)]
    for images, labels in drawn:
        mixed = mixed.with_own(images, labels)
    for again in (mixed, Digits.unpack(mixed.pack())):
        assert again.valid_images.tobytes() == digits.valid_images.tobytes()
        assert again.valid_labels.tobytes() == digits.valid_labels.tobytes()
        assert again.valid_fingerprint == digits.valid_fingerprint
        assert again.n_own == first + second
        for at, name in enumerate(("train_images", "train_labels")):
            expected = np.concatenate([getattr(digits, name), *(arrays[at] for arrays in drawn)])
            np.testing.assert_array_equal(getattr(again, name), expected, strict=True)
        assert (again.fingerprint == digits.fingerprint) == (first + second == 0)
        assert again.source == digits.source + (f", and {first + second} drawn here" if first + second else "")


def test_digits_that_were_packed_before_own_ones_existed_are_read() -> None:
    header, raw = unpack_arrays(make().pack(), 785)
    del header["own"]
    assert Digits.unpack(pack_arrays(header, raw)).n_own == 0


@pytest.mark.parametrize("n_own", [-1, 6, "1", None, 1.0, True])
def test_an_impossible_number_of_own_digits_is_refused(n_own: object) -> None:
    header, raw = unpack_arrays(make().pack(), 785)
    with pytest.raises(DataError):
        Digits.unpack(pack_arrays({**header, "own": n_own}, raw))


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
        good.with_own(images, labels)
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
