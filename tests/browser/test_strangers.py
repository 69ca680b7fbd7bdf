"""What pages of other sites cannot do, which secrets stay where they are, and what runs under a proxy's policy."""

import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Route, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from mnist37.ui.shell.who import VISITOR_COOKIE
from mnist37.visitor import FILE, host_link
from tests.browser.conftest import SCREEN, STILL, known_page
from tests.browser.drawing import Drawing
from tests.browser.hand import SEVEN, draw
from tests.browser.lab import Lab
from tests.browser.server import Server
from tests.installed import ROOT

EVERYWHERE = (sys.executable, "-m", "mnist37", "serve", "--address", "0.0.0.0", "--port")
POLICY = "Content-Security-Policy"


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server that listens at all addresses and logs all that it can."""
    folder = tmp_path_factory.mktemp("everywhere")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST37_LOG", "debug,dask")
        patch.setenv("STREAMLIT_LOGGER_LEVEL", "debug")
        with Server(folder / "home", folder / "log", command=EVERYWHERE, workers=1) as everywhere:
            yield everywhere


@pytest.fixture(params=["server", "everywhere"])
def served(request: pytest.FixtureRequest) -> Server:
    server: Server = request.getfixturevalue(request.param)
    return server


def shake_hands(server: Server, **headers: str) -> None:
    """Open and close the web socket of a page."""
    with connect(f"{server.url.replace('http', 'ws')}/_stcore/stream", additional_headers=headers):
        pass


def test_a_page_of_another_site_gets_no_web_socket(served: Server) -> None:
    shake_hands(served, Origin=served.url)
    for origin in ("http://evil.example", "https://evil.example:8501", "null", "http://127.0.0.1.evil.example"):
        with pytest.raises(InvalidStatus) as refused:
            shake_hands(served, Origin=origin)
        assert refused.value.response.status_code == 403


def test_an_upload_needs_the_token_of_the_page(served: Server) -> None:
    def fresh_cookie() -> str:
        with urllib.request.urlopen(f"{served.url}/_stcore/health") as answer:
            return str(answer.headers["Set-Cookie"].partition(";")[0])

    cookie = fresh_cookie()
    token, others = cookie.partition("=")[2], fresh_cookie().partition("=")[2]

    def upload(**headers: str) -> tuple[int, str]:
        asked = urllib.request.Request(f"{served.url}/_stcore/upload_file/session/file", b"", headers, method="PUT")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked)
        with refused.value as answer:
            return answer.code, answer.read().decode()

    for headers in ({}, {"Cookie": cookie}, {"X-Xsrftoken": token}, {"Cookie": cookie, "X-Xsrftoken": others}):
        assert upload(**headers)[0] == 403
    code, said = upload(**{"Cookie": cookie, "X-Xsrftoken": token})
    assert code == 400  # the token is right, so the next thing is looked at
    assert "Invalid session_id" in said


def test_no_secret_is_logged_or_shared(browser: Browser, everywhere: Server) -> None:
    key = (everywhere.home / FILE).read_text()
    token = everywhere.by_host(lambda: host_link("")).partition("host=")[2]
    with browser.new_context(base_url=everywhere.url, **STILL) as context:
        lab = Lab(context.new_page())
        lab.open(f"/?host={token}")
        expect(lab.page).not_to_have_url(re.compile("host="))
        lab.train()
        lab.expect_status("finished")
        lab.button("Link for a class").click()
        dialog = lab.page.get_by_role("dialog")
        expect(dialog).to_contain_text("http")
        for secret in (token, key):
            assert secret not in lab.page.content()
            assert secret not in lab.page.url
        (cookie,) = [one["value"] for one in context.cookies() if one["name"] == VISITOR_COOKIE]
        assert "-host." in cookie  # the link did what it is for
    printed = everywhere.log.read_text()
    logged = "\n".join(line for line in printed.splitlines() if "keep it to yourself" not in line)
    assert "received" in logged  # MNIST37_LOG did what it says
    for secret in (token, cookie, key):
        assert secret not in logged


def policy_for(proxy: str) -> str:
    """The policy that docs/deploy.md has a proxy send."""
    form = {"nginx": rf'add_header {POLICY} "([^"]+)"', "Caddy": rf' {{8}}{POLICY} "([^"]+)"'}[proxy]
    (policy,) = re.findall(form, (ROOT / "docs" / "deploy.md").read_text())
    return str(policy)


def test_pages_train_and_draw_under_the_policy_of_a_proxy(browser: Browser, server: Server) -> None:
    assert policy_for("nginx") == policy_for("Caddy")
    added = {POLICY.lower(): policy_for("nginx"), "x-frame-options": "SAMEORIGIN", "x-content-type-options": "nosniff"}
    refused: list[str] = []

    def add_headers(route: Route) -> None:
        if route.request.resource_type != "document":  # the page and the canvas's frame: their policy counts
            return route.continue_()
        answer = route.fetch()
        return route.fulfill(response=answer, headers=answer.headers | added)

    def note(said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text or "Error" in said.text:
            refused.append(said.text)

    with browser.new_context(base_url=server.url, **SCREEN) as context:
        context.grant_permissions(["local-network-access"], origin=server.url)  # `fulfill` gives a page no address
        page = known_page(context, server)
        page.on("console", note)
        page.route("**/*", add_headers)
        lab, drawing = Lab(page), Drawing(page)
        lab.open()
        lab.train()
        lab.expect_status("finished")
        expect(lab.loss_figure).to_have_attribute("data-state", "ready")
        lab.go_to("Draw")
        draw(page, SEVEN)
        drawing.expect_said(7)
        page.goto("/pixels")
        expect(page.get_by_text("Try it in the Lab")).to_be_visible()
    assert refused == []
