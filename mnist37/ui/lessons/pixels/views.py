"""Lesson 1: three views of a digit: its greys, tensors of one and of many digits, and the mean that it is nearer to."""

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor

from mnist37.data import Digits
from mnist37.rungs import image_tensor
from mnist37.rungs.pixel_similarity import is_3_by, l1_distance, rmse_distance
from mnist37.ui.lessons.pixels.choice import N
from mnist37.ui.lessons.pixels.data import LARGEST, Stacks, largest_shares, scores, stacks
from mnist37.ui.lessons.pixels.figure import Crop, greys_table
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.live.pictures import ink_picture, scale_bar
from mnist37.ui.shell.session import keep
from mnist37.ui.shell.who import is_phone
from mnist37.ui.widgets.colours import diverging_png
from mnist37.ui.widgets.numbers import percent
from mnist37.ui.widgets.words import digit_word

ROWS, COLUMNS, FLOATS = "pixels_rows", "pixels_columns", "pixels_floats"
STEPS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
IN_STACK, STACK_SIZE, MEAN_SIZE, COMPARED_SIZE = 4, 40, 112, 106


def chosen_crop() -> Crop:
    """Return the part that the sliders choose; it is empty where both ends are equal."""
    return Crop(*keep(ROWS, (4, 16)), *keep(COLUMNS, (10, 21)))


def chosen_n(all_of: Stacks) -> int:
    """Return the number of digits of each stack that the means are computed from."""
    return min(int(keep(N, all_of.most)), all_of.most)


def greys(image: NDArray[np.uint8]) -> None:
    """Show a part of the digit as a table of numbers."""
    crop = chosen_crop()
    keep(FLOATS, False)
    rows, columns = st.columns(2, gap="medium")
    rows.slider("Rows", 0, 28, key=ROWS)
    columns.slider("Columns", 0, 28, key=COLUMNS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"`{crop.words}` :small[:gray[· shape {list(crop.of(image).shape)}]]", width="content")
        as_floats = st.toggle("in [0, 1]", key=FLOATS, help="Each grey divided by 255, as the models get it.")
    if crop.of(image).size:
        st.html(greys_table(image, crop, as_floats=as_floats))
    else:
        st.caption("An empty slice: from one row or column to just before the same one there is nothing.")


def tensors(image: NDArray[np.uint8], all_of: Stacks, n: int) -> None:
    """Show rank, shape and dtype of one digit, of a stack and of its mean."""
    digit = torch.tensor(image)
    mean3, mean7 = all_of.means(n)
    st.markdown(
        "\n".join(
            [
                "| tensor | rank | shape | dtype |",
                "| --- | --- | --- | --- |",
                _row("digit[14, 14]", digit[14, 14]),
                _row("digit", digit),
                _row("digit / 255", digit / 255),
                _row("stacked_threes", all_of.threes),
                _row("mean3", mean3),
            ]
        )
    )
    how_many(all_of)
    for place, kind, stacked, mean in zip(
        st.columns(2), (3, 7), (all_of.threes, all_of.sevens), (mean3, mean7), strict=True
    ):
        with place:
            live_pictures(
                [*_some_of(stacked[:n], kind), _mean_picture(mean, kind, MEAN_SIZE)],
                key=f"pixels_stack_{kind}",
                alt=f"Some {kind}s of the stack, and the mean {kind}",
            )


def _row(name: str, tensor: Tensor) -> str:
    shape, dtype = str(list(tensor.shape)).replace(" ", "\N{NO-BREAK SPACE}"), str(tensor.dtype).removeprefix("torch.")
    return f"| `{name}` | {tensor.ndim} | `{shape}` | {dtype} |"


def _some_of(stacked: Tensor, digit: int) -> list[Picture]:
    """Return pictures of the first few of a stack; the last caption has the stack's size."""
    shown = stacked[:IN_STACK]
    captions = [*[""] * (len(shown) - 1), f"… {len(stacked)}"]
    return [
        ink_picture(image.numpy(), STACK_SIZE, caption, f"A {digit} of the stack")
        for image, caption in zip(shown, captions, strict=True)
    ]


def _mean_picture(mean: Tensor, digit: int, size_px: int) -> Picture:
    return ink_picture(mean.numpy(), size_px, f"mean {digit}", f"The mean {digit}, in greys")


def how_many(all_of: Stacks) -> None:
    """Show the slider for the means: from one digit to all of them."""
    options = [*(step for step in STEPS if step < all_of.most), all_of.most]
    st.select_slider(
        "Means of the first … digits of each stack",
        options,
        key=N,
        help="The mean of one digit is that digit; the mean of many is blurred where they differ.",
    )


def compared(image: NDArray[np.uint8], label: int, digits: Digits, n: int) -> None:
    """Show the distance to both means, pixel by pixel and as one number, and the accuracy of both distances."""
    all_of = stacks(digits)
    x, means = image_tensor(image), all_of.means(n)
    pictures: list[Picture] = []
    for digit, mean in zip((3, 7), means, strict=True):
        pictures += [_mean_picture(mean, digit, _compared_size()), _difference(x - mean, f"digit − mean {digit}")]
    live_pictures(
        pictures, key="pixels_differences", alt="What the digit has more (orange) or less (blue) than each mean"
    )
    st.html(scale_bar(1.0))
    st.markdown(_distances(x, label, means))
    found = scores(digits, n)
    st.markdown(
        f"Of all {digits.n_valid:,} validation digits, the nearer mean is right for **{percent(found.l1)}** by L1 and "
        f"for **{percent(found.rmse)}** by RMSE; on {len(found.disagree)} of them the two disagree."
    )
    how_many(all_of)


def _difference(less: Tensor, caption: str) -> Picture:
    alt = f"{caption}: orange where the digit has more ink, blue where it has less"
    return Picture(diverging_png(less.numpy(), 1.0), caption, alt, _compared_size())


def _compared_size() -> int:
    """Return the size in pixels: four pictures to a row, on a phone two."""
    return 150 if is_phone() else COMPARED_SIZE


def _distances(x: Tensor, label: int, means: tuple[Tensor, Tensor]) -> str:
    """Return both distances to both means as a Markdown table."""
    rows = [f"| distance | to mean 3 | to mean 7 | nearer | its {LARGEST} largest |", "| --- | --- | --- | --- | --- |"]
    for name, distance, share in zip(
        ("L1", "RMSE"), (l1_distance, rmse_distance), largest_shares(x, means[0]), strict=True
    ):
        to_3, to_7 = (distance(x, mean).item() for mean in means)
        nearer = digit_word(is_3_by(x, *means, distance) > 0)
        verdict = "✓" if nearer == digit_word(label) else "✗ wrong"
        rows.append(f"| {name} | {to_3:.4f} | {to_7:.4f} | **{nearer}** {verdict} | {percent(share.item())} |")
    return "\n".join(rows)
