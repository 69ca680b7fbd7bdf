from collections.abc import Callable
from functools import cache

import pytest

from mnist37.data import Digits
from mnist37.rungs import LADDER, Weights, settings_for
from mnist37.settings import Settings

from ..train.told import teach

ASKED = [*((name, {}) for name in LADDER), ("pixel-similarity", {"loss": "l1"}), ("simple-net", {"hidden": 1})]
"""Every rung, and what else there is to explain."""

every_model = pytest.mark.parametrize(
    "model", ASKED, ids=[" ".join((name, *map(str, changes.values()))) for name, changes in ASKED], indirect=True
)

Trained = tuple[Settings, Weights]


@pytest.fixture(scope="session")
def trained(few: Callable[[int], Digits]) -> Callable[..., Trained]:
    """`trained(rung)`: its settings and what it has learned from 200 digits."""

    @cache
    def learn(settings: Settings) -> Trained:
        return settings, teach(settings, few(200)).outcome.weights

    return lambda name, **changes: learn(settings_for(name, **changes))


@pytest.fixture
def model(request: pytest.FixtureRequest, trained: Callable[..., Trained]) -> Trained:
    name, changes = request.param
    return trained(name, **changes)
