"""The Lab: choose a model, set it, train it, watch it learn."""

import streamlit as st

from mnist37.ui import start
from mnist37.ui.choose_run import choose_run
from mnist37.ui.controls import settings_controls, take_settings
from mnist37.ui.session import OPENED_BY_LINK, current_run, says_errors, train
from mnist37.ui.watch_run import watch_run


@says_errors
def lab() -> None:
    """Controls on the left, what happens on the right."""
    engine = start.engine()
    opened = current_run(engine)
    if opened == st.session_state.pop(OPENED_BY_LINK, None):
        take_settings(engine.info(opened).settings)
    controls, happening = st.columns([1, 3.2], gap="large")
    with controls:
        pressed = st.button("Train", type="primary", icon=":material/model_training:", width="stretch", key="train")
        settings = settings_controls()
        if pressed:
            train(engine, settings, start.digits())
        run_id = choose_run(engine, "Look at", key="lab_run")
    with happening:
        with st.container():  # one element, whatever it holds: the figures below keep their places
            if run_id == start.start().first_run:
                st.markdown("**Is it a 3 or a 7?** We trained this first model for you. Choose another, press Train.")
        watch_run(engine, run_id)


lab()
