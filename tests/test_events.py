import math

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from mnist37.events import (
    Batches,
    DrawingJudged,
    Epoch,
    Event,
    Glimpse,
    Snapshot,
    Status,
    StatusChanged,
    ValidJudged,
    drawing_key,
    from_message,
    to_message,
)

steps = st.integers(0, 2**40)
floats = st.floats()  # nan and infinities too: a run that diverges tells them
arrays = st_numpy.arrays(np.float32, st_numpy.array_shapes(min_dims=0, max_dims=4, max_side=5) | st.just((0, 3)))
events = st.one_of(
    st.builds(Batches, steps, st.lists(floats).map(tuple), floats, steps),
    st.builds(Epoch, steps, steps, floats, floats, floats, floats),
    st.builds(Snapshot, steps, st.dictionaries(st.text(), arrays, max_size=3)),
    st.builds(Glimpse, steps, st.dictionaries(st.text(), arrays, max_size=3)),
    st.builds(DrawingJudged, steps, steps, st.lists(floats, min_size=1, max_size=10).map(tuple)),
    st.builds(ValidJudged, steps, arrays),
    st.builds(StatusChanged, st.sampled_from(Status), st.text()),
)


def through_msgpack(event: Event) -> Event:
    return from_message(msgpack.unpackb(msgpack.packb(to_message(event))))


@given(events)
def test_an_event_survives_the_network(event: Event) -> None:
    again = through_msgpack(event)
    assert type(again) is type(event)
    if isinstance(event, ValidJudged):
        np.testing.assert_array_equal(again.logits, event.logits, strict=True)
    elif isinstance(event, Snapshot | Glimpse):
        assert again.step == event.step
        assert list(again.weights) == list(event.weights)
        for name, array in event.weights.items():
            assert again.weights[name].dtype == np.float32
            np.testing.assert_array_equal(again.weights[name], array, strict=True)
    else:
        assert repr(again) == repr(event)  # nan is not equal to itself, but reads the same


def test_weights_of_any_layout_arrive_as_they_look() -> None:
    picture = np.arange(6, dtype=np.float32).reshape(2, 3)
    for array in (picture.T, picture[:, ::2], picture.astype(">f4"), picture.astype(np.float64)):
        again = through_msgpack(Snapshot(1, {"weights": array}))
        np.testing.assert_array_equal(again.weights["weights"], array)
        assert again.weights["weights"].dtype == np.float32


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        from_message({"kind": "Surprise"})


def test_what_is_over_is_over() -> None:
    over = {status for status in Status if status.is_over}
    assert over == {Status.STOPPED, Status.FINISHED, Status.DIVERGED, Status.FAILED}


def test_an_epoch_may_lack_a_loss() -> None:
    again = through_msgpack(Epoch(1, 0, math.nan, math.nan, 0.95, 0.1))
    assert math.isnan(again.valid_loss)


def test_a_drawing_s_key_fits_a_column_of_whole_numbers() -> None:
    keys = {drawing_key(np.full((28, 28), grey, np.uint8)) for grey in range(256)}
    assert len(keys) == 256
    assert np.array(sorted(keys), np.int64).min() >= 0
