"""An event that arrives while another one is applied: both count."""

from streamlit.testing.v1 import AppTest

from mnist37.ui.shell.whole_events import apply_events_whole


def _page() -> None:
    """Show two sliders; while the first one's callback runs, a request arrives, as from a second event."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    def turned(name: str) -> None:
        ctx = get_script_run_ctx()
        assert ctx is not None
        assert ctx.script_requests is not None
        if not st.session_state.get("turned"):
            ctx.script_requests.request_rerun(RerunData(page_script_hash=ctx.page_script_hash))
        st.session_state["turned"] = [*st.session_state.get("turned", []), name]

    st.slider("first", 0, 9, key="first", on_change=turned, args=("first",))
    st.slider("second", 0, 9, key="second", on_change=turned, args=("second",))


def test_a_request_does_not_end_a_callback() -> None:
    apply_events_whole()
    app = AppTest.from_function(_page).run()
    app.slider(key="first").set_value(3)
    app.slider(key="second").set_value(5)
    app.run()
    assert not app.exception
    assert app.session_state["turned"] == ["first", "second"]
    assert (app.slider(key="first").value, app.slider(key="second").value) == (3, 5)
