"""Compare: all runs that are kept, side by side, and the ladder that they climb."""

import streamlit as st

from mnist37.ui.compare.compare import compare
from mnist37.ui.page import heading, run_page
from mnist37.ui.runs.takeaway import import_run
from mnist37.ui.shell import start
from mnist37.ui.shell.session import look_at


def compare_runs() -> None:
    """The table, the curves, the ladder."""
    engine = start.engine()
    heading("Compare", "all runs that are kept, side by side")
    compare(engine, start.digits())
    with st.expander("Import a run", icon=":material/upload:"):
        brought = import_run(engine)
    if brought:
        look_at(brought)
        st.rerun()


run_page(compare_runs)
