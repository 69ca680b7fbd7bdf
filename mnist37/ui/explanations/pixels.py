"""Explanation of a linear model's answer: image × weights, pixel by pixel, and their sum."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from mnist37.classes import Classes, a_digit
from mnist37.explain import PixelShares, WeighedPixels
from mnist37.ui.explanations.pair import TwoDigits
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.live.pictures import ink_picture, scale_bar
from mnist37.ui.widgets.colours import diverging_png, shared_limit
from mnist37.ui.widgets.numbers import signed_decimal

SIZE = 168


def pixel_shares(shares: PixelShares, model: TwoDigits, key: str) -> None:
    """Show three pictures, and the sum with all its terms."""
    classes = model.classes
    live_pictures(
        factors(shares, SIZE, classes), key=f"{key}_pixels", alt="The image times the weights gives each pixel's share"
    )
    st.html(scale_bar(shared_limit(shares.shares)))
    st.markdown(
        f"Orange, for {a_digit(classes.first)}: **{signed_decimal(shares.for_first)}** · "
        f"blue, for {a_digit(classes.other)}: **{signed_decimal(shares.for_other)}** · "
        f"bias: **{signed_decimal(shares.bias)}** · together, {model.logit_words}: "
        f"**{signed_decimal(shares.logit)}** · {model.prob_words(shares.prob_first)}"
    )
    with st.expander("Every pixel, to add up"):
        st.dataframe(pixel_table(shares), hide_index=True, height=260)
        st.caption(
            f"The products add up to {signed_decimal(shares.for_first + shares.for_other, 4)}; "
            f"the bias makes it {model.logit_words}."
        )


def factors(shares: WeighedPixels, size_px: int, classes: Classes) -> list[Picture]:
    """Return pictures of the image, the weights, and their product, the latter two in blue and orange."""
    colours = f"orange for {a_digit(classes.first)} and blue for {a_digit(classes.other)}"
    weights, product = (one_picture(array) for array in (shares.weights, shares.shares))
    return [
        ink_picture(shares.image, size_px, "image ×", "The image in greys"),
        Picture(weights, "weights =", f"The weights, {colours}", size_px),
        Picture(product, "each pixel's share", f"Each pixel's share: {colours}", size_px),
    ]


def one_picture(values: NDArray[np.float32]) -> bytes:
    """Return one signed picture on its own scale, as a PNG."""
    return diverging_png(values, shared_limit(values))


def pixel_table(shares: PixelShares) -> pd.DataFrame:
    """Return every pixel with ink: its place, its grey in [0, 1], its weight and their product; the largest first."""
    rows, columns = np.nonzero(shares.image)
    table = pd.DataFrame(
        {
            "row": rows,
            "column": columns,
            "ink": shares.image[rows, columns],
            "weight": shares.weights[rows, columns],
            "ink × weight": shares.shares[rows, columns],
        }
    )
    return table.sort_values("ink × weight", key=lambda column: -column.abs())
