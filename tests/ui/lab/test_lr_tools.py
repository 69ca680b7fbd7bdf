"""Which of five rates stands out, what is said of the others, and what the finder's figure shows."""

import pytest

from mnist37.data import Digits
from mnist37.events import Batches, Epoch, Status
from mnist37.rungs import LADDER, LrCurve, settings_for
from mnist37.runs import History, course, ended_badly
from mnist37.train import train
from mnist37.ui.lab.lr_tools import _found_words, _search_figure, best_of
from mnist37.ui.runs.curves import Curve, accuracy_figure
from tests.ui.kept import run_info


def trained(digits: Digits, rung: str, lr: float) -> Curve:
    history, settings = History(), settings_for(rung, lr=lr)
    outcome = train(settings, digits, history.add)
    last = history.last_epoch()
    assert last is not None
    info = run_info(rung, lr=lr, status=outcome.status, reason=outcome.reason, accuracy=last.accuracy)
    return Curve(info, history)


@pytest.mark.parametrize(
    ("rung", "rates", "best"),
    [("linear-scratch", [0.01, 0.1, 1.0, 10.0, 100.0], 1.0), ("simple-net", [0.005, 0.05, 0.5, 5.0, 50.0], 0.5)],
)
def test_the_best_of_the_steady_ones_stands_out(rung: str, rates: list[float], best: float, embedded: Digits) -> None:
    curves = [trained(embedded, rung, lr) for lr in rates]
    found = best_of(curves, embedded)
    assert found is not None
    assert found.info.settings.lr == best
    chaotic = [curve.info.settings.lr for curve in curves if ended_badly(curve.info)]
    assert chaotic == rates[3:]
    assert not any(course(curve.info, curve.history, embedded).is_steady for curve in curves[3:])


def test_none_stands_out_where_none_is_good(embedded: Digits) -> None:
    history = History()
    history.add(Batches(1, (0.7,) * 20, 5.0, 64))
    history.add(Epoch(1, 20, 0.7, 0.7, 0.5, 0.1))
    assert best_of([Curve(run_info(accuracy=0.5), history)], embedded) is None
    assert best_of([Curve(run_info(accuracy=None, status=Status.QUEUED), History())], embedded) is None
    assert best_of([], embedded) is None


def test_the_figure_marks_the_suggestion_where_the_trial_led(embedded: Digits) -> None:
    curve = LADDER["linear-scratch"].find_lr(settings_for("linear-scratch"), embedded)
    traces = {trace["name"]: trace for trace in _search_figure(curve)["data"]}
    chosen = traces[f"suggestion: {curve.suggestion:g}"]
    (trial,) = [trial for trial in curve.trials if trial.lr == curve.suggestion]
    assert (chosen["x"], chosen["y"]) == ([trial.lr], [trial.valid_loss])
    assert len(traces["trials: valid loss"]["x"]) + len(traces["not steady"]["x"]) == len(curve.trials)
    words = _found_words(curve)
    assert words.startswith(f"**{curve.suggestion:g}** led to a valid loss of {trial.valid_loss:.3g}")


def test_where_nothing_was_found_that_is_said() -> None:
    curve = LrCurve((0.1, 1.0), (0.7, 0.7), 0.1)
    assert _found_words(curve).startswith("None of 0 rates")
    assert not any(trace["name"].startswith("suggestion") for trace in _search_figure(curve)["data"])


def test_the_train_accuracy_is_a_dotted_line_where_it_was_measured() -> None:
    history = History()
    history.add(Epoch(1, 13, 0.5, 0.4, 0.95, 0.1))
    assert [trace["name"] for trace in accuracy_figure(Curve(run_info(), history))["data"]] == ["valid"]
    history.add(Epoch(2, 26, 0.3, 0.3, 0.96, 0.1, train_accuracy=0.75, train_loss_after=0.25))
    valid, on_train = accuracy_figure(Curve(run_info(), history))["data"]
    assert (valid["name"], on_train["name"]) == ("valid", "train")
    assert (on_train["x"], on_train["y"], on_train["line"]["dash"]) == ([2], [75.0], "dot")
    assert accuracy_figure(Curve(run_info(), history))["layout"]["yaxis"]["range"][0] == 73.0  # it has room
