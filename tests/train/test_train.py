"""Training as a whole: pauses, knobs, divergence."""

import math
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from mnist37.data import Digits
from mnist37.errors import RunBroken, SettingsError
from mnist37.events import Batches, DrawingJudged, Event, Status, StatusChanged, drawing_key
from mnist37.rungs import settings_for
from mnist37.rungs.devices import found_gpu
from mnist37.settings import Settings
from mnist37.train import Control, predict

from .told import Told, after_step, teach

SHORT = settings_for("linear-scratch", epochs=3, batch_size=16)  # 12 steps on the tiny digits
NET = settings_for("simple-net", epochs=3, batch_size=16)

SAME_ON_THE_CPU = 1e-7 if found_gpu() is None else 2e-3
"""How far what a model tells from a GPU may be from its answers on the CPU, where its weights end up; relative."""


def paused_then(do: Callable[[], None]) -> Callable[[Event], None]:
    """Once the run says that it is paused, do it from another thread."""

    def each(event: Event) -> None:
        if event == StatusChanged(Status.PAUSED):
            threading.Thread(target=do).start()

    return each


def both(*parts: Callable[[Event], None]) -> Callable[[Event], None]:
    return lambda event: [part(event) for part in parts] and None


def test_a_training_that_ends_well(tiny: Digits) -> None:
    told = teach(SHORT, tiny)
    assert told.statuses == [Status.RUNNING]
    assert (told.outcome.status, told.outcome.reason) == (Status.FINISHED, "")
    assert next(iter(told.snapshots)) == 0
    assert list(told.snapshots)[-1] == 12
    assert not any(tensor.requires_grad for tensor in told.outcome.weights.values())


def test_an_unknown_rung_is_refused(tiny: Digits) -> None:
    settings = Settings(rung="svm", lr=1, batch_size=1, epochs=1, loss="hinge")
    with pytest.raises(SettingsError, match="svm"):
        teach(settings, tiny)


@pytest.mark.parametrize("settings", [SHORT, NET], ids=["scratch", "fastai"])
def test_a_pause_changes_no_bit_of_the_curve(settings: Settings, tiny: Digits, tell_at_once: None) -> None:
    control = Control()
    paused = teach(settings, tiny, control, both(after_step(4, control.pause), paused_then(control.resume)))
    assert paused.statuses == [Status.RUNNING, Status.PAUSED, Status.RUNNING]
    straight = teach(settings, tiny)
    assert paused.losses == straight.losses
    assert [e.accuracy for e in paused.epochs] == [e.accuracy for e in straight.epochs]
    at = paused.events.index(StatusChanged(Status.PAUSED))
    assert sum(1 for event in paused.events[:at] if type(event).__name__ == "Batches") == 4
    assert 4 in {*paused.snapshots, *paused.glimpses}


def test_a_pause_is_no_time_spent_training(tiny: Digits, tell_at_once: None) -> None:
    control, waited = Control(), threading.Event()

    def resume() -> None:
        waited.wait(0.5)
        control.resume()

    told = teach(SHORT, tiny, control, both(after_step(4, control.pause), paused_then(resume)))
    assert sum(epoch.seconds for epoch in told.epochs) < 0.5
    assert all(epoch.seconds >= 0 for epoch in told.epochs)


@pytest.mark.parametrize("settings", [SHORT, NET], ids=["scratch", "fastai"])
def test_stop_while_paused(settings: Settings, tiny: Digits, tell_at_once: None) -> None:
    control = Control()
    told = teach(settings, tiny, control, both(after_step(4, control.pause), paused_then(control.stop)))
    assert (told.outcome.status, told.outcome.reason) == (Status.STOPPED, "Stopped after step 4.")
    assert len(told.losses) == 4


def test_knobs_turned_while_paused_count_from_the_next_step(tiny: Digits, tell_at_once: None) -> None:
    control = Control()

    def turn() -> None:
        control.set_lr(0.7)
        control.resume()

    told = teach(SHORT, tiny, control, both(after_step(4, control.pause), paused_then(turn)))
    assert told.lrs == [SHORT.lr] * 4 + [0.7] * 8


def test_a_rate_set_to_what_it_is_changes_nothing(tiny: Digits, tell_at_once: None) -> None:
    control = Control()
    told = teach(SHORT, tiny, control, after_step(4, lambda: control.set_lr(SHORT.lr)))
    assert told.losses == teach(SHORT, tiny).losses


def test_steps_far_too_long_diverge_and_what_was_learned_is_kept(few: Callable[[int], Digits]) -> None:
    told = teach(settings_for("resnet18", lr=1000, epochs=50, batch_size=5), few(20))
    step = len(told.losses)
    assert told.outcome.status is Status.DIVERGED
    assert f"at step {step}, with a learning rate of 1000" in told.outcome.reason
    assert "A rate of 0.01 is steadier" in told.outcome.reason
    assert all(math.isfinite(loss) for loss in told.losses[:-1])
    assert list(told.snapshots)[-1] == step
    assert len(told.epochs) == (step - 1) // 4


@pytest.mark.parametrize("rung", ["linear-scratch", "linear-torch", "linear-fastai", "simple-net"])
def test_a_rate_turned_too_high_is_the_one_that_is_named(rung: str, tiny: Digits, tell_at_once: None) -> None:
    control = Control()
    settings = settings_for(rung, lr=0.1, epochs=3, batch_size=10)
    told = teach(settings, tiny, control, after_step(7, lambda: control.set_lr(1e38)))
    assert told.outcome.status is Status.DIVERGED
    assert "with a learning rate of 1e+38" in told.outcome.reason
    assert told.losses[:8] == teach(settings.replace(epochs=2), tiny).losses[:8]


def test_weights_of_another_model_are_refused(tiny: Digits) -> None:
    linear, net = teach(SHORT, tiny).outcome.weights, teach(NET, tiny).outcome.weights
    for settings, weights in ((SHORT, net), (NET, linear), (NET.replace(hidden=7), net), (SHORT, {})):
        with pytest.raises(RunBroken, match="do not fit"):
            predict(settings, weights, tiny.valid_images)


def test_labels_and_probabilities_agree(tiny: Digits) -> None:
    answer = predict(SHORT, teach(SHORT, tiny).outcome.weights, tiny.valid_images)
    assert answer.labels.dtype == np.uint8
    np.testing.assert_array_equal(answer.labels == 1, answer.probs > 0.5)


def test_a_run_told_in_full_is_the_same_on_any_number_of_cores(tiny: Digits) -> None:
    import torch

    curves: list[Told] = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        curves.append(teach(SHORT, tiny))
    assert curves[0].losses == curves[1].losses


def test_a_loss_that_rose_is_remarked_upon(embedded: Digits) -> None:
    told = teach(settings_for("simple-net", lr=100.0, epochs=2), embedded)
    assert told.outcome.status is Status.FINISHED
    assert "that of a guess is 0.7" in told.outcome.reason
    assert "A rate of 0.5 is steadier" in told.outcome.reason  # 10 would collapse as well


@pytest.mark.parametrize("settings", [SHORT, NET], ids=["scratch", "fastai"])
def test_one_step_at_a_time(settings: Settings, tiny: Digits, tell_at_once: None) -> None:
    control, steps = Control(), []

    def each(event: Event) -> None:
        if isinstance(event, StatusChanged):
            steps.append(event.status)
        elif isinstance(event, Batches):
            steps.append(event.step)
            if event.step < 6:
                threading.Thread(target=control.step).start()
            else:
                threading.Thread(target=control.resume).start()

    control.step()  # before the first batch: makes one and halts
    told = teach(settings, tiny, control, each)
    assert steps[:7] == [Status.RUNNING, Status.PAUSED, 1, 2, 3, 4, 5]
    assert told.statuses == [Status.RUNNING, Status.PAUSED, Status.RUNNING]
    assert told.losses == teach(settings, tiny).losses


def test_a_step_asked_for_while_another_one_is_counted_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    control, asked = Control(), Control._set
    control.step()
    takes = threading.Thread(target=control.take_step)

    def ask_while_one_is_taken(self: Control, **values: object) -> None:
        takes.start()
        takes.join(0.1)  # it waits for its turn
        asked(self, **values)

    monkeypatch.setattr(Control, "_set", ask_while_one_is_taken)
    control.step()
    takes.join()
    assert [control.take_step(), control.take_step()] == [True, False]


@pytest.mark.parametrize("rung", ["linear-scratch", "linear-torch", "linear-fastai", "simple-net", "resnet18"])
def test_a_turned_batch_size_counts_from_the_next_epoch(rung: str, tiny: Digits, tell_at_once: None) -> None:
    control = Control()
    settings = settings_for(rung, epochs=2, batch_size=16)
    told = teach(settings, tiny, control, after_step(2, lambda: control.set_batch_size(25)))
    assert told.batch_sizes == [16] * 4 + [25] * 2
    assert [epoch.step for epoch in told.epochs] == [4, 6]
    assert told.losses[:4] == teach(settings, tiny).losses[:4]


def test_a_pace_holds_a_run_back_and_is_no_time_spent_training(tiny: Digits) -> None:
    control = Control()
    control.set_pace(50)
    began = time.perf_counter()
    told = teach(SHORT, tiny, control)
    took = time.perf_counter() - began
    assert took > 11 / 50
    assert sum(epoch.seconds for epoch in told.epochs) < took - 0.1
    assert told.losses == teach(SHORT, tiny).losses


def test_a_pace_can_be_turned_while_it_waits(tiny: Digits, tell_at_once: None) -> None:
    control = Control()
    control.set_pace(0.001)  # a batch every 17 minutes

    def each(event: Event) -> None:
        if isinstance(event, Batches) and event.step == 1:
            threading.Timer(0.05, control.set_pace, [0]).start()
        if isinstance(event, Batches) and event.step == 4:
            control.set_pace(0.001)
            threading.Timer(0.05, control.stop).start()

    told = teach(SHORT, tiny, control, each)
    assert (told.outcome.status, told.outcome.reason) == (Status.STOPPED, "Stopped after step 4.")


def test_a_large_model_judges_the_drawing_itself(tiny: Digits) -> None:
    settings = settings_for("resnet18", epochs=1, batch_size=25)
    control, drawing = Control(), tiny.valid_images[0]
    control.set_drawing(drawing.tobytes())
    told = teach(settings, tiny, control)
    assert {one.drawing for one in told.judged} == {drawing_key(drawing)}
    assert [one.step for one in told.judged] == [0, 1, 2]
    end = float(predict(settings, told.outcome.weights, drawing[None]).logits[0])
    assert told.judged[-1].logits[0] == pytest.approx(end, abs=1e-4, rel=SAME_ON_THE_CPU)
    assert told.losses == teach(settings, tiny).losses  # looking changes nothing


def test_a_large_model_tells_what_it_says_of_the_valid_digits(tiny: Digits) -> None:
    settings = settings_for("resnet18", epochs=2, batch_size=25)
    told = teach(settings, tiny)
    assert [one.step for one in told.valid_judged] == [2, 4]
    expected = predict(settings, told.outcome.weights, tiny.valid_images).logits
    np.testing.assert_allclose(told.valid_judged[-1].logits, expected, atol=1e-4, rtol=SAME_ON_THE_CPU)
    for one, epoch in zip(told.valid_judged, told.epochs, strict=True):
        assert ((one.logits > 0) == (tiny.valid_labels == 1)).mean() == pytest.approx(epoch.accuracy)
    assert not teach(NET, tiny).valid_judged  # its snapshots can answer


def test_a_drawing_is_judged_while_paused_too(tiny: Digits, tell_at_once: None) -> None:
    settings, control = settings_for("resnet18", epochs=1, batch_size=25), Control()

    def each(event: Event) -> None:
        if event == StatusChanged(Status.PAUSED):
            threading.Thread(target=control.set_drawing, args=(tiny.valid_images[3].tobytes(),)).start()
        if isinstance(event, DrawingJudged):
            threading.Thread(target=control.resume).start()

    control.pause()
    told = teach(settings, tiny, control, each)
    assert told.judged[0].step == 0
