"""Explanation of pixel similarity: the distance of an image to each of the two means, pixel by pixel."""

import streamlit as st

from mnist37.classes import Classes, a_digit
from mnist37.explain import Distances
from mnist37.ui.explanations.pixels import one_picture
from mnist37.ui.live.nodes import Picture, live_pictures
from mnist37.ui.live.pictures import ink_picture, scale_bar
from mnist37.ui.widgets.colours import diverging_png
from mnist37.ui.widgets.numbers import signed_decimal

SIZE = 128
NAMES = {"l1": "L1", "rmse": "RMSE"}


def distances(found: Distances, classes: Classes, key: str) -> None:
    """Show the image minus each mean, the two distances, and each ink pixel's share of their difference."""
    first, other = classes.digits
    less_first, less_other = (diverging_png(less, 1.0) for less in (found.less_first, found.less_other))
    pictures = [
        ink_picture(found.image, SIZE, "image", "The image in greys"),
        Picture(less_first, f"image − mean {first}", f"The image less the mean {first}", SIZE),
        Picture(less_other, f"image − mean {other}", f"The image less the mean {other}", SIZE),
        Picture(
            one_picture(found.shares),
            "what its ink is worth",
            f"What the ink speaks for: orange {a_digit(first)}, blue {a_digit(other)}",
            SIZE,
        ),
    ]
    live_pictures(pictures, key=f"{key}_distances", alt="The image, and what it has more or less than each mean")
    st.html(scale_bar(1.0))
    st.markdown(
        f"{NAMES[found.kind]} distance to the mean {first}: **{found.to_first:.4f}** · "
        f"to the mean {other}: **{found.to_other:.4f}** · so the mean {classes.answer(found.logit)} is nearer, "
        f"by **{abs(found.logit):.4f}** "
        f":small[:gray[· towards the mean {first}: paper alone {signed_decimal(found.paper, 4)}, the ink "
        f"{signed_decimal(float(found.shares.sum()), 4)}]]"
    )
    st.caption(
        "Orange where the image has more ink than the mean, blue where it has less; in the last picture, what the ink "
        f"of each pixel brings to the answer: orange for {a_digit(first)}, blue for {a_digit(other)}. "
        f"L1 is the mean of the absolute differences ({found.l1.to_first:.4f} and {found.l1.to_other:.4f}); "
        f"RMSE the root of the mean of their squares ({found.rmse.to_first:.4f} and {found.rmse.to_other:.4f})."
    )
