"""Where `make run` or `serve` cannot serve, it says why and what to type instead."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mnist37.port import problem

ROOT = Path(__file__).parents[1]


@pytest.fixture
def taken() -> int:
    """A port on which somebody listens as long as the test lasts."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_port_in_use_is_named_with_one_that_is_free(address: str, taken: int) -> None:
    told = problem(address, str(taken))
    assert told.startswith(f"Port {taken} is in use")
    proposed = told.rpartition("make run PORT=")[2]
    assert int(proposed) != taken
    assert problem(address, proposed) == ""


def test_a_free_port_is_no_problem(taken: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert problem("127.0.0.1", str(free)) == ""


@pytest.mark.parametrize("port", ["", "x", "0", "-1", "65536", "8501.5", "٣", "1e3"])
def test_what_is_no_port_is_named(port: str) -> None:
    assert problem("localhost", port) == f"PORT is {port!r}. Give a whole number from 1 to 65535: make run PORT=8501"


def test_what_is_no_address_is_named() -> None:
    assert "ADDRESS is '192.0.2.1'" in problem("192.0.2.1", "8501")  # it is nobody's


def test_make_asks_first(taken: int) -> None:
    said = serve("--from-make", "--address=127.0.0.1", f"--port={taken}")
    assert (said.returncode, said.stdout, "make run PORT=" in said.stderr) == (1, "", True)
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("\nrun: ")[1].split("\n\n")[0]
    assert "-m mnist37 serve --from-make --address='$(ADDRESS)' --port='$(PORT)'" in recipe


def test_serve_asks_first_and_proposes_what_was_typed(taken: int) -> None:
    said = serve("--address", "127.0.0.1", "--port", str(taken))
    assert (said.returncode, said.stdout) == (1, "")
    assert f"Port {taken} is in use" in said.stderr
    assert "another: python -m mnist37 serve --port " in said.stderr
    said = serve("--port", "x")
    wrong = "--port is 'x'. Give a whole number from 1 to 65535: python -m mnist37 serve --port 8501\n"
    assert (said.returncode, said.stdout, said.stderr) == (1, "", wrong)


def serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mnist37", "serve", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
