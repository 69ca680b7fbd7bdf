"""The Lab's page without a browser: every state of a run, buttons that fit it, looking back, other runs behind it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist37.controls import SetDrawing, SetPace, Stop
from mnist37.data import Digits, OwnSet, source_name
from mnist37.engine import Engine
from mnist37.evaluation import Score
from mnist37.events import Batches, Epoch, Status
from mnist37.rungs import LADDER, settings_for
from mnist37.runs import History, RunInfo
from mnist37.settings import SETTINGS
from mnist37.takeaway import FORMS
from mnist37.ui.answers.ask import answers, ask, baseline
from mnist37.ui.live.notices import literal
from mnist37.ui.runs.curves import Curve, accuracy_figure, loss_figure
from mnist37.ui.shell.session import PACE_KEY
from mnist37.ui.shell.start import start
from mnist37.ui.visit import LR_FOUND
from mnist37.visitor import Visitor
from tests.engine.conftest import until
from tests.ui.conftest import visit_of
from tests.ui.test_pages import wait_until_over

OpenApp = Callable[..., AppTest]
TRANSPORT = ("pause", "step", "stop", "again")


def engine() -> Engine:
    return start().engine


def kept(status: Status, reason: str = "") -> str:
    """A run of three steps that came to stand there."""
    digits = start().digits
    assert digits is not None
    store, settings = engine().store, settings_for("linear-scratch", epochs=2, batch_size=400)
    info = store.create(settings, digits)
    history = History()
    history.add(Batches(1, (0.7, 0.6, 0.5), 0.1, 400))
    history.add(Epoch(1, 2, 0.65, 0.6, 0.9, 0.1))
    store.write_history(info.id, history)
    store.write_info(info.replace(status=status, reason=reason, step=3, accuracy=0.9))
    return info.id


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.DIVERGED, "The loss was no finite number any more at step 3. Try a learning rate of 0.01."),
        (Status.FAILED, "The process that trained this run ended."),
    ],
)
def test_a_run_that_went_wrong_says_why_and_keeps_its_curves(open_app: OpenApp, status: Status, reason: str) -> None:
    app = open_app(run=kept(status, reason))
    assert not app.exception
    said = [text.value for text in app.markdown if literal(reason) in text.value]
    assert len(said) == 1
    assert not app.button(key="again").disabled


def test_a_run_of_another_program_can_be_watched_and_not_driven(open_app: OpenApp) -> None:
    app = open_app(run=kept(Status.RUNNING))
    assert not app.exception
    assert [app.button(key=key).disabled for key in TRANSPORT] == [True, False, True, False]


def test_a_finished_run_can_be_looked_back_at(open_app: OpenApp) -> None:
    app = open_app()
    run_id = visit_of(app)["run"]
    wait_until_over(run_id)
    app.run()
    slider = app.select_slider(key=f"look_back {run_id}")
    assert slider.value == 260
    slider.set_value(0).run()
    assert not app.exception
    assert any(b"after step 0" in node.proto.bytes for node in app.get("bidi_component"))


def test_a_found_rate_is_taken_though_the_browser_still_says_how_the_knob_stood(open_app: OpenApp) -> None:
    app = open_app()
    knob = "lab_linear-scratch_lr"
    assert app.select_slider(key=knob).value != 0.083
    visit_of(app)[LR_FOUND.key] = 0.083
    app.run()
    assert app.select_slider(key=knob).value == 0.083
    assert app.select_slider(key=knob).proto.set_value  # the browser is told
    assert LR_FOUND.key not in visit_of(app)


def test_step_from_idle_begins_a_run_that_waits(open_app: OpenApp) -> None:
    app = open_app()
    before = visit_of(app)["run"]
    wait_until_over(before)
    app.run().button(key="step").click().run()
    run_id = visit_of(app)["run"]
    assert run_id != before
    until(lambda: engine().info(run_id).status in (Status.PAUSED, *(status for status in Status if status.is_over)))
    assert engine().info(run_id).status is Status.PAUSED
    assert engine().wait_until_as_asked(run_id, 10, beyond=0)
    assert engine().history(run_id).step == 1
    app.run().button(key="step").click().run()
    assert engine().wait_until_as_asked(run_id, 10, beyond=1)  # the page itself waits for a moment only
    assert engine().history(run_id).step == 2
    app.button(key="stop").click().run()
    assert wait_until_over(run_id) is Status.STOPPED


def test_a_double_click_on_pause_does_not_resume(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app()
    app.run().button(key="step").click().run()
    run_id = visit_of(app)["run"]
    assert engine().wait_until_as_asked(run_id, 10, beyond=0)

    def click() -> Status:
        app.run().button(key="pause").click().run()
        assert engine().wait_until_as_asked(run_id, 10)
        return engine().info(run_id).status

    engine().control(run_id, SetPace(5.0))  # it outlasts the test
    monkeypatch.setattr("mnist37.ui.lab.transport.TWICE_SECONDS", 60.0)
    assert [click(), click()] == [Status.RUNNING] * 2
    monkeypatch.setattr("mnist37.ui.lab.transport.TWICE_SECONDS", 0.0)
    assert [click(), click()] == [Status.PAUSED, Status.RUNNING]
    app.button(key="stop").click().run()
    assert wait_until_over(run_id) is Status.STOPPED


def test_a_pace_that_was_chosen_just_before_train_counts(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_app()
    openings = []

    def submit(_: Engine, *args: object) -> str:
        openings.append(args[-1])
        return str(visit_of(app)["run"])

    monkeypatch.setattr(Engine, "submit", submit)
    app.button_group(key=PACE_KEY).set_value(1.0)
    app.button(key="train").click().run()  # both in one message, as when one is quick
    assert not app.exception
    assert openings == [[SetPace(1.0), SetDrawing(b"")]]


def test_again_trains_the_same_once_more(open_app: OpenApp) -> None:
    app = open_app()
    first = visit_of(app)["run"]
    wait_until_over(first)
    second = visit_of(app.run().button(key="again").click().run())["run"]
    assert second != first
    wait_until_over(second)
    assert (engine().history(first).losses() == engine().history(second).losses()).all()
    assert engine().info(second).settings == engine().info(first).settings


def test_answers_agree_with_the_run_s_own_accuracy(open_app: OpenApp) -> None:
    run_id, digits = visit_of(open_app())["run"], start().digits
    wait_until_over(run_id)
    said = answers(engine(), run_id, digits)
    assert said.accuracy == pytest.approx(engine().info(run_id).accuracy)
    assert len(said.mistakes()) == engine().info(run_id).errors == said.count(3, 7) + said.count(7, 3)
    assert said.count(3, 3) + said.count(3, 7) == int((digits.valid_labels == 1).sum())
    sure = np.abs(said.logits[said.mistakes()])
    assert (np.diff(sure) <= 0).all()
    at_first = answers(engine(), run_id, digits, step=0)
    assert at_first.accuracy < said.accuracy
    for index in range(5):
        for step, expected in ((None, said), (0, at_first)):
            verdict = ask(engine(), run_id, digits.valid_images[index], step)
            assert verdict.logit == pytest.approx(float(expected.logits[index]), abs=1e-4)


def test_the_baseline_is_what_pixel_similarity_reaches(embedded: Digits) -> None:
    assert str(baseline(embedded).score) == "2 wrong of 200"


def curve(changes: int = 0, label: str = "") -> Curve:
    """A run of two epochs; its knobs are turned at the second one."""
    history = History()
    history.add(Batches(1, (0.7, 0.6), 0.1, 400))
    history.add(Epoch(1, 2, 0.65, 0.6, 0.9, 0.1))
    history.add(Batches(3, (0.5,), 0.5 if changes else 0.1, 200 if changes > 1 else 400))
    return Curve(_info(), history, label)


def _info() -> RunInfo:
    digits = start().digits
    assert digits is not None
    return engine().store.create(settings_for("linear-scratch", epochs=2, batch_size=400), digits)


def test_turned_knobs_are_marked_where_they_were_turned(engine_home: Path) -> None:
    figure = loss_figure(curve(changes=2))
    marks = {mark["text"]: mark["x"] for mark in figure["layout"]["annotations"]}
    assert marks == {"batch 200, lr 0.5": 1.0}  # both at once: one mark
    assert loss_figure(curve())["layout"]["annotations"] == []
    assert figure["data"][0]["x"].tolist() == [0.5, 1.0, 1.25]  # four batches in the second epoch


def test_other_runs_are_drawn_behind_and_named(engine_home: Path) -> None:
    both = [curve(label="lr 0.1"), curve(label="<b>mine</b>")]
    data = loss_figure(both[0], both[1:])["data"]
    other = "&lt;b&gt;mine&lt;/b&gt;"
    names = ["lr 0.1: each batch", "lr 0.1: smoothed", "lr 0.1", f"{other}: smoothed", other]
    assert [trace["name"] for trace in data] == names
    assert [trace.get("showlegend", True) for trace in data] == [False, False, True, False, True]
    assert [trace["name"] for trace in loss_figure(both[0])["data"]][2] == "lr 0.1"
    figure = accuracy_figure(both[0], both[1:], baseline=Score(10, 200), at=2)
    assert figure["data"][-1]["name"] == "pixel similarity: 10 wrong of 200"
    assert figure["data"][-1]["y"] == [95.0, 95.0]
    assert figure["data"][-1]["line"]["dash"] == "dash"
    assert figure["layout"]["annotations"][-1]["text"] == "step 2"
    assert loss_figure(both[0], log=True)["layout"]["yaxis"]["type"] == "log"


def test_again_takes_the_own_digits_that_the_run_had_or_says_why_not(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, own = open_app(), OwnSet.new()
    digits = start().digits
    assert digits is not None
    for image in digits.train_images[:3]:
        own.add(image, 3)
    kept = own.read()
    run_id = engine().submit(
        settings_for("linear-scratch", epochs=1, data=source_name()), digits.with_own(*kept.of(digits.classes))
    )
    assert engine().wait_until_as_asked(run_id, 30, beyond=10)
    visit_of(app)["run"] = run_id
    visit_of(app)["own set"] = own.id
    again = visit_of(app.run().button(key="again").click().run())["run"]
    assert again != run_id
    assert engine().info(again).fingerprint == engine().info(run_id).fingerprint
    own.remove(kept.names[0])
    assert visit_of(app.button(key="again").click().run())["run"] == again
    assert any("set has changed" in toast.value for toast in app.toast)


def test_the_knobs_say_their_values_by_themselves(open_app: OpenApp) -> None:
    """What the session sets is told to a browser once: one that was slow to draw it draws what the next run says."""
    asked = {"lr": "0.2", "batch_size": "8", "epochs": "7", "seed": "3", "hidden": "50", "loss": "mnist_loss"}
    app = open_app(rung="simple-net", **asked).run()
    steps = {knob.key: knob.proto.options[int(knob.proto.default[0])] for knob in app.select_slider}
    choices = {knob.key: knob.proto.options[knob.proto.default] for knob in [*app.selectbox, *app.radio]}
    counts = {knob.key: f"{knob.proto.default[0]:g}" for knob in app.slider}
    numbers = {knob.key: f"{knob.proto.default:g}" for knob in app.number_input}
    said = steps | choices | counts | numbers
    assert not any(knob.proto.set_value for knob in [*app.select_slider, *app.selectbox, *app.slider])
    assert said["lab_rung"] == LADDER["simple-net"].title
    wanted = {**asked, "loss": SETTINGS["loss"].titles["mnist_loss"]}
    assert {name: said[f"lab_simple-net_{name}"] for name in asked} == wanted


def test_a_run_of_somebody_else_is_looked_at_and_not_turned(open_app: OpenApp, embedded: Digits) -> None:
    settings = settings_for("linear-scratch", epochs=1000, batch_size=1, lr=1e-3)
    run_id = engine().submit(settings, embedded, "a" * 32)
    assert engine().wait_until_as_asked(run_id, 30, beyond=0)
    app = open_app(run=run_id)
    assert not app.button(key="stop").disabled  # the server is reached from this machine only, so everybody is the host
    visit_of(app)["visitor"] = Visitor("b" * 32)
    app.run()
    buttons = {key: app.button(key=key) for key in TRANSPORT}
    assert [button.disabled for button in buttons.values()] == [True, True, True, False]
    assert all("another visitor's" in buttons[key].help for key in TRANSPORT[:3])
    assert any("another visitor's" in text.value for text in app.markdown)
    app.select_slider(key="lab_linear-scratch_lr").set_value(0.5).run()
    app.button_group(key=PACE_KEY).set_value(1.0).run()
    assert not app.exception
    assert (len(engine().history(run_id).lr_changes()), engine().trains(run_id)) == (1, True)
    own = visit_of(app.button(key="again").click().run())["run"]
    assert engine().info(own).visitor == "b" * 32
    for run in (run_id, own):
        engine().control(run, Stop())


def test_the_buttons_of_the_export_are_drawn_when_it_opens(open_app: OpenApp) -> None:
    app = open_app()
    wait_until_over(visit_of(app)["run"])
    assert not app.download_button
    app.session_state["export"] = True
    assert [button.label for button in app.run().download_button] == [form.title for form in FORMS.values()]


@pytest.mark.parametrize("clicked", [["sources", "share"], ["find_lr", "share"], ["share"]])
def test_of_two_clicks_that_open_a_dialog_one_counts(open_app: OpenApp, clicked: list[str]) -> None:
    """A page shows one dialog; on a busy server two clicks arrive before the first one's is shown.

    It is the dialog whose callback runs last; Streamlit, and not the order of the clicks, decides which one that is.
    """
    app = open_app()
    for key in clicked:
        app.button(key=key).click()
    app.run()
    assert not app.exception
    assert [box.key for box in app.selectbox if box.key == "share_page"] == ["share_page"]
    assert not [radio for radio in app.radio if radio.key == "source_choice"]
