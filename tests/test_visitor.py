"""Who uses the server: what a cookie proves, and what a link makes of a browser."""

import stat
from pathlib import Path

import pytest
from streamlit import net_util
from streamlit.web.server.server_util import is_url_from_allowed_origins

from mnist37 import serve, visitor
from mnist37.visitor import HOST, Visitor, from_cookie, host_link, is_host_token, is_loopback, new_visitor, to_cookie


def token() -> str:
    return host_link("").removeprefix("/?host=")


@pytest.mark.parametrize("is_host", [False, True])
def test_a_cookie_says_who_has_it(is_host: bool) -> None:
    known = Visitor(new_visitor().id, is_host)
    assert from_cookie(to_cookie(known)) == known


def test_a_forged_or_damaged_cookie_says_nothing() -> None:
    known = new_visitor()
    cookie = to_cookie(known)
    signature = cookie.partition(".")[2]
    other = "0" * len(signature)
    forged = [f"{known.id}.{other}", f"{known.id}-host.{signature}", f"{new_visitor().id}.{signature}"]
    damaged = ["", "None", known.id, cookie[:-1], cookie + "0", cookie.upper(), cookie.replace(".", ""), "é" * 97]
    assert [from_cookie(text) for text in (*forged, *damaged)] == [None] * 11
    assert from_cookie(f"{known.id}.{token()}") is None  # what one thing is signed with proves no other


def test_the_secret_is_for_its_owner_only_and_outlives_the_server(home: Path) -> None:
    cookie, was = to_cookie(HOST), token()
    path = home / visitor.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (to_cookie(HOST), token()) == (cookie, was)
    assert path.read_text() not in (cookie, was)
    for damaged in (b"", b"0" * 63):
        path.write_bytes(damaged)  # an empty key is one that everybody knows
        assert token() != was
        assert len(path.read_bytes()) == 64
    assert not is_host_token(was)


def test_a_home_that_cannot_be_written_keeps_visitors_until_the_end(home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_bytes(b"")  # a file where the folder should be
    known = new_visitor()
    assert from_cookie(to_cookie(known)) == known


def test_only_the_token_makes_a_host() -> None:
    assert is_host_token(token())
    assert not any(map(is_host_token, ("", "é", token()[:-1], token().upper() + "x")))


def test_who_may_change_what() -> None:
    a, b = new_visitor(), new_visitor()
    assert a.may_change(a.id)
    assert not a.may_change(b.id)
    assert not a.may_change("")
    assert not Visitor().may_change("")  # nobody is not the host
    assert all(HOST.may_change(owner) for owner in (a.id, b.id, ""))


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "127.0.1.1", "::1"])
def test_an_address_of_this_machine_only(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert is_loopback(address)
    visitor.main([address, "8501"])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("address", ["", "0.0.0.0", "::", "192.168.1.5", "mnist37.example", "unix:///tmp/x"])
def test_an_address_that_others_reach(address: str) -> None:
    assert not is_loopback(address)


def test_the_link_is_printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(visitor.SHOWN_VARIABLE, "192.168.1.5")
    visitor.main(["0.0.0.0", "8501"])
    assert f"http://192.168.1.5:8501/?host={token()}" in capsys.readouterr().out
    monkeypatch.delenv(visitor.SHOWN_VARIABLE)
    visitor.main(["fd00::5", "8501"])
    assert f"http://[fd00::5]:8501/?host={token()}" in capsys.readouterr().out


def test_serve_asks_nobody_for_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit would, at a page of another site that wants a web socket."""
    asked: list[str] = []
    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda url, timeout: asked.append(url))
    assert not is_url_from_allowed_origins("http://evil.example")
    assert asked  # as long as nobody prevents it
    asked.clear()
    serve._ask_nobody_for_the_address()
    assert not is_url_from_allowed_origins("http://evil.example")
    assert asked == []
