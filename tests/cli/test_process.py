"""What only a process of its own shows: `python -m mnist37`, and Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mnist37", *arguments]
    env, pipe = {**os.environ, "COLUMNS": "80"}, subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True)


def test_help() -> None:
    program = start("--help")
    out, err = program.communicate()
    assert (program.returncode, err) == (0, "")
    assert all(
        re.search(rf"^    {name} ", out, re.MULTILINE) for name in ("data", "train", "ladder", "runs", "predict")
    )
    assert "Exit codes" in out


def test_ctrl_c_keeps_the_run() -> None:
    program = start("train", "--epochs", "1000", "--batch-size", "1")
    for line in program.stdout:
        if line.split()[:1] == ["1"]:  # the first epoch ended
            break
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=30)
    assert (program.returncode, err) == (1, "")
    assert re.search(r"stopped: accuracy .*Stopped after step \d+\.", out)
    listed = start("runs", "--json")
    (run,) = json.loads(listed.communicate()[0])["runs"]
    assert run["status"] == "stopped"
    assert run["steps"] >= 800
    assert run["accuracy"] > 0.5


@pytest.mark.parametrize("rung", ["linear-scratch", "simple-net"])
def test_ctrl_c_as_json(rung: str) -> None:
    """Also while fastai is still being imported, before the first step."""
    program = start("train", "--rung", rung, "--epochs", "1000", "--batch-size", "1", "--json")
    runs = Path(os.environ["MNIST37_HOME"]) / "runs"
    while not list(runs.glob("2*")):
        assert program.poll() is None
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=60)
    result = json.loads(out)
    assert (program.returncode, result["status"]) == (1, "stopped"), err
