"""mnist37 as it is installed, by pip or in a container; tests/browser/test_wheel.py opens it in a browser."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.browser.server import Server
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


def test_the_dockerfile_copies_installs_serves_and_checks_its_health(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No image is fetched: its steps run in a clean folder, with torch lent and the port replaced by a free one."""
    context, source = tmp_path / "context", tmp_path / "src"
    _make_context(context)
    image = Installed(tmp_path / "environment")
    steps = _steps()
    for keyword, words in steps:
        if keyword == "COPY":
            _copy(context, source, *words.split())
        elif words.startswith("pip install"):
            # Requirements are only looked up: they are lent. The back-end, which pip would download, is lent too.
            *_, what = words.split()
            assert (source / what).exists()
            if what == ".":
                assert "--no-deps" in words.split()
                image.says("python", "-m", *words.split(), "--quiet", "--no-build-isolation", folder=source)
    last = dict(steps)
    serve, port = json.loads(last["CMD"]), last["EXPOSE"]
    check = json.loads(last["HEALTHCHECK"].partition(" CMD ")[2])
    assert serve[-2:] == ["--port", port]
    assert f":{port}/" in check[-1]
    assert last["USER"] not in ("root", "0")
    variables = dict(words.split("=") for keyword, words in steps if keyword == "ENV")
    assert variables.pop("MNIST37_HOME") == last["VOLUME"]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    command = [image.program(serve[0]), *serve[1:-1]]
    with Server(tmp_path / "home", tmp_path / "log", command=command, folder=tmp_path) as server:
        free = server.url.rpartition(":")[2]
        healthy = [image.program(check[0]), *check[1:-1], check[-1].replace(f":{port}/", f":{free}/")]
        subprocess.run(healthy, check=True)
        listens = {at.laddr for at in server.process.net_connections() if at.status == psutil.CONN_LISTEN}
        assert listens == {("0.0.0.0", int(free))}
        assert f"http://localhost:{free}/?host=" in server.log.read_text()
    assert subprocess.run(healthy, check=False, stderr=subprocess.DEVNULL).returncode == 1


def _steps() -> list[tuple[str, str]]:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line and not line.startswith("#")]


def _make_context(context: Path) -> None:
    """What .dockerignore lets through: it leaves out all, and then names what goes in."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    everything, *rest = [line for line in lines if not line.startswith("#")]
    assert everything == "*"
    for pattern in (line[1:] for line in rest if line.startswith("!")):
        found = list(ROOT.glob(pattern))
        assert found, pattern
        for path in found:
            _copy_one(path, context / path.relative_to(ROOT))


def _copy(context: Path, source: Path, *names: str) -> None:
    *what, to = names
    for name in what:
        _copy_one(context / name, source / to / name if to == "./" else source / to)


def _copy_one(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, to, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(path, to)
