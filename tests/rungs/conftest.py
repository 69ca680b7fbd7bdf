from collections.abc import Callable
from functools import cache

import pytest

from mnist37.data import Digits
from mnist37.settings import Settings

from ..train.told import Told, teach


@pytest.fixture(scope="session")
def told(tiny: Digits) -> Callable[[Settings], Told]:
    """Trains on the tiny digits, each settings once for all tests that ask for them."""
    return cache(lambda settings: teach(settings, tiny))
