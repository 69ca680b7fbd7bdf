"""A part of a page that ticks: where it stands in the page, and what happens when its clock changes."""

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block


def _page() -> None:
    import streamlit as st

    from mnist37.ui.tick import tick

    state = st.session_state.setdefault("state", {"pages": 0, "looks": 0})
    state["pages"] += 1

    def look() -> int:
        state["looks"] += 1
        return int(state["looks"])

    tick(look, lambda looks: 1.0 if looks == 2 else None, lambda looks: st.write(f"look {looks}"), name="test")
    st.write(f"page {state['pages']}")


def test_a_place_of_the_page_s_own_holds_it_so_that_nothing_below_can_move_up_into_it() -> None:
    place, below = AppTest.from_function(_page).run().main.children.values()
    assert isinstance(place, Block)
    (fragment,) = place.children.values()
    assert isinstance(fragment, Block)
    assert [text.value for text in fragment.markdown] == ["look 4"]
    assert below.value == "page 2"


def test_the_page_runs_again_once_the_clock_says_otherwise() -> None:
    app = AppTest.from_function(_page).run()  # at the second look there is a clock, where at the first was none
    assert app.session_state["state"] == {"pages": 2, "looks": 4}
