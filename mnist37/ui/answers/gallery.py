"""Validation digits as pictures with their label and a run's prediction."""

from collections.abc import Sequence

from mnist37.classes import a_digit
from mnist37.data import Digits
from mnist37.evaluation import Answers
from mnist37.ui.live.nodes import Picture, choose_picture
from mnist37.ui.live.pictures import digit_picture
from mnist37.ui.visit import OPENED_DIGIT
from mnist37.ui.widgets.numbers import short_number

SIZE = 64


def valid_picture(
    predictions: Answers, digits: Digits, index: int, size_px: int, *, with_loss: bool = False
) -> Picture:
    """Return a picture of one validation digit with its label and the run's prediction."""
    classes = predictions.classes
    is_a, called = classes.digit(int(predictions.labels[index])), predictions.digit_said(index)
    wrong = is_a != called
    caption = f"{is_a}→{called}" if wrong else f"{is_a} ✓"
    alt = f"{a_digit(is_a).capitalize()} that it calls {a_digit(called)}"
    if with_loss:
        loss = short_number(float(predictions.losses[index]))
        caption, alt = f"{caption} · {loss}", f"{alt}, loss {loss}"
    return digit_picture(digits.valid_images[index], size_px, caption, alt, str(index))


def gallery(predictions: Answers, digits: Digits, indices: Sequence[int], *, key: str, alt: str) -> None:
    """Show validation digits; a click opens one, see `opened_digit`."""
    pictures = [valid_picture(predictions, digits, index, SIZE, with_loss=True) for index in indices]
    opened = opened_digit()
    choose_picture(pictures, _open, key=key, alt=alt, chosen=None if opened is None else str(opened))


def opened_digit() -> int | None:
    """Return the index of the validation digit that this visitor opened."""
    return OPENED_DIGIT.get()


def _open(value: str) -> None:
    OPENED_DIGIT.set(int(value))
