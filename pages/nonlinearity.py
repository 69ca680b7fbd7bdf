"""Stub."""

import streamlit as st

from mnist37.rungs import settings_for
from mnist37.ui.lessons.frame import Closing, TryIt, run_lesson
from mnist37.ui.lessons.question import Question


def show() -> Closing:
    st.write("here")
    return Closing(
        (settings_for,),
        Question("What?", ("a", "b"), "a", "Because.", "Look."),
        TryIt("lr 1", "simple-net", {"lr": 1.0}),
    )


run_lesson("nonlinearity", show)
