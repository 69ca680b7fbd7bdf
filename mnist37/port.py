"""`python -m mnist37.port ADDRESS PORT`: whether the app can be served there; `make run` asks before it starts.

It knows the standard library only, since nothing else may be slow to import before the app is.
"""

import errno
import os
import socket
import sys
from collections.abc import Sequence

FIRST, LAST = 1, 65535
MOST_TRIED = 50
"""Ports above one that is in use, of which the first free one is proposed."""


def problem(address: str, port: str) -> str:
    """Tell why the app cannot be served at an address and a port, and what to type instead.

    Args:
        address: a name or an address of this machine.
        port: as it was typed.

    Returns:
        A line; empty where all is well.
    """
    if not (port.isascii() and port.isdecimal() and FIRST <= int(port) <= LAST):
        return f"PORT is {port!r}. Give a whole number from {FIRST} to {LAST}: make run PORT=8501"
    number = int(port)
    error = _error(address, number)
    if error is None:
        return ""
    if error.errno == errno.EADDRINUSE:
        free = next((n for n in range(number + 1, min(LAST, number + MOST_TRIED) + 1) if not _error(address, n)), 8501)
        return f"Port {number} is in use, perhaps by this app in another window. Serve at another: make run PORT={free}"
    if error.errno == errno.EACCES:
        return f"Port {number} is not open to you. Serve at another: make run PORT=8501"
    return f"ADDRESS is {address!r}, where nothing can be served ({error.strerror or error}). Try: make run"


def _error(address: str, port: int) -> OSError | None:
    """What the system says when somebody serves there, as Streamlit does."""
    try:
        places = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        return error
    errors: list[OSError] = []
    for family, kind, protocol, _, place in places:
        try:
            with socket.socket(family, kind, protocol) as probe:
                if os.name == "posix":  # on Windows it means that a port can be taken from another program
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(place)
                probe.listen()
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return error
            errors.append(error)
    return errors[0] if len(errors) == len(places) else None  # without IPv6 nothing can be served at ::1, and need not


def main(arguments: Sequence[str]) -> int:
    """Print the problem, if there is one; return 1 then."""
    told = problem(*arguments)
    if told:
        print(told, file=sys.stderr)  # noqa: T201 - make shows it
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
