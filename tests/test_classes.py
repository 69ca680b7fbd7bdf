"""Two digits in order: each has one label."""

import numpy as np
import pytest

from mnist37.classes import THREE_OR_SEVEN, Classes
from mnist37.errors import SettingsError


@pytest.mark.parametrize("text", ["4,9", "4, 9", " 4 9 ", "49", "4;9", "4/9"])
def test_two_digits_are_read(text: str) -> None:
    classes = Classes.from_text(text)
    assert (classes.digits, str(classes), classes.words) == ((4, 9), "4,9", "4 or 9")
    assert Classes.from_text(str(classes)) == classes


@pytest.mark.parametrize("text", ["", "4", "4,4", "4,9,1", "4,10", "-4,9", "a,b", "٤,٩", "all", None, 49, ["4", "9"]])
def test_anything_else_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(SettingsError, match=r"The digits are .*such as \"3,7\""):
        Classes.from_text(text)


def test_the_first_digit_is_what_a_model_says_yes_to() -> None:
    classes = Classes((9, 4))
    assert (classes.first, classes.other, classes.digit(1), classes.digit(0)) == (9, 4, 9, 4)
    assert (classes.answer(0.1), classes.answer(0.0), classes.answer(-0.1)) == (9, 4, 4)
    assert classes.digits_of(np.array([1, 0, 1], np.uint8)).tolist() == [9, 4, 9]
    assert (classes.is_ascending, THREE_OR_SEVEN.is_ascending) == (False, True)
