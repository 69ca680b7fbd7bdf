"""Whose run is whose: two visitors in two browsers, and the host, who came by the link."""

import re

from playwright.sync_api import Browser, Page, expect

from mnist37.visitor import host_link
from tests.browser.conftest import STILL
from tests.browser.lab import Lab
from tests.browser.server import Server


def test_others_look_on_and_only_the_owner_or_the_host_turns(
    browser: Browser, server: Server, new_visitor: Page
) -> None:
    owner = Lab(new_visitor)
    owner.open()
    owner.choose_pace("1/s")  # for minutes
    owner.train()
    owner.expect_status("learning")
    run = owner.run
    link = server.by_host(lambda: host_link(server.url))
    with (
        browser.new_context(base_url=server.url, **STILL) as elsewhere,
        browser.new_context(base_url=server.url, **STILL) as hosts,
    ):
        stranger, host = Lab(elsewhere.new_page()), Lab(hosts.new_page())
        stranger.open(f"/?run={run}")
        headline = stranger.page.locator(".st-key-headline")
        expect(headline).to_contain_text("another visitor's")
        for name in ("Pause", "Step", "Stop"):
            expect(stranger.button(name)).to_be_disabled()
        stranger.to_the_end_of("Learning rate", "Home")  # the stranger's own next run's
        stranger.button("Again").click()
        expect(headline).not_to_contain_text("another visitor's")
        stranger.expect_status("finished")

        new_visitor.reload()
        owner.settle()
        assert owner.run == run
        owner.expect_status("learning")
        expect(new_visitor.locator(".st-key-headline")).not_to_contain_text("→")  # nobody turned its rate
        expect(owner.button("Stop")).to_be_enabled()

        host.open(f"/?{link.partition('?')[2]}&run={run}")
        expect(host.page.get_by_text("You are the host")).to_be_visible()
        expect(host.page).not_to_have_url(re.compile("host="))
        host.button("Stop").click()
        owner.expect_status("stopped")
