"""Labels that name only what differs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist37.runs import RunInfo
from mnist37.ui.runs.differences import differences
from tests.ui.kept import run_info

LINEAR, NET = "Linear from scratch", "Two-layer ReLU net"


@pytest.mark.parametrize(
    ("infos", "labels"),
    [
        ([], []),
        ([run_info()], [LINEAR]),
        ([run_info(lr=0.1), run_info(lr=1.0)], ["lr 0.1", "lr 1"]),
        ([run_info(lr=0.1, seed=1), run_info(lr=1.0, seed=2)], ["lr 0.1, seed 1", "lr 1, seed 2"]),
        ([run_info(epochs=1), run_info(epochs=5)], ["1 epoch", "5 epochs"]),
        ([run_info(), run_info("simple-net")], [LINEAR, NET]),
        (
            [run_info(lr=0.1), run_info(lr=1.0), run_info("simple-net", lr=0.5)],
            [f"{LINEAR}, lr 0.1", f"{LINEAR}, lr 1", NET],
        ),
        ([run_info("pixel-similarity", loss="l1"), run_info("pixel-similarity", loss="rmse")], ["l1", "rmse"]),
        ([run_info("pixel-similarity", lr=1.0), run_info("pixel-similarity", lr=2.0, id="x-2")], None),
        ([run_info(name="mine", lr=0.1), run_info(lr=1.0)], ["mine", "lr 1"]),
        (
            [run_info(data="/a/book.tgz"), run_info(fingerprint="those", data="embedded")],
            ["book.tgz", "embedded"],
        ),
        ([run_info(), run_info(fingerprint="those", n_own=12)], ["embedded", "embedded + 12 drawn"]),
    ],
)
def test_only_what_differs_is_named(infos: list[RunInfo], labels: list[str] | None) -> None:
    told = differences(infos)
    assert told == labels if labels is not None else len(set(told)) == len(infos)


def test_what_is_the_same_is_told_apart_by_time_and_at_last_by_id() -> None:
    same = [run_info(id="a-111111", created=1.0), run_info(id="a-222222", created=2.0)]
    assert differences(same) == [f"{LINEAR} #111111", f"{LINEAR} #222222"]
    assert differences(same, str) == [f"{LINEAR} 1.0", f"{LINEAR} 2.0"]
    at_once = [info.replace(created=1.0, name="mine") for info in same]
    assert differences(at_once, str) == ["mine 1.0 #111111", "mine 1.0 #222222"]


def test_a_model_that_is_not_known_here_has_a_label_too() -> None:
    unknown = run_info().replace(settings=run_info().settings.replace(rung="transformer"))
    assert differences([unknown, run_info()]) == ["transformer", LINEAR]


rungs = st.sampled_from(["pixel-similarity", "linear-scratch", "simple-net", "resnet18"])


@given(st.lists(st.tuples(rungs, st.sampled_from([0.1, 1.0]), st.integers(0, 2)), max_size=8))
def test_each_run_has_a_label_of_its_own(asked: list[tuple[str, float, int]]) -> None:
    infos = [run_info(rung, lr=lr, seed=seed, id=f"run-{n:06}") for n, (rung, lr, seed) in enumerate(asked)]
    labels = differences(infos)
    assert len(set(labels)) == len(infos)
    assert all(labels)
