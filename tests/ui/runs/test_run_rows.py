"""What stands in the table of runs, what its filters let through, and the CSV."""

import csv
import io

import pytest

from mnist37.events import Status
from mnist37.runs import BrokenRun
from mnist37.ui.compare.runs_table import table
from mnist37.ui.runs.run_rows import Filters, best_of_each_model, run_row, to_csv
from tests.ui.kept import run_info

ROW = run_row(run_info(name="My best", lr=0.3, seed=7))
BROKEN = run_row(BrokenRun("oops", "run.json is missing"))


def test_a_row_holds_the_settings_that_its_model_reads() -> None:
    assert ROW.model == "Linear from scratch"
    assert ROW.settings == {"lr": 0.3, "batch_size": 64, "epochs": 20, "loss": "logistic", "seed": 7, "digits": "3,7"}
    assert (ROW.accuracy, ROW.errors, ROW.n_valid, ROW.status) == (0.985, 3, 200, "finished")
    baseline = run_row(run_info("pixel-similarity"))
    assert baseline.settings == {"loss": "rmse", "digits": "3,7"}


def test_a_broken_run_is_a_row_with_its_reason() -> None:
    assert (BROKEN.status, BROKEN.note, BROKEN.accuracy) == ("broken", "run.json is missing", None)
    shown = table([ROW, BROKEN])
    assert shown["model"].tolist() == ["Linear from scratch", "oops"]
    assert shown["note"].tolist()[1] == "run.json is missing"


def test_columns_without_a_value_are_left_out() -> None:
    assert "name" in table([ROW])
    assert not {"name", "hidden", "note"} & set(table([run_row(run_info())]))


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(), True),
        (Filters(models=["Linear from scratch"]), True),
        (Filters(models=["ResNet-18"]), False),
        (Filters(statuses=["finished", "stopped"]), True),
        (Filters(statuses=["broken"]), False),
        (Filters(text="  best LR 0.3 "), True),
        (Filters(text="seed 7 logistic"), True),
        (Filters(text="worst"), False),
        (Filters(text="abc123"), True),
        (Filters(fingerprints=("these", "x")), True),
        (Filters(fingerprints=("those",)), False),
    ],
)
def test_filters(filters: Filters, passes: bool) -> None:
    assert filters.let_through(ROW) is passes


def test_a_broken_run_can_be_filtered_too() -> None:
    assert Filters(statuses=["broken"], text="oops").let_through(BROKEN)
    assert not Filters(fingerprints=("these", "x")).let_through(BROKEN)


def test_the_best_of_each_model_is_over_and_whole() -> None:
    best = run_info(accuracy=0.99, id="best")
    runs = [
        run_info(accuracy=0.98),
        best,
        run_info(accuracy=0.99, id="later"),
        run_info(accuracy=1.0, status=Status.RUNNING),
        run_info(accuracy=1.0, status=Status.DIVERGED),
        run_info("resnet18", accuracy=None, status=Status.STOPPED),
        run_info("pixel-similarity", accuracy=0.95),
    ]
    assert list(best_of_each_model(runs)) == ["pixel-similarity", "linear-scratch"]
    assert best_of_each_model(runs)["linear-scratch"] == best


def test_csv_gives_back_what_went_in() -> None:
    odd = run_row(run_info(name='a "quoted", name; ü', lr=1 / 3))
    first, second, broken = csv.DictReader(io.StringIO(to_csv([ROW, odd, BROKEN]).decode("utf-8-sig"), newline=""))
    assert list(first) == [
        *("id", "name", "model", "status", "accuracy", "errors", "n_valid", "accuracy_low", "accuracy_high"),
        *(
            "train_accuracy",
            "seconds",
            "steps",
            "lr",
            "batch_size",
            "epochs",
            "hidden",
            "loss",
            "seed",
            "digits",
            "created",
        ),
        *("data", "fingerprint", "valid_fingerprint", "note"),
    ]
    assert (float(first["accuracy"]), int(first["errors"]), first["hidden"]) == (0.985, 3, "")
    assert first["created"] == "2027-01-15T08:00:00+00:00"
    assert second["name"] == odd.name
    assert float(second["lr"]) == 1 / 3
    assert (broken["id"], broken["status"], broken["accuracy"]) == ("oops", "broken", "")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x"])
def test_a_name_is_no_formula(name: str) -> None:
    (row,) = csv.DictReader(io.StringIO(to_csv([run_row(run_info(name=name))]).decode("utf-8-sig")))
    assert row["name"] == f"'{name}"
