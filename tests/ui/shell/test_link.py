"""Settings in the address: read, corrected, written; and locked by a teacher."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from mnist37.rungs import LADDER, settings_for
from mnist37.settings import SETTINGS
from mnist37.ui.lab.share import is_only_here
from mnist37.ui.shell.link import class_parameters, link_parameters, lockable, read_link
from mnist37.ui.visit import ADDRESS_READY, OWN_SET
from tests.ui.conftest import APP, START_SECONDS, visit_of

OpenApp = Callable[..., AppTest]
texts = st.text(max_size=30) | st.floats().map(str) | st.integers().map(str)


@pytest.mark.parametrize("rung", LADDER)
def test_a_link_that_was_written_is_read_back(rung: str) -> None:
    settings = settings_for(rung, lr=0.073, batch_size=37, epochs=7, seed=123456789)
    linked = read_link(link_parameters(settings, frozenset({"lr", "train"})))
    assert linked.rung == rung
    assert linked.notices == ()
    assert linked.locked == {"lr", "train"}
    assert all(linked.values[name] == getattr(settings, name) for name in LADDER[rung].uses)


@given(st.dictionaries(st.sampled_from(["rung", "lock", *SETTINGS, "other"]), texts))
def test_whatever_a_link_says_the_settings_are_valid(parameters: dict[str, str]) -> None:
    linked = read_link(parameters)
    assert linked.locked <= set(lockable())
    if linked.rung is not None:
        settings_for(linked.rung, **linked.values)


@pytest.mark.parametrize(
    ("parameters", "name", "value", "said"),
    [
        ({"lr": "5000"}, "lr", 1000, "now 1000"),
        ({"lr": "-1"}, "lr", 1e-6, "now 1e-06"),
        ({"lr": "fast"}, "lr", 0.1, "no number"),
        ({"lr": "nan"}, "lr", 0.1, "no number"),
        ({"batch_size": "2.6"}, "batch_size", 3, "now 3"),
        ({"epochs": "1e99"}, "epochs", 1000, "now 1000"),
        ({"seed": "-4"}, "seed", 0, "now 0"),
        ({"loss": "hinge"}, "loss", "logistic", "no loss"),
        ({"rung": "gpt", "lr": "1"}, "lr", 1, "model"),
        ({"lock": "lr,brain"}, None, None, "brain"),
        ({"view": "cinema"}, None, None, "projector"),
    ],
)
def test_what_is_wrong_is_corrected_and_said(parameters: dict[str, str], name: str, value: object, said: str) -> None:
    linked = read_link(parameters)
    assert len(linked.notices) == 1
    assert said in linked.notices[0]
    if name:
        assert linked.values[name] == value


def test_a_stranger_s_text_is_shown_short_and_plain() -> None:
    (notice,) = read_link({"rung": "<b>**[x](http://y)**" * 20}).notices
    assert not set("<>*[]()`") & set(notice)
    assert len(notice) < 150


def test_a_link_without_settings_asks_for_none() -> None:
    linked = read_link({"run": "x"})
    assert (linked.rung, linked.values, linked.locked, linked.notices) == (None, {}, frozenset(), ())


def test_an_old_link_to_own_digits_asks_for_no_digits_to_tell_apart() -> None:
    linked = read_link({"digits": "0123456789abcdef" * 2})
    assert (linked.rung, linked.values, linked.notices) == (None, {}, ())
    assert read_link({"digits": "4,9", "own": "a" * 32}).values == {"digits": "4,9"}
    (notice,) = read_link({"digits": "a" * 31}).notices
    assert "no digits" in notice


@pytest.mark.parametrize("page", ["lab", "draw"])
@pytest.mark.parametrize("locks", [{}, {"rung": "simple-net", "lock": "rung"}])
def test_an_old_link_to_own_digits_is_rewritten(engine_home: Path, page: str, locks: dict[str, str]) -> None:
    app = AppTest.from_file(APP, default_timeout=START_SECONDS)
    visit_of(app)[ADDRESS_READY.key] = True
    own_id = "0123456789abcdef" * 2
    for name, value in {"digits": own_id, **locks}.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert not app.toast
    assert app.query_params["own"] == own_id
    assert app.query_params.get("digits") in (None, "3,7")
    assert app.session_state["lab_digits"] == "3,7"
    if page == "draw":
        assert visit_of(app)[OWN_SET.key] == own_id


def test_a_link_opens_exactly_these_settings(open_app: OpenApp) -> None:
    app = open_app(rung="simple-net", lr="0.07", batch_size="37", epochs="150", hidden="120", seed="9")
    assert not app.exception
    assert not app.toast
    assert app.radio(key="lab_rung").value == "simple-net"
    assert app.select_slider(key="lab_simple-net_lr").value == 0.07
    assert app.select_slider(key="lab_simple-net_batch_size").value == 37
    assert app.slider(key="lab_simple-net_epochs").value == 150
    assert app.slider(key="lab_simple-net_hidden").value == 120
    assert app.number_input(key="lab_simple-net_seed").value == 9


def test_the_address_follows_the_knobs(open_app: OpenApp) -> None:
    app = open_app()
    app.select_slider(key="lab_linear-scratch_lr").set_value(0.3).run()
    assert app.query_params["lr"] == "0.3"
    app.radio(key="lab_rung").set_value("pixel-similarity").run()
    assert app.query_params["rung"] == "pixel-similarity"
    assert "lr" not in app.query_params
    again = open_app(**{name: app.query_params[name] for name in ("rung", "loss")})
    assert again.radio(key="lab_rung").value == "pixel-similarity"


def test_the_address_waits_for_the_script_that_keeps_the_history(open_app: OpenApp) -> None:
    app = AppTest.from_file(APP, default_timeout=START_SECONDS).run()
    assert not app.query_params
    visit_of(app)[ADDRESS_READY.key] = True
    app.run()
    assert app.query_params["run"] == visit_of(app)["run"]
    assert app.query_params["rung"] == "linear-scratch"


def test_what_is_not_ours_stays_in_the_address(open_app: OpenApp) -> None:
    assert open_app(class_="7b", lr="0.3").query_params["class_"] == "7b"


def test_a_bad_link_is_corrected_with_a_notice(open_app: OpenApp) -> None:
    app = open_app(rung="gpt", lr="-3", lock="everything")
    assert not app.exception
    assert len(app.toast) == 3
    assert app.radio(key="lab_rung").value == "linear-scratch"


def test_a_teacher_s_link_freezes_what_it_says(open_app: OpenApp) -> None:
    app = open_app(rung="linear-scratch", lr="0.3", lock="lr,batch_size,rung")
    assert app.select_slider(key="lab_linear-scratch_lr").disabled
    assert app.select_slider(key="lab_linear-scratch_batch_size").disabled
    assert app.radio(key="lab_rung").disabled
    assert not app.slider(key="lab_linear-scratch_epochs").disabled
    app.button(key="chapter").click().run()
    assert app.select_slider(key="lab_linear-scratch_lr").value == 0.3
    app.slider(key="lab_linear-scratch_epochs").set_value(3).run()
    app.switch_page("pages/weights.py").run()
    app.switch_page("pages/lab.py").run()
    assert app.select_slider(key="lab_linear-scratch_lr").disabled
    assert app.query_params["lock"] == "batch_size,lr,rung"


def test_a_lock_is_said_and_survives_a_reload_on_any_page(open_app: OpenApp) -> None:
    app = open_app(rung="simple-net", lr="0.3", epochs="7", lock="lr,rung")
    assert any("Locked by your teacher: model, learning rate." in caption.value for caption in app.caption)
    app.switch_page("pages/gradients.py").run()
    again = AppTest.from_file(APP, default_timeout=START_SECONDS)
    visit_of(again)[ADDRESS_READY.key] = True
    for name, value in app.query_params.items():
        again.query_params[name] = value
    again.switch_page("pages/gradients.py").run()
    again.switch_page("pages/lab.py").run()
    assert again.select_slider(key="lab_simple-net_lr").disabled
    assert again.select_slider(key="lab_simple-net_lr").value == 0.3
    assert again.slider(key="lab_simple-net_epochs").value == 7


@pytest.mark.parametrize("rung", LADDER)
def test_a_link_for_a_class_carries_what_it_locks(rung: str) -> None:
    settings = settings_for(rung, lr=0.073, epochs=7)
    linked = read_link(class_parameters(settings, carried=["epochs"], locked=["lr"], projector=True))
    assert linked.rung == rung
    assert set(linked.values) == {"lr", "epochs"} & LADDER[rung].uses
    assert linked.locked == {"lr"}
    assert linked.notices == ()
    assert class_parameters(settings, [], []) == {}
    assert read_link(class_parameters(settings, [], ["train"])).rung is None


def test_the_dialog_builds_a_link_and_stays_while_the_page_runs(open_app: OpenApp) -> None:
    app = open_app(rung="linear-scratch", lr="0.3")
    app.button(key="share").click().run()
    assert "/?rung=linear-scratch&lr=0.3" in app.code[0].value
    app.selectbox(key="share_page").set_value("draw").run()
    app.toggle(key="share_projector").set_value(True).run()
    assert "/draw?rung=linear-scratch&lr=0.3" in app.code[0].value
    assert app.code[0].value.endswith("view=projector")


@pytest.mark.parametrize(
    ("address", "is_only_here_"),
    [
        ("http://localhost:8501/", True),
        ("http://127.0.0.1:8501/draw", True),
        ("http://[::1]:8501/", True),
        ("http://192.168.0.7:8501/", False),
        ("https://digits.example.org/", False),
    ],
)
def test_an_address_that_nobody_else_can_open_is_known(address: str, is_only_here_: bool) -> None:
    assert is_only_here(address) is is_only_here_


def test_the_projector_view_is_kept_on_every_page(open_app: OpenApp) -> None:
    app = open_app(view="projector")
    assert {button.key for button in app.button} >= {"train", "pause", "step", "projector"}
    assert "again" not in {button.key for button in app.button}
    app.switch_page("pages/draw.py").run()
    assert app.query_params["view"] == "projector"
    app.button(key="projector").click().run()
    app.switch_page("pages/lab.py").run()
    assert "view" not in app.query_params
    assert app.button(key="again")


def test_the_buttons_can_be_locked_too(open_app: OpenApp) -> None:
    app = open_app(lock="train")
    assert all(app.button(key=key).disabled for key in ("train", "step", "again", "stop", "pause"))
    assert not app.exception
