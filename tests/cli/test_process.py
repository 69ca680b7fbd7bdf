"""What only a process of its own shows: `python -m mnist37`, and Ctrl-C."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from mnist37.cli import main
from mnist37.events import Status
from mnist37.runs import RunInfo, RunStore

from .conftest import Command

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
        re.search(rf"^    {name} ", out, re.MULTILINE)
        for name in ("serve", "data", "train", "ladder", "runs", "predict")
    )
    assert "Exit codes" in out


@pytest.mark.parametrize(("given", "policy"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_wait_without_computing_unless_somebody_says_otherwise(given: str | None, policy: str) -> None:
    """Where torch is imported, the environment says so already."""
    program = "import os, sys, mnist37; print(os.environ['OMP_WAIT_POLICY'], 'torch' in sys.modules)"
    env = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    env |= {"OMP_WAIT_POLICY": given} if given else {}
    assert subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, env=env, text=True) == f"{policy} False\n"


@pytest.fixture(autouse=True)
def signals_as_in_a_terminal() -> Iterator[None]:
    """A child ignores what this process ignores, as it does below nohup or in a script's background."""
    names = [name for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.getsignal(getattr(signal, name)) for name in names}
    for name in names:
        if before[name] == signal.SIG_IGN:
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    yield
    for name in names:
        signal.signal(getattr(signal, name), before[name])


@pytest.mark.skipif(os.name != "posix", reason="Windows sends no such signals")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM], ids=lambda ending: ending.name)
def test_whatever_ends_it_keeps_the_run(ending: signal.Signals) -> None:
    program = start("train", "--epochs", "1000", "--batch-size", "1")
    for line in program.stdout:
        if line.split()[:1] == ["1"]:  # the first epoch ended
            break
    program.send_signal(ending)
    try:
        out, err = program.communicate(timeout=60)
    finally:
        program.kill()
    assert (program.returncode, err) == (1, "")
    assert re.search(r"stopped: accuracy .*Stopped after step \d+\.", out)
    run = kept_run()
    assert run.status is Status.STOPPED
    assert run.step >= 800
    assert run.accuracy is not None
    assert run.accuracy > 0.5
    assert has_weights(run)


def kept_run() -> RunInfo:
    """Return the one run of this test's home."""
    (run,) = RunStore().runs()
    assert isinstance(run, RunInfo)
    return run


def has_weights(run: RunInfo) -> bool:
    return (Path(os.environ["MNIST37_HOME"]) / "runs" / run.id / "weights.safetensors").exists()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no pseudo-terminals here")
def test_a_terminal_that_is_closed_keeps_the_run() -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "mnist37", "train", "--epochs", "1000", "--batch-size", "1"]
    program = subprocess.Popen(
        [sys.executable, "-c", LEADS_A_SESSION, *command], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    while b"    1      " not in seen:  # the first epoch ended
        seen += os.read(ours, 1000)
    os.close(ours)  # the system sends SIGHUP, and nothing can be written any more
    try:
        assert program.wait(timeout=60) == 1
    finally:
        program.kill()
    run = kept_run()
    assert run.status is Status.STOPPED
    assert run.reason.startswith("Stopped after step")
    assert has_weights(run)


LEADS_A_SESSION = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_output_that_cannot_be_written_is_no_traceback_and_no_success() -> None:
    with Path("/dev/full").open("w") as full:
        for options in ((), ("--json",)):
            program = subprocess.Popen(
                [sys.executable, "-m", "mnist37", "data", *options], cwd=ROOT, stdout=full, stderr=subprocess.PIPE
            )
            assert (program.communicate()[1], program.returncode) == (b"", 1)


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
sys.argv[0] = "mnist37"
runpy.run_module("mnist37", run_name="__main__")
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such limit")
def test_a_run_that_cannot_be_kept_has_failed() -> None:
    """Files may have 2,500 bytes: room for run.json, none for the weights."""
    arguments = ["train", "--epochs", "1"]
    program = subprocess.Popen(
        [sys.executable, "-c", LIMITED, "2500", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    out, _ = program.communicate()
    assert program.returncode == 1
    assert re.search(r"failed: accuracy .* It could not be kept \(File too large\)\. Make room", out, re.DOTALL)
    run = kept_run()
    assert run.status is Status.FAILED
    assert run.reason.startswith("It could not be kept (File too large).")


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_names_that_the_terminal_cannot_show_are_escaped(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own for the poorest terminal, and here for the others: each start takes seconds."""
    assert command("train", "--rung", "pixel-similarity").code == 0
    names = [os.fsdecode(name) for name in (b"\xff.png", "ä☺.png".encode(), b"\x1b[31m\n.png", b"[bold]3.png")]
    for name in names:
        Image.new("L", (28, 28), 255).save(str(tmp_path / "x.png"))
        (tmp_path / "x.png").rename(tmp_path / name)

    def predict_in_a_process() -> str:
        asked = [sys.executable, "-m", "mnist37", "predict", "last", *names]
        env = {**os.environ, "PYTHONIOENCODING": "ascii", "LANG": "C", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
        said = subprocess.run(asked, cwd=tmp_path, env=env, capture_output=True, check=False)
        assert (said.returncode, said.stderr) == (1, b"")  # all are blank
        return said.stdout.decode("ascii")

    def predict(encoding: str, *options: str) -> str:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2))
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = main(["predict", "last", *names, *options])
        for stream in (out, err):
            stream.flush()
        assert (code, err.buffer.getvalue()) == (1, b"")
        return out.buffer.getvalue().decode(encoding)

    for out, shown in (
        (predict_in_a_process(), r"\xe4\u263a.png"),
        (predict("latin-1"), r"ä\u263a.png"),
        (predict("utf-8"), "ä☺.png"),
    ):
        assert r"\xff.png is blank" in out
        assert r"\x1b[31m\n.png is blank" in out
        assert "[bold]3.png is blank" in out
        assert shown in out
    results = json.loads(predict("ascii", "--json"))["results"]
    assert [os.fsencode(result["file"]) for result in results] == [os.fsencode(name) for name in names]


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
