"""Where an answer comes from: each kind of model is taken apart in the way that it can be."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mnist37.engine import Engine
from mnist37.explain import Distances, FeatureMaps, Occlusion, PixelShares, UnitShares, explain
from mnist37.ui.explanations.change import changes, covered
from mnist37.ui.explanations.deep import ink_worth, layers
from mnist37.ui.explanations.distances import distances
from mnist37.ui.explanations.pair import choose_pair, two_digits
from mnist37.ui.explanations.pixels import pixel_shares
from mnist37.ui.explanations.units import unit_shares


def why(engine: Engine, run_id: str, image: NDArray[np.uint8], key: str) -> None:
    """Explain a run's answer to an image, and offer changes of it.

    Args:
        engine: knows the runs.
        run_id: who answered.
        image: uint8 `[28, 28]`, ink is bright.
        key: a name for the place on the page, unique in the app.
    """
    pair = choose_pair(engine, run_id, image, key)
    model = two_digits(engine, run_id, pair) if pair is not None else None
    if pair is None or model is None:
        st.caption("So large a model can be looked into when it is done.")
        return
    found = explain(model.settings, model.weights, image)
    match found:
        case PixelShares():
            pixel_shares(found, model, key)
        case UnitShares():
            unit_shares(found, model, key)
        case Distances():
            distances(found, model.classes, key)
        case FeatureMaps():
            ink_worth(covered(engine, run_id, image, pair), image, model, key)
            layers(found, key)
        case Occlusion():
            ink_worth(found, image, model, key)
    changes(engine, run_id, image, pair, key)
