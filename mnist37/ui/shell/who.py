"""Who uses this browser: a visitor, known by a signed cookie, or the host. Imports no torch."""

import os
from dataclasses import replace
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config
from streamlit.net_util import get_internal_ip
from streamlit.web.server.server_util import get_url

from mnist37.ui.visit import VISITOR, VISITOR_COOKIE_VALUE
from mnist37.visitor import (
    HOST_PARAMETER,
    Visitor,
    from_cookie,
    host_words,
    is_host_token,
    is_loopback,
    new_visitor,
    to_cookie,
)

VISITOR_COOKIE = "mnist37_visitor"
PUBLIC_VARIABLE = "MNIST37_PUBLIC"


def visitor() -> Visitor:
    """Return who uses this browser: the same visitor until it is closed, also after a reload and in another tab.

    The visitor is determined once for a visit. On a server that only this machine can reach, everybody is the host who
    opened it by a name of this machine.
    """
    asking = VISITOR.get()
    if asking is None:
        known = from_cookie(str(st.context.cookies.get(VISITOR_COOKIE))) or new_visitor()
        if is_host_token(st.query_params.get(HOST_PARAMETER, "")):
            known = replace(known, is_host=True)
        VISITOR_COOKIE_VALUE.set(to_cookie(known))
        asking = known if is_public() or not names_this_machine() else replace(known, is_host=True)
        VISITOR.set(asking)
    return asking


def is_public() -> bool:
    """Return whether others can reach this server, by the environment variable or by the server's address.

    Behind a proxy on the same machine, the address is a loopback address; hence the variable.
    """
    return os.environ.get(PUBLIC_VARIABLE, "0") != "0" or not is_loopback(st.get_option("server.address") or "")


def names_this_machine() -> bool:
    """Return whether the page was opened by a name of this machine, by the Host header; True without a browser.

    Another name means a proxy, or a page elsewhere whose own name was made to lead here (DNS rebinding).
    """
    host = st.context.headers.get("Host")
    try:
        return host is None or is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def print_host_link() -> None:
    """Print the link that makes a browser the host's, if others can reach this server."""
    if not is_public():
        return
    address = st.get_option("server.address")
    if config.is_manually_set("browser.serverAddress"):
        address = st.get_option("browser.serverAddress")
    elif not address or address in {"0.0.0.0", "::"}:  # noqa: S104
        address = get_internal_ip() or "localhost"
    print(host_words(get_url(address).rstrip("/")), flush=True)  # noqa: T201 - for the person who started the server


def is_phone() -> bool:
    """Return whether the browser's User-Agent header names a phone."""
    return "Mobi" in st.context.headers.get("User-Agent", "")
