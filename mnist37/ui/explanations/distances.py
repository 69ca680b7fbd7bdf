"""Explanation of pixel similarity: the distance of an image to each of the two means, pixel by pixel."""

import streamlit as st

from mnist37.explain import Distances
from mnist37.ui.explanations.pixels import one_picture
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.live.pictures import ink_picture, scale_bar
from mnist37.ui.widgets.colours import diverging_png
from mnist37.ui.widgets.numbers import signed_decimal

SIZE = 128
NAMES = {"l1": "L1", "rmse": "RMSE"}


def distances(found: Distances, key: str) -> None:
    """Show the image minus each mean, the two distances, and each ink pixel's share of their difference."""
    less_3, less_7 = (diverging_png(less, 1.0) for less in (found.less_3, found.less_7))
    pictures = [
        ink_picture(found.image, SIZE, "image", "The image in greys"),
        Picture(less_3, "image − mean 3", "The image less the mean 3", SIZE),
        Picture(less_7, "image − mean 7", "The image less the mean 7", SIZE),
        Picture(
            one_picture(found.shares), "what its ink is worth", "What the ink speaks for: orange a 3, blue a 7", SIZE
        ),
    ]
    live_pictures(pictures, key=f"{key}_distances", alt="The image, and what it has more or less than each mean")
    st.html(scale_bar(1.0))
    nearer = 3 if found.logit > 0 else 7
    st.markdown(
        f"{NAMES[found.kind]} distance to the mean 3: **{found.to_3:.4f}** · to the mean 7: **{found.to_7:.4f}** · "
        f"so the mean {nearer} is nearer, by **{abs(found.logit):.4f}** "
        f":small[:gray[· towards the mean 3: paper alone {signed_decimal(found.paper, 4)}, the ink "
        f"{signed_decimal(float(found.shares.sum()), 4)}]]"
    )
    st.caption(
        "Orange where the image has more ink than the mean, blue where it has less; in the last picture, what the ink "
        "of each pixel brings to the answer: orange for a 3, blue for a 7. "
        f"L1 is the mean of the absolute differences ({found.l1.to_3:.4f} and {found.l1.to_7:.4f}); "
        f"RMSE the root of the mean of their squares ({found.rmse.to_3:.4f} and {found.rmse.to_7:.4f})."
    )
