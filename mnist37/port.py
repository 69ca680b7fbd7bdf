"""Whether the app can be served at an address and a port; `serve` asks before it starts.

It knows the standard library only, since nothing else may be slow to import before the app is.
"""

import errno
import os
import socket
from dataclasses import dataclass

FIRST, LAST = 1, 65535
MOST_TRIED = 50
"""Ports above one that is in use, of which the first free one is proposed."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody types to serve the app.

    Args:
        command: without an address and a port.
        address: what stands before an address.
        port: what stands before a port.
    """

    command: str
    address: str
    port: str

    def at(self, port: int) -> str:
        """Return the command that serves at a port."""
        return f"{self.command} {self.port}{port}"


MAKE_RUN = Typed("make run", "ADDRESS=", "PORT=")


def problem(address: str, port: str, typed: Typed = MAKE_RUN) -> str:
    """Tell why the app cannot be served at an address and a port, and what to type instead.

    Args:
        address: a name or an address of this machine.
        port: as it was typed.
        typed: the command that was typed.

    Returns:
        A line; empty where all is well.
    """
    if not (port.isascii() and port.isdecimal() and FIRST <= int(port) <= LAST):
        return f"{typed.port.rstrip(' =')} is {port!r}. Give a whole number from {FIRST} to {LAST}: {typed.at(8501)}"
    number = int(port)
    error = _error(address, number)
    if error is None:
        return ""
    if error.errno == errno.EADDRINUSE:
        free = next((n for n in range(number + 1, min(LAST, number + MOST_TRIED) + 1) if not _error(address, n)), 8501)
        return f"Port {number} is in use, perhaps by this app in another window. Serve at another: {typed.at(free)}"
    if error.errno == errno.EACCES:
        return f"Port {number} is not open to you. Serve at another: {typed.at(8501)}"
    name, reason = typed.address.rstrip(" ="), error.strerror or error
    return f"{name} is {address!r}, where nothing can be served ({reason}). Try: {typed.command}"


def _error(address: str, port: int) -> OSError | None:
    """Return what the system says when somebody serves there, as Streamlit does."""
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
