"""mnist37 as pip installs it; tests/browser/test_wheel.py opens it in a browser."""

import re
from pathlib import Path

import pytest

from tests.installed import ROOT, Installed, decoy


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    environment = Installed(tmp_path_factory.mktemp("installed") / "environment")
    environment.install(ROOT)
    return environment


def test_the_command_has_all_that_the_module_has(installed: Installed, tmp_path: Path) -> None:
    told = installed.says("mnist37", "--help", folder=tmp_path)
    assert told.startswith("usage: mnist37 ")
    words = ("serve", "data", "train", "ladder", "runs", "predict", "export", "import")
    assert re.findall(r"^    (\w+) ", told, re.MULTILINE) == list(words)


def test_the_wheel_depends_on_the_list_of_versions(installed: Installed) -> None:
    program = "from importlib.metadata import requires; print(*requires('mnist37'), sep='\\n')"
    listed = re.findall(r"^[\w-]+==.*$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(installed.says("python", "-c", program, folder=ROOT / "docs").splitlines()) == sorted(listed)


def test_child_processes_find_the_installed_one(installed: Installed, tmp_path: Path) -> None:
    """Where they start in a folder with another mnist37, too."""
    folder = decoy(tmp_path / "elsewhere")
    where = "import mnist37; print(mnist37.__file__)"
    place = Path(installed.says("python", "-P", "-c", where, folder=folder))
    assert place == installed.site_packages / "mnist37" / "__init__.py"
    installed.says("mnist37", "train", "--epochs", 1, folder=folder)
    installed.says("mnist37", "export", "last", "--as", "onnx", "--to", "model.onnx", folder=folder)
    assert (folder / "model.onnx").stat().st_size > 0
