"""Weights: any run's first layer as pictures, beside the mean 3 and the mean 7."""

import streamlit as st

from mnist37.ui.page import heading, run_page
from mnist37.ui.runs.choose_run import choose_run
from mnist37.ui.shell import start
from mnist37.ui.weights.watch_weights import mean_digits, watch_weights


def weights() -> None:
    """The chosen run's pictures, and what to compare them with."""
    engine = start.engine()
    heading("Weights", "what a model has learned, as pictures")
    run_id = choose_run(engine, "Run", key="weights_run")
    layer, means = st.columns([3, 1], gap="large")
    with layer:
        watch_weights(engine, run_id)
    with means:
        mean_digits(start.digits())


run_page(weights)
