"""A virtual environment of its own, to install mnist37 into as its users do."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Installed:
    """An environment with pip alone; what mnist37 depends on is lent to it by the environment of the tests.

    Installing torch once more would take 3.3 GB, so a .pth file names the folder where it is. mnist37 is not in there.
    """

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        self._programs = folder / ("Scripts" if os.name == "nt" else "bin")
        self.site_packages = Path(self.says("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"))
        lent = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
        (self.site_packages / "lent.pth").write_text("\n".join(lent), encoding="utf-8")

    def program(self, name: str) -> str:
        return str(self._programs / name)

    def says(self, name: str, *arguments: object, folder: Path = ROOT) -> str:
        """Run a program there as somebody does who has no checkout on Python's path; what it prints."""
        environment = without_python_path(dict(os.environ))
        command = [self.program(name), *map(str, arguments)]
        return subprocess.check_output(command, cwd=folder, env=environment, text=True).strip()

    def install(self, folder: Path) -> None:
        """`pip install .`, with the build back-end that is lent too."""
        self.says("python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", ".", folder=folder)


def without_python_path(environment: dict[str, str]) -> dict[str, str]:
    """Drop where other tests, in this process, let their child processes look for mnist37."""
    return {name: value for name, value in environment.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}


def decoy(folder: Path) -> Path:
    """Make a folder with another `mnist37` in it, which nobody may import who only works in that folder."""
    (folder / "mnist37").mkdir(parents=True)
    (folder / "mnist37" / "__init__.py").write_text("raise ImportError('not the mnist37 that is installed')\n")
    return folder
