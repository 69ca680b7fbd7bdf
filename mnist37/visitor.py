"""The users of the server: visitors, identified by a signed cookie, and the host, identified by a secret link.

`python -m mnist37.visitor ADDRESS PORT` prints that link; `serve` runs it at its start. It imports the standard library
and `home` only, so that it starts quickly.
"""

import hmac
import os
import re
import secrets
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from mnist37.home import home, write_whole

FILE = "visitors.key"
"""The file in the home folder with the secret for cookies and the host's token; without it, all become invalid."""
_LENGTH = 64
HOST_PARAMETER = "host"
"""The parameter of the link that makes a browser the host's."""
SHOWN_VARIABLE = "STREAMLIT_BROWSER_SERVER_ADDRESS"

_COOKIE = re.compile("([0-9a-f]{32})(-host)?\\.([0-9a-f]{64})")
_making = threading.Lock()
_not_kept = secrets.token_hex(_LENGTH // 2)
"""The secret of this process if the home folder is not writable."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A user of the server.

    Args:
        id: stored with their runs; it is not secret, and useless without the signature. Empty for `HOST`.
        is_host: whether they may change everybody's runs.
    """

    id: str = ""
    is_host: bool = False

    def may_change(self, owner: str) -> bool:
        """Return whether they may control, rename and delete a run of `owner`, an id; empty for a run of the host."""
        return self.is_host or (bool(owner) and self.id == owner)


HOST = Visitor(is_host=True)
"""The user of this process itself: the command line, a test."""


def new_visitor() -> Visitor:
    """Return a visitor with a new id."""
    return Visitor(secrets.token_hex(16))


def to_cookie(visitor: Visitor) -> str:
    """Return a visitor as a cookie, signed with the secret."""
    text = visitor.id + ("-host" if visitor.is_host else "")
    return f"{text}.{_signature('visitor', text)}"


def from_cookie(cookie: str) -> Visitor | None:
    """Return the visitor of a cookie; None if it is forged or damaged, or if the secret has changed."""
    found = _COOKIE.fullmatch(cookie)
    if found is None:
        return None
    visitor = Visitor(found[1], is_host=bool(found[2]))
    return visitor if hmac.compare_digest(cookie, to_cookie(visitor)) else None


def host_link(root: str) -> str:
    """Return the link that makes a browser the host's; it stays the same until the secret is deleted."""
    return f"{root}/?{HOST_PARAMETER}={_host_token()}"


def is_host_token(token: str) -> bool:
    """Return whether a token is that of the host's link."""
    return hmac.compare_digest(token.encode(), _host_token().encode())


def is_loopback(address: str) -> bool:
    """Return whether a server at an address, or a name, can be reached from its own machine only."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def host_words(root: str) -> str:
    """Return the text with the host's link to print."""
    return f"You are the host, who may change everybody's runs, by this link; keep it to yourself: {host_link(root)}"


def _host_token() -> str:
    return _signature("host", "")[:32]


def _signature(purpose: str, text: str) -> str:
    return hmac.digest(_secret(), f"{purpose}:{text}".encode(), "sha256").hex()


def _secret() -> bytes:
    path = home() / FILE
    try:
        with _making:
            if not path.exists() or len(path.read_bytes()) != _LENGTH:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, secrets.token_hex(_LENGTH // 2).encode())  # readable for its owner only
            return path.read_bytes()
    except OSError:
        return _not_kept.encode()


def main(arguments: Sequence[str]) -> None:
    """Print the host's link, if others can reach the server."""
    address, port = arguments
    if not is_loopback(address):
        shown = os.environ.get(SHOWN_VARIABLE, address)
        link = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
        print(host_words(link), flush=True)  # noqa: T201 - for who started it


if __name__ == "__main__":
    main(sys.argv[1:])
