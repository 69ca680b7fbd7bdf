"""A choice of which one option is always chosen: across pages, and where its options change."""

from streamlit.testing.v1 import AppTest


def _page() -> None:
    """Show a choice of these options, unless there are none."""
    import streamlit as st

    from mnist37.ui.shell.session import choose_one

    if options := st.session_state.get("options", ["a", "b"]):
        st.session_state["chosen"] = choose_one("one", options, key="one", first=options[0])


def test_the_chosen_option_is_kept_while_the_page_is_left() -> None:
    app = AppTest.from_function(_page).run()
    assert app.session_state["chosen"] == "a"
    app.segmented_control(key="one").set_value("b").run()
    assert app.session_state["chosen"] == "b"
    for options in ([], ["a", "b"]):
        app.session_state["options"] = options
        app.run()
    assert not app.exception
    assert app.session_state["chosen"] == "b"


def test_an_option_that_is_gone_gives_way_to_the_first() -> None:
    app = AppTest.from_function(_page).run()
    app.segmented_control(key="one").set_value("b").run()
    app.session_state["options"] = ["c", "d"]
    app.run()
    assert not app.exception
    assert app.session_state["chosen"] == "c"
