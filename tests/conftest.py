"""Every test has a home of its own and the digits that it says; the full set is used where there is one."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

import mnist37  # isort: skip # noqa: F401 - before torch, whose threads it has wait passively
import torch

from mnist37.data import Digits, load_digits
from mnist37.train import run_watch

# On a busy machine examples take their time, and the first one a second more; that says nothing of what is tested.
# They are the same each time, so that no change is refused for what an older one did; MNIST37_SLOW=1 tries new ones.
hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    derandomize=not os.environ.get("MNIST37_SLOW"),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("patient")

_CHOSEN = os.environ.get("MNIST37_DATA")
_SHARED = Path(__file__).parents[2] / "shared" / "data" / "mnist_sample.tgz"


SHARED_BY_A_FOLDER = ("bad_days", "browser", "engine")
"""Folders whose tests share what takes long to start: a server and a browser, an engine.

Two browsers at once are slower than one, which takes both cores: five tests took 189 s in two processes, 80 s in one.
"""


class InGroups(LoadScopeScheduling):
    """Gives each process of pytest-xdist whole modules, or a whole folder where its tests share something."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", maxsplit=1)[0]
        folder = Path(module).parent.name
        return folder if folder in SHARED_BY_A_FOLDER else module


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last: they have the machine to themselves when the others are through."""
    items.sort(key=lambda item: item.path.parent.name == "browser")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> InGroups:
    return InGroups(config, log)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("MNIST37_HOME", str(folder))
    for name in ("MNIST37_DATA", "MNIST37_LOG", "MNIST37_SCHEDULER", "MNIST37_WORKERS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(autouse=True)
def same_threads() -> Iterator[None]:
    """A training sets torch's threads for the whole process; the next test must not notice."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def tell_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every batch is told by an event of its own, before the next one."""
    monkeypatch.setattr(run_watch, "FLUSH_SECONDS", -1.0)


@pytest.fixture(scope="session")
def full_source() -> str:
    if _CHOSEN and Path(_CHOSEN).exists():
        return _CHOSEN
    if not _SHARED.exists():
        pytest.skip("the full set is not here")
    return str(_SHARED)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Digits:
    return _load("embedded", tmp_path_factory)


@pytest.fixture(scope="session")
def full(full_source: str, tmp_path_factory: pytest.TempPathFactory) -> Digits:
    return _load(full_source, tmp_path_factory)


@pytest.fixture(scope="session")
def few(embedded: Digits) -> Callable[[int], Digits]:
    """`few(n)`: n train and n valid digits of the embedded ones, threes and sevens by turns."""

    def pick(n: int) -> Digits:
        def by_turns(labels: np.ndarray) -> np.ndarray:
            threes, sevens = np.flatnonzero(labels == 1)[:n], np.flatnonzero(labels == 0)[:n]
            return np.stack([threes, sevens], 1).reshape(-1)[:n]

        train, valid = by_turns(embedded.train_labels), by_turns(embedded.valid_labels)
        return Digits(
            embedded.train_images[train],
            embedded.train_labels[train],
            embedded.valid_images[valid],
            embedded.valid_labels[valid],
            f"{n} of the embedded",
        )

    return pick


@pytest.fixture(scope="session")
def tiny(few: Callable[[int], Digits]) -> Digits:
    """50 digits, which no batch size used here divides."""
    return few(50)


def _load(source: str, tmp_path_factory: pytest.TempPathFactory) -> Digits:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST37_HOME", str(tmp_path_factory.mktemp("home")))
        return load_digits(source)
