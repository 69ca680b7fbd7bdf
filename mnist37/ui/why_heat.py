"""ResNet-18 looked into: what its ink is worth to it, where Grad-CAM points, and what its first layers found."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.explain import GradCam, Occlusion
from mnist37.ui.colours import grey_png
from mnist37.ui.live import Picture, live_pictures
from mnist37.ui.pictures import digit_picture
from mnist37.ui.why_pixels import one_picture, signed
from mnist37.ui.words import percent

SIZE, MAP_SIZE = 168, 34
STAGE_KEY = "heat_stage"

HEAT_HELP = (
    "Grad-CAM: each map of the stage is weighed by how much the answer rises with it on the whole, and all are added "
    "up; beside it each place is weighed by its own gradient (HiResCAM). Both point, neither accounts, and where they "
    "disagree with what covering the ink does, believe the covering. Deeper stages see fewer, larger places: an image "
    "of 28 × 28 is only 1 × 1 in the last one."
)


def heat(found: GradCam, covered: Occlusion, image: NDArray[np.uint8], key: str) -> None:
    """What happens without each patch of ink, where the gradient points, and the maps of the first layers."""
    side = found.heat.shape[0]
    pictures = [
        digit_picture(image, SIZE, "image", "The image in greys"),
        Picture(one_picture(covered.heat_28), "what its ink is worth", "How much the logit falls without it", SIZE),
        Picture(one_picture(found.heat_28), f"Grad-CAM, {side} × {side}", "Grad-CAM, enlarged to the image", SIZE),
        Picture(one_picture(found.heat_by_place_28), "the same by place", "HiResCAM, enlarged to the image", SIZE),
    ]
    live_pictures(pictures, key=f"{key}_heat", alt="Where the answer comes from")
    st.markdown(
        f"The logit: **{signed(found.logit)}** · its sigmoid: **{percent(found.prob_3)}** a 3 "
        f":small[:gray[· covering one patch moves the logit by up to {np.abs(covered.heat).max():.2f}]]"
    )
    st.caption(
        "Orange speaks for a 3, blue for a 7, each picture on its own scale. The second one is what really happens: a "
        "patch of 4 × 4 pixels is covered with paper and the network is asked again. The gradient's pictures are hints."
    )
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
