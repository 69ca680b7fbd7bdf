"""Controls as values: what they check, and how they go through a network."""

from typing import get_args

import msgpack
import pytest

from mnist37.controls import (
    Pause,
    Resume,
    RunControl,
    SetBatchSize,
    SetDrawing,
    SetLr,
    SetPace,
    Step,
    Stop,
    from_message,
    to_message,
)
from mnist37.errors import SettingsError

ALL = (Pause(), Step(), Resume(), Stop(), SetLr(0.1), SetBatchSize(64), SetPace(20.0), SetDrawing(bytes(784)))


@pytest.mark.parametrize("control", ALL, ids=repr)
def test_a_control_survives_the_network(control: RunControl) -> None:
    assert from_message(msgpack.unpackb(msgpack.packb(to_message(control)))) == control


def test_no_control_is_left_out_above() -> None:
    assert {type(control) for control in ALL} == {*get_args(RunControl)}


def test_a_message_makes_nothing_but_controls_with_values_in_range() -> None:
    with pytest.raises(KeyError):
        from_message({"kind": "eval"})
    with pytest.raises(SettingsError, match="lr is"):
        from_message({"kind": "SetLr", "lr": -1.0})
    with pytest.raises(SettingsError, match="batch_size is"):
        SetBatchSize(0)
