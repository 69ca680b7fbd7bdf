"""A part of a page that ticks: where it stands in the page, and what happens when its clock changes."""

from unittest.mock import Mock

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from mnist37.engine import Engine
from mnist37.events import Status
from mnist37.ui.lab.watch_run import _clock
from tests.ui.conftest import run_fragment


def _page() -> None:
    import streamlit as st

    from mnist37.ui.live.tick import tick

    state = st.session_state.setdefault("state", {"pages": 0, "looks": 0})
    state["pages"] += 1

    def look() -> int:
        state["looks"] += 1
        return int(state["looks"])

    def show(looks: int) -> None:
        st.write(f"look {looks}")
        st.button("again", key="again")

    tick(look, lambda looks: 1.0 if looks == 2 else None, show, name="test")
    st.write(f"page {state['pages']}")


def test_a_place_of_the_page_s_own_holds_it_so_that_nothing_below_can_move_up_into_it() -> None:
    place, below = AppTest.from_function(_page).run().main.children.values()
    assert isinstance(place, Block)
    (fragment,) = place.children.values()
    assert isinstance(fragment, Block)
    assert [text.value for text in fragment.markdown] == ["look 1"]
    assert below.value == "page 1"


def test_the_page_looks_once_and_runs_again_once_the_clock_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    app = AppTest.from_function(_page).run()
    assert app.session_state["state"] == {"pages": 1, "looks": 1}
    run_fragment(app, "again", monkeypatch)  # at the second look there is a clock, at the first was none
    assert not app.exception
    assert app.session_state["state"] == {"pages": 2, "looks": 3}
    run_fragment(app, "again", monkeypatch)
    assert app.session_state["state"] == {"pages": 2, "looks": 4}


@pytest.mark.parametrize(("visitors", "seconds"), [(1, 0.2), (8, 0.2), (9, 0.5), (16, 0.5), (17, 1.0), (30, 1.0)])
def test_the_more_visitors_look_on_the_slower_it_ticks(visitors: int, seconds: float) -> None:
    engine = Mock(Engine)
    engine.visitors.return_value = visitors
    assert _clock(engine, Status.RUNNING) == pytest.approx(seconds)
    clocks = {_clock(engine, status) for status in Status if not status.is_over}
    assert len(clocks) == sum(not status.is_over for status in Status)
    assert _clock(engine, Status.FINISHED) is None
