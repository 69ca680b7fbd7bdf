"""Who is the host where only this machine reaches the server: by the name that the page was opened by."""

from types import SimpleNamespace

import pytest

from mnist37.ui.shell import who
from mnist37.visitor import is_host_token, new_visitor, to_cookie


def opened(monkeypatch: pytest.MonkeyPatch, address: str, host: str | None, cookie: str = "") -> bool:
    """Whether who opens a page is the host, on a server at an address and by a Host header."""
    headers = {} if host is None else {"Host": host}
    cookies = {who.VISITOR_COOKIE: cookie} if cookie else {}
    page = SimpleNamespace(
        context=SimpleNamespace(headers=headers, cookies=cookies),
        query_params={},
        get_option=lambda _: address,
    )
    monkeypatch.setattr(who, "st", page)
    monkeypatch.setattr(who, "VISITOR", SimpleNamespace(get=lambda: None, set=lambda _: None))
    monkeypatch.setattr(who, "VISITOR_COOKIE_VALUE", SimpleNamespace(set=lambda _: None))
    return who.visitor().is_host


@pytest.mark.parametrize("host", [None, "localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST"])
def test_on_this_machine_everybody_is_the_host(monkeypatch: pytest.MonkeyPatch, host: str | None) -> None:
    assert opened(monkeypatch, "localhost", host)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8501", "192.168.1.5:8501", "localhost.evil.example", "[x"]
)
def test_who_came_by_another_name_is_a_visitor(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """As through a proxy for which nobody set MNIST37_PUBLIC, or by a stranger's name that was made to lead here."""
    assert not opened(monkeypatch, "127.0.0.1", host)
    visitor = new_visitor()
    cookie = to_cookie(visitor).replace(".", "-host.", 1)
    assert not opened(monkeypatch, "127.0.0.1", host, cookie)  # forged
    assert not is_host_token(cookie)


def test_a_public_server_has_no_host_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(who.PUBLIC_VARIABLE, "1")
    assert not opened(monkeypatch, "127.0.0.1", "localhost:8501")
