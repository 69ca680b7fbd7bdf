"""`serve`: serve the app to browsers, from any folder; `make run` does it by this command, too.

Its top imports little, so that a wrong port is reported at once.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mnist37 import visitor
from mnist37.port import MAKE_RUN, Typed, problem

HELP = "serve the app to browsers"
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with what was typed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Return the options."""
    parser.add_argument(
        "--address",
        default="localhost",
        help="a name or an address of this machine (localhost); 0.0.0.0 opens the app to your network",
    )
    parser.add_argument(
        "--port", default="8501", help="a port that is free (8501)"
    )  # a text: `problem` names a wrong one
    parser.add_argument("--from-make", action="store_true", help=argparse.SUPPRESS)  # hints say what to give make


def run(options: argparse.Namespace) -> int:
    """Serve until a signal ends it.

    Args:
        options: as `add_arguments` describes them.

    Returns:
        1 where the app cannot be served there, after saying why; Streamlit itself ends the process otherwise.
    """
    typed = MAKE_RUN if options.from_make else Typed(f"{program()} serve", "--address ", "--port ")
    if told := problem(options.address, options.port, typed):
        print(told, file=sys.stderr)  # noqa: T201 - for who started it
        return 1
    if options.address in EVERY_ADDRESS:
        _open_to_the_network()
    _ask_nobody_for_the_address()
    visitor.main([options.address, options.port])
    from streamlit.web.cli import main as streamlit

    where = ("--server.address", options.address, "--server.port", options.port)
    streamlit(["run", str(app_file()), *where, "--server.headless", "true"], prog_name="streamlit")
    return 0


def _open_to_the_network() -> None:
    """Say so, and have links name the address by which other machines on the network know this one."""
    from streamlit.net_util import get_internal_ip

    print("Open to your network: everybody who can reach this machine can use the app.", flush=True)  # noqa: T201
    os.environ.setdefault(visitor.SHOWN_VARIABLE, get_internal_ip() or "localhost")


def _ask_nobody_for_the_address() -> None:
    """Keep Streamlit from asking a server elsewhere for this machine's address on the internet.

    It does so at each connection from a page of another site, and serves nobody until it has an answer.
    """
    from streamlit import net_util

    net_util._external_ip = net_util.get_internal_ip()


def app_file() -> Path:
    """Return `app.py`, which has `pages` and Streamlit's settings beside it.

    Returns:
        In an installed mnist37 the one in `served`, where pyproject.toml puts it; in a checkout the one at the top.
    """
    package = Path(__file__).resolve().parent
    installed = package / "served" / "app.py"
    return installed if installed.exists() else package.parent / "app.py"


def program() -> str:
    """Return what to type for this program: `mnist37` where that command started it, else `python -m mnist37`."""
    return "mnist37" if Path(sys.argv[0]).stem == "mnist37" else "python -m mnist37"


def main(arguments: Sequence[str]) -> int:
    """Run the command without all that the others import.

    Args:
        arguments: as typed behind `serve`.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog=f"{program()} serve", description=HELP)
    add_arguments(parser)
    return run(parser.parse_args(arguments))
