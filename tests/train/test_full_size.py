"""The chapter's settings on the chapter's digits reach what the chapter reports."""

import os

import pytest

from mnist37.data import Digits
from mnist37.rungs import LADDER, settings_for

from .told import teach

pytestmark = pytest.mark.full


@pytest.mark.parametrize(
    ("name", "figure", "accuracy"),
    [
        ("pixel-similarity", 0, 0.951),
        ("pixel-similarity", 1, 0.966),
        ("linear-scratch", 0, 0.970),
        ("linear-torch", 0, 0.970),
        ("linear-fastai", 0, 0.970),
        ("simple-net", 0, 0.982),
        ("simple-net", None, 0.992),
        pytest.param(
            *("resnet18", 0, 0.995),
            marks=pytest.mark.skipif(not os.environ.get("MNIST37_SLOW"), reason="minutes: set MNIST37_SLOW=1"),
        ),
    ],
)
def test_it_gets_there(name: str, figure: int | None, accuracy: float, full: Digits) -> None:
    changes = {} if figure is None else LADDER[name].chapter[figure].settings
    told = teach(settings_for(name, **changes), full)
    assert told.epochs[-1].accuracy >= accuracy
