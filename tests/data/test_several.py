"""Several digits in one picture: found in reading order, and cut out without their neighbours."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mnist37.data import Digits, cut_digits, find_digits, ink_from_image, to_mnist


def strokes(*lines: list[tuple[int, int]], size: tuple[int, int] = (300, 200), width: int = 10) -> np.ndarray:
    image = Image.new("L", size)
    for line in lines:
        ImageDraw.Draw(image).line(line, fill=255, width=width)
    return np.array(image)


def test_a_blank_picture_has_none() -> None:
    blank = np.zeros((50, 60), np.uint8)
    assert find_digits(blank) == ()
    assert cut_digits(blank, ()) == ()


def test_boxes_come_in_reading_order(embedded: Digits) -> None:
    paper = np.zeros((3 * 28, 4 * 28), np.uint8)
    threes = embedded.valid_images[embedded.valid_labels == 1][:12]
    for number, image in enumerate(threes):
        row, column = divmod(number, 4)
        paper[row * 28 : row * 28 + 28, column * 28 : column * 28 + 28] = image
    boxes = find_digits(paper.repeat(4, 0).repeat(4, 1))
    assert [(top // 112, left // 112) for left, top, _, _ in boxes] == [divmod(number, 4) for number in range(12)]


@pytest.mark.parametrize("factor", [2, 8])
def test_one_digit_is_one(embedded: Digits, factor: int) -> None:
    images = embedded.valid_images
    split = sum(len(find_digits(image.repeat(factor, 0).repeat(factor, 1))) != 1 for image in images)
    assert split <= len(images) // 50


@pytest.mark.parametrize("link", [0, 80])
def test_strokes_one_above_the_other_are_one_digit_if_faint_ink_links_them(link: int) -> None:
    drawn = np.zeros((60, 40), np.uint8)
    drawn[5:28, 12:28] = drawn[31:55, 12:28] = 255
    drawn[28:31, 18:22] = link
    assert len(find_digits(drawn)) == (1 if link else 2)


def test_a_flat_stroke_above_another_is_its_bar_and_a_thin_trace_beside_it_is_none() -> None:
    drawn = strokes([(100, 40), (150, 40)], [(150, 68), (90, 170), (180, 170)], width=14)
    assert len(find_digits(drawn)) == 1
    drawn[90:150, 250:252] = 255
    assert len(find_digits(drawn)) == 1


def test_a_digit_is_cut_out_without_the_neighbour_that_reaches_into_its_box() -> None:
    slanted = strokes([(20, 20), (120, 20), (60, 180)], [(150, 30), (230, 30), (105, 180)], size=(270, 200))
    boxes = find_digits(slanted)
    assert len(boxes) == 2
    assert boxes[1][0] < boxes[0][2]  # they overlap
    for cut, alone in zip(
        cut_digits(slanted, boxes),
        (
            strokes([(20, 20), (120, 20), (60, 180)], size=(270, 200)),
            strokes([(150, 30), (230, 30), (105, 180)], size=(270, 200)),
        ),
        strict=True,
    ):
        np.testing.assert_array_equal(to_mnist(cut).image, to_mnist(alone).image)


def test_a_digit_that_is_cut_out_is_as_good_as_alone(embedded: Digits) -> None:
    """Side by side on paper, each comes out as it does by itself, but for the soft edges of enlarged pixels."""
    pair = [embedded.valid_images[np.flatnonzero(embedded.valid_labels == label)[0]] for label in (1, 0)]
    paper = np.concatenate([Image.fromarray(255 - image).resize((280, 280)) for image in pair], axis=1)
    ink = ink_from_image(Image.fromarray(paper))
    boxes = find_digits(ink)
    assert len(boxes) == 2
    for image, cut in zip(pair, cut_digits(ink, boxes), strict=True):
        assert cut.dtype == np.uint8
        assert np.abs(to_mnist(cut).image.astype(int) - image).mean() < 8
