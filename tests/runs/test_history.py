import threading
import time

import numpy as np
import pytest

from mnist37.events import Batches, DrawingJudged, Epoch, Event, Glimpse, Snapshot, ValidJudged
from mnist37.rungs import settings_for
from mnist37.runs import BatchSizeChange, History, LrChange


def told(*events: Event) -> History:
    history = History()
    for event in events:
        history.add(event)
    return history


def again(history: History) -> History:
    return History.from_arrays(history.to_arrays(), history.snapshots_to_arrays())


def snapshot(step: int, value: float = 0.0) -> Snapshot:
    return Snapshot(step, {"weights": np.full((784, 1), value, np.float32), "bias": np.array([value], np.float32)})


def test_it_begins_empty() -> None:
    history = History()
    assert history.step == 0
    assert history.losses().shape == (0,)
    assert history.epochs() == history.lr_changes() == history.snapshot_steps() == []
    assert history.last_epoch() is None
    assert history.snapshot() is None
    assert again(history).to_arrays().keys() == history.to_arrays().keys()


def test_it_grows() -> None:
    epoch = Epoch(1, 3, 0.5, float("nan"), 0.9, 0.1)
    history = told(Batches(1, (1.0, 2.0), 0.1, 64), Batches(3, (3.0,), 0.1, 64), epoch, Batches(4, (4.0, 5.0), 0.2, 32))
    assert history.losses().tolist() == [1, 2, 3, 4, 5]
    assert history.losses().dtype == np.float32
    assert history.lr_changes() == [LrChange(1, 0.1), LrChange(4, 0.2)]
    assert history.batch_size_changes() == [BatchSizeChange(1, 64), BatchSizeChange(4, 32)]
    assert history.last_epoch() is epoch


def test_the_snapshot_at_a_step_is_the_last_one_before_it() -> None:
    history = told(*(snapshot(step, step) for step in (0, 1, 5)))
    assert history.snapshot_steps() == [0, 1, 5]
    for step, expected in {0: 0, 1: 1, 4: 1, 5: 5, 99: 5, None: 5}.items():
        found = history.snapshot(step)
        assert found is not None
        assert found.step == found.weights["bias"][0] == expected
    assert told(snapshot(3)).snapshot(2) is None


def test_a_glimpse_is_shown_until_something_newer_comes_and_is_not_kept() -> None:
    history = told(snapshot(2, 2.0), Glimpse(5, {"weights": np.ones(3, np.float32)}))
    assert history.snapshot().step == 5
    assert history.snapshot(5).step == 2
    assert history.snapshot_steps() == [2]
    assert again(history).snapshot().step == 2
    history.add(snapshot(9))
    assert history.snapshot().step == 9


def test_what_a_large_model_said_is_found_by_step() -> None:
    history = told(
        *(DrawingJudged(1, 7, (-0.5,)), DrawingJudged(4, 7, (0.5,)), DrawingJudged(5, 8, (0.1,))),
        *(ValidJudged(2, np.float32([0.5, -1])), ValidJudged(4, np.float32([1, 2]))),
    )
    for kept in (history, again(history)):
        assert kept.drawing_logits(7).logits == (0.5,)
        assert kept.drawing_logits(7, step=3).logits == (-0.5,)
        assert kept.drawing_logits(7, step=0) is None
        assert kept.drawing_logits(9) is None
        assert kept.valid_logits(3).step == 2
        assert kept.valid_logits().logits.tolist() == [1, 2]
        assert kept.valid_logits(1) is None


def test_it_can_be_had_as_it_was() -> None:
    first, second = Epoch(1, 2, 0.5, 0.6, 0.9, 0.1), Epoch(2, 4, 0.4, 0.5, 0.95, 0.1)
    history = told(
        *(snapshot(0), Batches(1, (1.0, 2.0), 0.1, 64), first, snapshot(2, 2.0), ValidJudged(2, np.float32([1]))),
        *(
            DrawingJudged(2, 7, (0.5,)),
            Batches(3, (3.0, 4.0), 0.2, 32),
            second,
            snapshot(4),
            ValidJudged(4, np.float32([2])),
        ),
    )
    past = history.until(3)
    assert past.losses().tolist() == [1, 2, 3]
    assert past.smoothed_losses().tolist() == told(Batches(1, (1.0, 2.0, 3.0), 0.1, 64)).smoothed_losses().tolist()
    assert past.lr_changes() == [LrChange(1, 0.1), LrChange(3, 0.2)]
    assert past.batch_size_changes() == [BatchSizeChange(1, 64), BatchSizeChange(3, 32)]
    assert past.epochs() == [first]
    assert past.snapshot_steps() == [0, 2]
    assert past.valid_steps() == [2]
    assert past.drawing_logits(7).step == 2
    assert (history.until(0).step, history.until(0).last_epoch(), history.until(0).snapshot().step) == (0, None, 0)
    assert history.until(4).to_arrays().keys() == history.to_arrays().keys()
    assert history.step == 4


def test_epochs_end_where_the_batch_size_says() -> None:
    settings = settings_for("linear-scratch", batch_size=64, epochs=4)
    assert History().epoch_ends(settings, 800) == [0, 13, 26, 39, 52]
    history = told(Batches(1, (1.0,) * 13, 0.1, 64), Epoch(1, 13, 1, 1, 1, 1), Batches(14, (1.0,), 0.1, 100))
    assert history.epoch_ends(settings, 800) == [0, 13, 21, 29, 37]


def test_runs_of_before_some_columns_can_be_read() -> None:
    columns = told(Batches(1, (1.0,), 0.1, 64)).to_arrays()
    later = {"batch_sizes", "drawing_keys", "drawing_logits", "valid_steps", "valid_logits", "epochs_on_train"}
    old = History.from_arrays({name: array for name, array in columns.items() if name not in later}, {})
    assert old.step == 1
    assert old.batch_size_changes() == []


def test_what_is_handed_out_is_a_copy() -> None:
    history = told(Batches(1, (1.0,), 0.1, 64))
    history.losses()[0] = 9.0
    history.lr_changes().clear()
    assert history.losses().tolist() == [1.0]
    assert len(history.lr_changes()) == 1


def test_arrays_give_the_same_history() -> None:
    history = told(
        *(snapshot(0), Batches(1, (1.5, float("nan")), 0.1, 64), Epoch(1, 2, 1.5, float("nan"), 0.5, 0.25)),
        *(snapshot(2, 7.0), Batches(3, (float("inf"),), 0.3, 32)),
        Snapshot(3, {"0.weight": np.zeros((2, 3), np.float32), "a/b": np.zeros((), np.float32)}),
    )
    copy = again(history)
    for name, column in history.to_arrays().items():
        np.testing.assert_array_equal(copy.to_arrays()[name], column, strict=True)
    assert repr(copy.epochs()) == repr(history.epochs())
    assert copy.lr_changes() == history.lr_changes()
    assert copy.snapshot_steps() == [0, 2, 3]
    for name, array in history.snapshots_to_arrays().items():
        np.testing.assert_array_equal(copy.snapshots_to_arrays()[name], array, strict=True)


@pytest.mark.parametrize("column", ["batch_losses", "lr_steps", "lr_values", "epochs"])
def test_a_missing_or_bent_column_is_an_error(column: str) -> None:
    columns = told(Batches(1, (1.0,), 0.1, 64), Epoch(1, 1, 1, 1, 1, 1)).to_arrays()
    with pytest.raises(KeyError):
        History.from_arrays({name: array for name, array in columns.items() if name != column}, {})
    if column != "batch_losses":
        with pytest.raises(ValueError, match=r"reshape|longer|shorter"):
            History.from_arrays({**columns, column: np.zeros(2 if "lr" in column else 5)}, {})


def test_a_snapshot_without_a_step_is_an_error() -> None:
    with pytest.raises(ValueError, match="weights"):
        History.from_arrays(History().to_arrays(), {"weights": np.zeros(3)})


def test_one_thread_may_write_while_others_read() -> None:
    history, over, problems = History(), threading.Event(), []

    def read() -> None:
        try:
            while not over.is_set():
                losses, steps = history.losses(), history.snapshot_steps()
                np.testing.assert_array_equal(losses, np.arange(1, len(losses) + 1))
                assert steps == sorted(steps)
                history.to_arrays()
                history.snapshots_to_arrays()
                assert history.snapshot() is None or history.step >= 0
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must say it
            problems.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for step in range(1, 2000, 2):
        history.add(Batches(step, (step, step + 1), 0.1, 64))
        if step % 20 == 1:
            history.add(snapshot(step))
            history.add(Epoch(step, step, 0, 0, 0, 0))
    over.set()
    for reader in readers:
        reader.join()
    assert not problems
    assert history.step == 2000


def test_a_hundred_thousand_batches_take_no_time() -> None:
    began = time.process_time()
    history = told(*(Batches(step, (0.5,) * 100, 0.1, 64) for step in range(1, 100_000, 100)))
    assert again(history).losses().shape == (100_000,)
    assert time.process_time() - began < 2


def test_what_was_measured_on_the_train_digits_is_kept_and_old_runs_have_none() -> None:
    history = told(Epoch(1, 3, 0.5, 0.4, 0.9, 0.1, 0.95, 0.3), Epoch(2, 6, 0.4, 0.3, 0.9, 0.1))
    assert again(history).epochs() == history.epochs()
    columns = history.to_arrays()
    del columns["epochs_on_train"]
    old = History.from_arrays(columns, {}).epochs()
    assert [(epoch.accuracy, epoch.train_accuracy, epoch.train_loss_after) for epoch in old] == [(0.9, None, None)] * 2
