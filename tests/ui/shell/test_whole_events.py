"""An event that arrives while another one is applied: both count. What no page of ours sends is ignored."""

from typing import Any

import pytest
from streamlit.proto.Common_pb2 import StringArray
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from mnist37.ui.shell.whole_events import apply_events_whole
from tests.ui.conftest import run_fragment


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


def _with_a_fragment() -> None:
    """Show a button, and another one in a fragment; count how often the page is drawn, and what was pressed."""
    import streamlit as st

    def press(name: str) -> None:
        st.session_state["pressed"] = [*st.session_state.get("pressed", []), name]

    st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
    if st.button("outside", key="outside", on_click=press, args=("outside",)):
        st.session_state["seen"] = True

    @st.fragment
    def part() -> None:
        st.button("inside", key="inside", on_click=press, args=("inside",))

    part()


@pytest.mark.parametrize(("pressed", "drawn"), [(["inside"], 1), (["outside"], 2), (["outside", "inside"], 2)])
def test_a_click_that_comes_with_an_event_of_a_fragment_draws_the_whole_page(
    pressed: list[str], drawn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser sends both together, and names the fragment only."""
    apply_events_whole()
    app = AppTest.from_function(_with_a_fragment).run()
    for name in pressed:
        app.button(key=name).click()
    run_fragment(app, "inside", monkeypatch)
    assert not app.exception
    assert app.session_state["pressed"] == pressed
    assert app.session_state["drawn"] == drawn
    assert ("seen" in app.session_state) is ("outside" in pressed)


def _with_a_choice() -> None:
    """Show a choice; Streamlit's code for it reads the value of each id of the session that is no widget's."""
    import streamlit as st

    st.session_state.setdefault("own", "kept")
    st.radio("choice", ["a", "b"], key="choice")


@pytest.mark.parametrize("name", ["x", "", "own", "choice"])
def test_a_value_whose_id_no_widget_has_is_ignored(name: str) -> None:
    apply_events_whole()
    app = AppTest.from_function(_with_a_choice).run()
    app._run(WidgetStates(widgets=[WidgetState(id=name, bool_value=True)]))
    assert not app.exception
    assert (app.radio(key="choice").value, app.session_state["own"]) == ("a", "kept")


def _with_callbacks() -> None:
    """Show three choices, whose callbacks note the value that they see."""
    import streamlit as st

    def note(key: str) -> None:
        st.session_state["seen"] = [*st.session_state.get("seen", []), st.session_state[key]]

    st.radio("radio", [1, 2], key="radio", on_change=note, args=("radio",))
    st.selectbox("box", [1, 2], key="box", on_change=note, args=("box",))
    st.multiselect("many", [1, 2], key="many", on_change=note, args=("many",))


@pytest.mark.parametrize("kind", ["radio", "selectbox"])
def test_an_option_that_there_is_not_is_ignored(kind: str) -> None:
    app = _sent(kind, *({"string_value": text} for text in ("2", "3", "x", "1")))
    assert app.session_state["seen"] == [2, 1]


def test_options_that_there_are_not_are_ignored() -> None:
    many = (["2"], ["3"], ["1", "x"], ["1", "2"], [])
    app = _sent("multiselect", *({"string_array_value": StringArray(data=texts)} for texts in many))
    assert app.session_state["seen"] == [[2], [1, 2], []]


def _sent(kind: str, *values: dict[str, Any]) -> AppTest:
    """Return the page after these values were sent for a widget, one after the other."""
    apply_events_whole()
    app = AppTest.from_function(_with_callbacks).run()
    widget = app.get(kind)[0].id
    for value in values:
        app._run(WidgetStates(widgets=[WidgetState(id=widget, **value)]))
        assert not app.exception
    return app


def _with_kinds_of_choices() -> None:
    """Show a choice of which one option is always chosen, and one that may be left empty."""
    import streamlit as st

    from mnist37.ui.shell.session import choose_one

    st.session_state["one"] = choose_one("always", ["a", "b"], key="always", first="b")
    st.pills("may be empty", ["a", "b"], key="empty")


def test_a_choice_that_cannot_be_left_empty_keeps_its_option() -> None:
    apply_events_whole()
    app = AppTest.from_function(_with_kinds_of_choices).run()
    app.pills(key="empty").set_value("a").run()
    ids = [app.get("button_group")[at].proto.id for at in (0, 1)]
    app._run(WidgetStates(widgets=[WidgetState(id=name, string_array_value=StringArray()) for name in ids]))
    assert not app.exception
    assert (app.session_state["one"], app.session_state["empty"]) == ("b", None)
