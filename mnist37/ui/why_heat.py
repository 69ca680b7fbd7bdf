"""ResNet-18 looked into: which places spoke for a 3 or a 7 (Grad-CAM), and what its first layers found."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.explain import GradCam
from mnist37.ui.colours import grey_png, shared_limit
from mnist37.ui.live import Picture, live_pictures
from mnist37.ui.pictures import digit_picture, scale_bar
from mnist37.ui.why_pixels import one_picture, signed
from mnist37.ui.words import percent

SIZE, MAP_SIZE = 168, 34
STAGE_KEY = "heat_stage"

HEAT_HELP = (
    "Grad-CAM: each map of the stage is weighed by how much the answer rises with it, and all are added up. Orange "
    "places spoke for a 3, blue ones for a 7. It points, it does not account: the heat does not add up to the logit. "
    "Deeper stages see fewer, larger places: an image of 28 × 28 is only 1 × 1 in the last one."
)


def heat(found: GradCam, key: str, image: NDArray[np.uint8]) -> None:
    """The heat over the image, and the maps of the first layers."""
    side = found.heat.shape[0]
    pictures = [
        digit_picture(image, SIZE, "image", "The image in greys"),
        Picture(one_picture(found.heat), f"heat, {side} × {side}", "Places that spoke for a 3 or a 7", SIZE),
        Picture(one_picture(found.heat_28), "enlarged to 28 × 28", "The same, enlarged to the image", SIZE),
    ]
    live_pictures(pictures, key=f"{key}_heat", alt="Where the network looked")
    st.html(scale_bar(shared_limit(found.heat)))
    st.markdown(f"The logit: **{signed(found.logit)}** · its sigmoid: **{percent(found.prob_3)}** a 3")
    with st.expander("What its first layers found"):
        for name, maps in (("After the first convolution", found.first_maps), ("After layer 1", found.stage_1_maps)):
            channels, height, width = maps.shape
            st.markdown(f"**{name}** :small[:gray[· {channels} maps of {height} × {width}, brighter = found more]]")
            live_pictures(_maps(maps), key=f"{key}_{name}", alt=f"{name}: what each filter found")


def _maps(maps: NDArray[np.float32]) -> list[Picture]:
    """Each map in greys on its own scale, as their ranges differ a hundredfold."""
    peaks = maps.max((1, 2), keepdims=True)
    greys = (maps / np.where(peaks > 0, peaks, 1) * 255).round().astype(np.uint8)
    return [
        Picture(grey_png(grey), "", f"Filter {number}: at most {peak:.2f}", MAP_SIZE)
        for number, (grey, peak) in enumerate(zip(greys, peaks.ravel().tolist(), strict=True), start=1)
    ]
