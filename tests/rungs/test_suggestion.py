"""The learning rate that is suggested is judged by what it leads to, against a grid of thirteen."""

import math
import os

import pytest

from mnist37.data import Digits
from mnist37.errors import SettingsError
from mnist37.evaluation import Score
from mnist37.rungs import LADDER, course_of, settings_for
from mnist37.rungs.lr_trials import RATES, Trial, suggested
from mnist37.settings import RANGES, Settings

from ..train.told import Told, teach

GRID = [10 ** (-4 + half / 2) for half in range(13)]
SLOW = bool(os.environ.get("MNIST37_SLOW"))
SMALL = ["linear-scratch", "linear-torch", "linear-fastai", "simple-net"]


def three_epochs(settings: Settings, digits: Digits) -> Told:
    return teach(settings.replace(epochs=3), digits)


def is_steady(settings: Settings, told: Told) -> bool:
    return course_of(told.losses, settings.batch_size).is_steady and not told.outcome.reason


def holds_what_it_says(settings: Settings, digits: Digits) -> None:
    found = LADDER[settings.rung].find_lr(settings, digits).suggestion
    assert found is not None
    chosen = three_epochs(settings.replace(lr=found), digits)
    losses = [
        told.epochs[-1].valid_loss
        for told in (three_epochs(settings.replace(lr=lr), digits) for lr in GRID)
        if told.epochs and is_steady(settings, told)
    ]
    assert chosen.epochs[-1].valid_loss <= 1.1 * min(losses)
    assert chosen.epochs[-1].accuracy > 0.95
    assert is_steady(settings, chosen)


@pytest.mark.parametrize("seed", [0, 1] if SLOW else [0])
@pytest.mark.parametrize("rung", SMALL)
def test_it_leads_to_a_loss_near_the_best_and_is_steady(rung: str, seed: int, embedded: Digits) -> None:
    holds_what_it_says(settings_for(rung, seed=seed), embedded)


@pytest.mark.parametrize(("rung", "batch_size"), [("linear-scratch", 256), ("simple-net", 16)])
def test_with_other_batches_too(rung: str, batch_size: int, embedded: Digits) -> None:
    holds_what_it_says(settings_for(rung, batch_size=batch_size), embedded)


@pytest.mark.full
@pytest.mark.parametrize("rung", SMALL if SLOW else SMALL[:1])
def test_on_the_full_set_too(rung: str, full: Digits) -> None:
    holds_what_it_says(settings_for(rung), full)


@pytest.mark.skipif(not SLOW, reason="many minutes: set MNIST37_SLOW=1")
@pytest.mark.timeout(7200)
def test_of_resnet18_too(embedded: Digits) -> None:
    holds_what_it_says(settings_for("resnet18"), embedded)


@pytest.mark.parametrize("rung", ["linear-scratch", "simple-net"])
def test_a_whole_run_with_it_is_steady(rung: str, embedded: Digits) -> None:
    found = LADDER[rung].find_lr(settings_for(rung), embedded).suggestion
    told = teach(settings_for(rung, lr=found), embedded)
    assert told.outcome.reason == ""
    assert told.epochs[-1].accuracy >= 0.98


def test_each_trial_is_told_and_kept(embedded: Digits) -> None:
    told: list[Trial] = []
    curve = LADDER["linear-scratch"].find_lr(settings_for("linear-scratch"), embedded, told.append)
    assert sorted({trial.lr for trial in told}) == [trial.lr for trial in curve.trials]
    assert 5 <= len(curve.trials) <= 15
    assert curve.suggestion in [trial.lr for trial in curve.trials if trial.is_good]
    assert curve.seconds > 0


def trial(lr: float, loss: float, *, steady: bool = True, learned: bool = True) -> Trial:
    accuracy = 0.98 if learned else 0.5
    return Trial(lr, loss, accuracy, course_of([0.7, *[0.1 if steady else 5.0] * 20], 64, Score.of(accuracy, 200)))


@pytest.mark.parametrize("begin", [1e-4, 0.01, 0.3, 3.0])
def test_it_is_found_from_wherever_the_finder_points(begin: float) -> None:
    """Losses with their least at 0.18; from 1.8 on nothing is steady."""

    def made(lr: float) -> Trial:
        return trial(lr, 0.05 + 0.1 * math.log10(lr / 0.18) ** 2, steady=lr < 1.8)

    chosen, trials = suggested(made, made, begin, 100.0)
    assert chosen == 0.18
    assert [one.lr for one in trials] == sorted(one.lr for one in trials)


def test_of_rates_as_good_the_lowest_is_taken_and_one_that_fails_elsewhere_is_not() -> None:
    chosen, trials = suggested(lambda lr: trial(lr, 0.05), lambda lr: trial(lr, 0.05), 0.1, 1.0)
    assert chosen == trials[0].lr
    chosen, _ = suggested(
        lambda lr: trial(lr, 0.05 if lr == 0.32 else 0.2),
        lambda lr: trial(lr, 0.05, steady=lr < 0.3),
        0.1,
        1.0,
    )
    assert chosen == 0.18


def test_where_no_rate_leads_anywhere_none_is_suggested() -> None:
    for steady in (True, False):
        none = lambda lr, steady=steady: trial(lr, 0.7, steady=steady, learned=False)  # noqa: E731
        chosen, trials = suggested(none, none, 0.01, 100.0)
        assert chosen is None
        assert trials


def test_rates_fill_the_range() -> None:
    assert RATES[0] == RANGES["lr"].low
    assert RATES[-1] == RANGES["lr"].high


def test_a_batch_that_a_model_cannot_learn_from_is_refused_before_anything_is_tried(embedded: Digits) -> None:
    with pytest.raises(SettingsError, match="alone in its batch"):
        LADDER["resnet18"].find_lr(settings_for("resnet18", batch_size=1), embedded)
