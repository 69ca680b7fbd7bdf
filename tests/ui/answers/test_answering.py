"""Which run of a model answers, what is said of one that learned nothing, and which runs are compared."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import streamlit as st

from mnist37.data import Digits
from mnist37.evaluation import Answers
from mnist37.events import Batches, Epoch, Status
from mnist37.rungs import BASELINE, LADDER, settings_for
from mnist37.runs import Recorder, RunStore, is_chance, weights_to_bytes
from mnist37.train import train
from mnist37.ui.answers import answering as module
from mnist37.ui.answers.answer_words import warning
from mnist37.ui.answers.answering import AnsweringRun, answering_runs, choose_answering
from mnist37.ui.answers.ask import answers, baseline
from mnist37.ui.compare.page import too_few_words
from mnist37.ui.inside.disagree import _offered
from mnist37.ui.lab import result
from mnist37.ui.lab.ladder_row import reached
from tests.ui.kept import StoreOnly, keep_run, run_info


class Visit:
    """One visitor and the runs there are."""

    def __init__(self, digits: Digits) -> None:
        self.engine, self.digits, self.looks_at = StoreOnly(RunStore()), digits, ""

    def model(self, rung: str = "linear-scratch") -> AnsweringRun:
        return next(model for model in answering_runs(self.engine, self.digits) if model.rung.name == rung)


@pytest.fixture
def visit(embedded: Digits, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    memory: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", memory)
    visit = Visit(embedded)
    monkeypatch.setattr(module, "current_run", lambda _: visit.looks_at)
    return visit


def others(digits: Digits) -> Digits:
    """Digits with other valid ones."""
    return Digits(digits.valid_images, digits.valid_labels, digits.train_images, digits.train_labels, "others")


def under_way(digits: Digits, *accuracies: float) -> Recorder:
    recorder = Recorder(RunStore(), settings_for("linear-scratch"), digits)
    recorder.set_status(Status.RUNNING)
    for epoch, accuracy in enumerate(accuracies, start=1):
        recorder.add(Epoch(epoch, 13 * epoch, 0.5, 0.5, accuracy, 0.01))
    return recorder


def test_without_runs_there_is_a_row_for_each_rung(visit: Visit) -> None:
    assert [model.rung.name for model in answering_runs(visit.engine, visit.digits)] == list(LADDER)
    assert all(model.info is None and not model.learns for model in answering_runs(visit.engine, visit.digits))


def test_the_best_run_judges_and_the_one_that_is_looked_at_stands_beside_it(visit: Visit) -> None:
    best = keep_run(visit.digits, 0.97, 0.985)
    newest = [keep_run(visit.digits, accuracy, lr=10.0) for accuracy in (0.98, 0.5)][-1]
    visit.looks_at = newest.id
    model = visit.model()
    assert (model.info, model.looked_at, model.n_tried) == (best, newest, 3)
    assert (model.is_chosen, model.learns, model.is_chance) == (False, False, False)
    visit.looks_at = best.id
    assert visit.model().looked_at is None


def test_of_equals_the_one_that_is_looked_at_judges_or_else_the_newest(visit: Visit) -> None:
    older = keep_run(visit.digits, 0.98)
    newer = keep_run(visit.digits, 0.98, lr=0.2)
    assert visit.model().info == newer
    visit.looks_at = older.id
    assert (visit.model().info, visit.model().looked_at) == (older, None)


def test_another_run_can_be_chosen_and_given_up_again(visit: Visit) -> None:
    poor, best = keep_run(visit.digits, 0.9), keep_run(visit.digits, 0.99)
    choose_answering("linear-scratch", poor.id)
    assert (visit.model().info, visit.model().is_chosen) == (poor, True)
    assert visit.model("simple-net").info is None
    choose_answering("linear-scratch", "")
    assert (visit.model().info, visit.model().is_chosen) == (best, False)
    choose_answering("linear-scratch", poor.id)
    visit.engine.store.delete(poor.id)
    assert (visit.model().info, visit.model().is_chosen) == (best, False)


def test_a_run_under_way_judges_when_it_is_over_and_better(visit: Visit) -> None:
    best = keep_run(visit.digits, 0.98)
    recorder = under_way(visit.digits, 0.995)
    visit.looks_at = recorder.info.id
    model = visit.model()
    assert (model.info, model.looked_at, model.learns, model.n_tried) == (best, recorder.info, True, 1)
    recorder.set_status(Status.FINISHED)
    model = visit.model()
    assert (model.info, model.looked_at, model.learns, model.n_tried) == (recorder.info, None, False, 2)


def test_a_run_under_way_judges_where_there_is_no_other(visit: Visit) -> None:
    recorder = under_way(visit.digits)
    assert visit.model().info == recorder.info
    assert visit.model().learns


def test_a_run_that_was_stopped_in_its_first_epoch_judges_where_there_is_no_other(visit: Visit) -> None:
    recorder = under_way(visit.digits)
    recorder.add(Batches(1, (0.7, 0.6), 0.1, 64))
    recorder.set_status(Status.STOPPED)
    assert visit.model().info == recorder.info
    assert not visit.model().is_chance  # nobody has measured it
    poor = keep_run(visit.digits, 0.6)
    assert visit.model().info == poor
    never = under_way(visit.digits)
    never.set_status(Status.STOPPED)
    assert never.info not in visit.model().runs


def test_what_was_measured_on_other_digits_judges_only_where_nothing_else_can(visit: Visit) -> None:
    elsewhere = keep_run(others(visit.digits), 1.0)
    assert visit.model().info == elsewhere
    assert visit.model().n_tried == 0
    here = keep_run(visit.digits, 0.9)
    assert visit.model().info == here


def test_a_run_that_diverged_judges_last_and_says_so(visit: Visit) -> None:
    recorder = under_way(visit.digits, 0.99)
    recorder.set_status(Status.DIVERGED, "the loss is not a number")
    model = visit.model()
    assert model.info == recorder.info
    assert warning(model.info, visit.digits) == "This run diverged: its answers mean nothing."
    fine = keep_run(visit.digits, 0.9)
    assert visit.model().info == fine
    assert visit.model().n_tried == 2  # it was a try all the same


@pytest.mark.parametrize(
    ("accuracy", "expected"), [(0.5, True), (0.505, True), (0.56, True), (0.6, False), (0.99, False)]
)
def test_a_run_that_learned_nothing_says_so(visit: Visit, accuracy: float, expected: bool) -> None:
    info = keep_run(visit.digits, accuracy)
    assert is_chance(info, visit.digits) is visit.model().is_chance is expected
    assert ("learned nothing" in warning(info, visit.digits)) is expected
    assert (f"{round(200 * (1 - accuracy))} wrong of 200" in warning(info, visit.digits)) is expected


def test_always_naming_the_larger_class_is_learning_nothing(visit: Visit, embedded: Digits) -> None:
    threes = np.flatnonzero(embedded.valid_labels == 1)
    few = np.concatenate([threes, np.flatnonzero(embedded.valid_labels == 0)[:20]])
    uneven = Digits(
        embedded.train_images, embedded.train_labels, embedded.valid_images[few], embedded.valid_labels[few], "uneven"
    )
    always_3 = keep_run(uneven, len(threes) / len(few))
    assert always_3.accuracy is not None
    assert always_3.accuracy > 0.8
    assert is_chance(always_3, uneven)
    assert not is_chance(keep_run(visit.digits, always_3.accuracy), visit.digits)


def test_in_the_lab_a_verdict_is_doubted_as_of_the_step_that_is_shown(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result.start, "digits_of", lambda _: visit.digits)
    lost = keep_run(visit.digits, 0.5)
    assert "This run learned nothing: 100 wrong of 200" in result._doubt(visit.engine, lost.id, None)
    settings = settings_for("simple-net", epochs=2)
    recorder = Recorder(visit.engine.store, settings, visit.digits)
    outcome = train(settings, visit.digits, recorder.add)
    recorder.finish(outcome.status, outcome.reason, weights_to_bytes(outcome.weights))
    assert result._doubt(visit.engine, recorder.info.id, None) == ""
    for step in recorder.history.snapshot_steps()[:3]:
        then = answers(visit.engine, recorder.info.id, visit.digits, step)
        assert then is not None
        is_doubted = f"So far not measurably better than always naming the same digit: {then.score}" in result._doubt(
            visit.engine, recorder.info.id, step
        )
        assert is_doubted is (then.score.interval[0] <= 0.5)


def test_runs_that_the_digits_cannot_tell_apart_are_named(visit: Visit) -> None:
    runs = {}
    for name, epochs in (("linear-scratch", 20), ("simple-net", 20), ("linear-torch", 1)):
        settings = settings_for(name, epochs=epochs, lr=0.0001 if epochs == 1 else 0.1)
        recorder = Recorder(visit.engine.store, settings, visit.digits)
        outcome = train(settings, visit.digits, recorder.add)
        recorder.finish(outcome.status, outcome.reason, weights_to_bytes(outcome.weights))
        runs[recorder.info.id] = name
    without_answers = keep_run(visit.digits, 1.0)
    words = too_few_words(visit.engine, {**runs, without_answers.id: "nothing kept"}, visit.digits)
    assert re.fullmatch(
        r"Too few digits to tell (\S+), the best of them, from: (\S+) \(p = .*\) \(McNemar's test\)\.", words
    )
    assert "linear-torch" not in words
    assert "nothing kept" not in words
    (first, _, last) = runs
    apart = too_few_words(visit.engine, {first: "good", last: "bad"}, visit.digits)
    assert apart.startswith("good is the best of them")
    assert too_few_words(visit.engine, {first: "alone"}, visit.digits) == ""


def test_inside_another_models_best_run_comes_first_and_pixel_similarity_is_there() -> None:
    mine = run_info(id="mine")
    poor, best = run_info("simple-net", id="poor", accuracy=0.5), run_info("simple-net", id="best", accuracy=0.99)
    net, lost = run_info("resnet18", id="net", accuracy=0.995), run_info("resnet18", id="lost", status=Status.DIVERGED)
    same = run_info(id="same", accuracy=1.0)
    assert list(_offered(mine, [lost, poor, same, best, net])) == ["net", "best", "lost", "poor", "same", BASELINE]
    means = run_info("pixel-similarity", id="kept", accuracy=0.99)
    assert list(_offered(mine, [means])) == ["kept"]
    assert list(_offered(mine, [])) == [BASELINE]
    assert list(_offered(means, [])) == []


def test_the_difference_of_two_runs_is_counted_digit_by_digit(embedded: Digits) -> None:
    labels = np.uint8([1, 1, 1, 0, 0, 0])
    first = Answers(1, np.float32([2, -1, -1, -2, -2, 3]), labels)  # wrong: 1, 2, 5
    second = Answers(1, np.float32([2, 1, 1, -2, 1, 3]), labels)  # wrong: 4, 5
    assert (first.score.wrong, second.score.wrong, first.score.n) == (3, 2, 6)
    difference = first.differs_from(second)
    assert (difference.only_a, difference.only_b, difference.p) == (2, 1, 1.0)
    means = baseline(embedded)
    assert means.differs_from(means).words.startswith("Both get the very same digits wrong")


def test_the_row_of_the_ladder_says_what_each_model_has_reached(visit: Visit) -> None:
    def said(rung: str = "linear-scratch") -> str:
        return reached(visit.model(rung), visit.digits)

    assert said("pixel-similarity") == f"{baseline(visit.digits).score.wrong} of 200 wrong"
    assert said() == said("resnet18") == "not trained yet"
    keep_run(others(visit.digits), 0.9)
    assert said() == "90.00 % of other digits"
    keep_run(visit.digits, 0.985)
    keep_run(visit.digits, 0.95)
    assert said() == "3 of 200 wrong"
    recorder = under_way(visit.digits, 0.9)
    visit.looks_at = recorder.info.id
    assert said() == ":green[learning …]"
    recorder.set_status(Status.DIVERGED)
    assert said() == "3 of 200 wrong"
