"""Two digits in order: each has one label."""

import numpy as np
import pytest

from mnist37.classes import ALL_TEN, THREE_OR_SEVEN, Classes
from mnist37.errors import SettingsError


@pytest.mark.parametrize("text", ["4,9", "4, 9", " 4 9 ", "49", "4;9", "4/9"])
def test_two_digits_are_read(text: str) -> None:
    classes = Classes.from_text(text)
    assert (classes.digits, str(classes), classes.words) == ((4, 9), "4,9", "4 or 9")
    assert Classes.from_text(str(classes)) == classes


@pytest.mark.parametrize("text", ["", "4", "4,4", "4,9,1", "4,10", "-4,9", "a,b", "٤,٩", "ten", None, 49, ["4", "9"]])
def test_anything_else_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(SettingsError, match=r"The digits are .*such as \"3,7\""):
        Classes.from_text(text)


def test_the_first_digit_is_what_a_model_says_yes_to() -> None:
    classes = Classes((9, 4))
    assert (classes.first, classes.other, classes.digit(1), classes.digit(0)) == (9, 4, 9, 4)
    assert (classes.answer(0.1), classes.answer(0.0), classes.answer(-0.1)) == (9, 4, 4)
    assert classes.digits_of(np.array([1, 0, 1], np.uint8)).tolist() == [9, 4, 9]
    assert (classes.is_ascending, THREE_OR_SEVEN.is_ascending) == (False, True)


@pytest.mark.parametrize("text", ["all", " All "])
def test_all_ten_are_read_and_each_is_its_own_label(text: str) -> None:
    classes = Classes.from_text(text)
    assert classes == ALL_TEN
    assert (str(classes), classes.words, classes.is_pair, classes.n_answers) == ("all", "0 to 9", False, 10)
    assert dict(classes.labels) == {digit: digit for digit in range(10)}
    assert [classes.digit(label) for label in range(10)] == list(range(10))
    assert classes.digits_of(np.array([7, 0, 9], np.uint8)).tolist() == [7, 0, 9]


def test_the_largest_of_ten_answers_counts() -> None:
    logits = np.full((3, 10), -5, np.float32)
    logits[0, 4], logits[1, 9], logits[2, 1] = -4, 2, np.nan
    assert ALL_TEN.said(logits).tolist() == [4, 9, 1]  # a nan counts as 0
    assert Classes((9, 4)).said(np.array([0.1, 0.0, -1], np.float32)).tolist() == [1, 0, 0]


@pytest.mark.parametrize("name", ["first", "other"])
def test_ten_digits_have_no_first_one(name: str) -> None:
    with pytest.raises(ValueError, match="unpack"):
        getattr(ALL_TEN, name)


def test_other_numbers_of_digits_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"The digits are 1, 2, 3\."):
        Classes((1, 2, 3))
