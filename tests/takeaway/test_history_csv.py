"""The curves as a table come back as they were."""

import io

import numpy as np
import pandas as pd
import pytest

from mnist37.data import Digits
from mnist37.rungs import LADDER
from mnist37.runs import History
from mnist37.takeaway.history_csv import COLUMNS, to_csv
from mnist37.train import Control

from ..rungs.spy import short
from .conftest import Keep


def read(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


@pytest.mark.parametrize("rung", [name for name in LADDER if name != "pixel-similarity"])
def test_every_step_and_every_epoch_is_in_it(rung: str, keep: Keep, tiny: Digits) -> None:
    run = keep(short(rung), tiny)
    history, settings = run.history, run.info.settings
    table = read(to_csv(history, settings.batch_size, tiny.n_train))
    assert tuple(table.columns) == COLUMNS
    assert table["step"].tolist() == list(range(1, history.step + 1))
    np.testing.assert_array_equal(table["loss"].astype(np.float32), history.losses())
    assert set(table["lr"]) == {settings.lr}
    assert set(table["batch_size"]) == {16}
    ended = table.dropna(subset="accuracy")
    assert ended["step"].tolist() == [epoch.step for epoch in history.epochs()]
    assert ended["epoch"].tolist() == [epoch.epoch for epoch in history.epochs()]
    for name in ("train_loss", "valid_loss", "accuracy", "seconds"):
        assert ended[name].tolist() == [getattr(epoch, name) for epoch in history.epochs()]
    assert table["epoch"].tolist()[:4] == [0.25, 0.5, 0.75, 1.0]


def test_a_model_that_takes_no_steps_has_one_row(keep: Keep, tiny: Digits) -> None:
    run = keep(short("pixel-similarity"), tiny)
    table = read(to_csv(run.history, 64, tiny.n_train))
    assert (len(table), table["step"][0], table["epoch"][0], table["accuracy"][0]) == (1, 0, 1, run.info.accuracy)
    assert table["loss"].isna().all()


def turn_and_stop(control: Control, epoch: int) -> None:
    """Turned while step 5 is under way, told to stop while step 9 is."""
    control.set_lr(0.2)
    if epoch == 2:
        control.stop()


def test_turned_knobs_and_an_epoch_that_did_not_end(keep: Keep, tiny: Digits) -> None:
    run = keep(short("linear-torch"), tiny, turn_and_stop)
    table = read(to_csv(run.history, 16, tiny.n_train))
    assert table["epoch"].tolist()[-2:] == [2.0, 2.25]
    assert table["lr"].tolist() == [run.info.settings.lr] * 5 + [0.2] * 4


def test_a_run_that_told_nothing_is_a_header() -> None:
    assert to_csv(History(), 10, 20) == ",".join(COLUMNS) + "\n"
