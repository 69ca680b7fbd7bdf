"""What a run says of the validation digits, whatever it learned from."""

import pytest

from mnist37.data import Digits
from mnist37.rungs import settings_for
from mnist37.runs import Recorder, RunStore, weights_to_bytes
from mnist37.train import train
from mnist37.ui.answers.ask import answers
from tests.ui.kept import StoreOnly


def test_a_run_with_own_digits_is_asked_about_the_same_valid_digits(tiny: Digits) -> None:
    mixed = tiny.with_own(tiny.train_images[:5], tiny.train_labels[:5])
    store, settings = RunStore(), settings_for("linear-scratch", epochs=2)
    recorder = Recorder(store, settings, mixed)
    outcome = train(settings, mixed, recorder.add)
    recorder.finish(outcome.status, outcome.reason, weights_to_bytes(outcome.weights))
    said = answers(StoreOnly(store), recorder.info.id, tiny)
    assert said is not None
    assert said.accuracy == pytest.approx(recorder.info.accuracy)
    other = Digits(tiny.train_images, tiny.train_labels, tiny.train_images, tiny.train_labels, "others")
    assert answers(StoreOnly(store), recorder.info.id, other) is None
