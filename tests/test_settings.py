import dataclasses
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist37.errors import SettingsError
from mnist37.settings import RANGES, Settings, checked

GOOD = {"rung": "linear-scratch", "lr": 0.1, "batch_size": 64, "epochs": 20, "loss": "logistic"}
names = pytest.mark.parametrize("name", RANGES)


def in_range(name: str) -> st.SearchStrategy[int | float]:
    allowed = RANGES[name]
    if allowed.kind is int:
        return st.integers(int(allowed.low), int(allowed.high))
    return st.floats(allowed.low, allowed.high)


any_settings = st.builds(
    Settings,
    **{name: in_range(name) for name in RANGES},
    **{name: st.text(min_size=1) for name in ("rung", "loss", "data")},
)


@given(any_settings)
def test_settings_survive_json(settings: Settings) -> None:
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


@names
def test_the_ends_of_a_range_are_in_it(name: str) -> None:
    allowed = RANGES[name]
    for end in (allowed.low, allowed.high):
        value = checked(name, end)
        assert value == end
        assert type(value) is allowed.kind


@names
@given(data=st.data())
def test_what_is_out_of_range_is_refused(name: str, data: st.DataObject) -> None:
    allowed = RANGES[name]
    below, above = st.integers(max_value=math.ceil(allowed.low) - 1), st.integers(min_value=int(allowed.high) + 1)
    with pytest.raises(SettingsError, match=rf"^{name} is .*\d\.$"):
        checked(name, data.draw(below | above))


@names
@pytest.mark.parametrize("value", [True, False, math.nan, math.inf, -math.inf, "1", "", None, [1], 1 + 0j, b"1"])
def test_what_is_no_number_is_refused(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is "):
        Settings.from_dict({**GOOD, name: value})


@names
@pytest.mark.parametrize("value", [10**400, -(10**400)], ids=["above", "below"])
def test_a_number_beyond_all_floats_is_refused(name: str, value: int) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is "):
        checked(name, value)


@pytest.mark.parametrize("name", [name for name, allowed in RANGES.items() if allowed.kind is int])
def test_a_whole_number_may_come_as_a_float_but_not_a_broken_one(name: str) -> None:
    value = checked(name, 2.0)
    assert value == 2
    assert type(value) is int
    with pytest.raises(SettingsError, match="whole number"):
        checked(name, 2.5)


@pytest.mark.parametrize("name", ["rung", "loss", "data"])
@pytest.mark.parametrize("value", ["", 3, None, b"x"])
def test_a_word_must_be_one(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is "):
        Settings.from_dict({**GOOD, name: value})


def test_an_unknown_setting_is_named_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"Unknown setting 'momentum'.*batch_size, data, digits, epochs"):
        Settings.from_dict({**GOOD, "momentum": 0.9})


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"missing.*'{name}'"):
        Settings.from_dict({other: value for other, value in GOOD.items() if other != name})


def test_settings_cannot_be_changed_only_replaced() -> None:
    settings = Settings.from_dict(GOOD)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.lr = 1.0  # type: ignore[misc]
    assert settings.replace(lr=1).lr == 1.0
    with pytest.raises(SettingsError):
        settings.replace(lr=0)


@given(n_train=st.integers(1, 20_000), batch_size=in_range("batch_size"))
def test_steps_per_epoch_take_every_digit_once(n_train: int, batch_size: int) -> None:
    steps = Settings.from_dict({**GOOD, "batch_size": batch_size}).steps_per_epoch(n_train)
    assert (steps - 1) * batch_size < n_train <= steps * batch_size


def test_every_range_says_what_it_is_and_why() -> None:
    fields: dict[str, Any] = {field.name: field.type for field in dataclasses.fields(Settings)}
    for name, allowed in RANGES.items():
        assert fields[name] is allowed.kind
        assert allowed.low < allowed.high
        assert allowed.does.endswith(".")
        assert allowed.why.endswith(".")
