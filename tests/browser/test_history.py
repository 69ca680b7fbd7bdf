"""The browser's own ways: Back and Forward, and another tab."""

import re

from playwright.sync_api import Page, expect

from tests.browser.lab import Lab
from tests.browser.lesson import LessonPage


def test_back_leaves_the_lab_at_once_whatever_was_set_there(page: Page, lab: Lab) -> None:
    LessonPage(page, "gradients").open()
    page.get_by_role("link", name=re.compile("Try it in the Lab")).click()
    expect(page.get_by_role("heading", name="Lab")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?.*run="))
    expect(page).not_to_have_url(re.compile("take="))
    lab.settle()
    lab.to_the_end_of("Epochs", "Home")
    lab.train()
    lab.expect_status("finished")
    run = lab.run
    page.go_back()
    expect(page.get_by_role("heading", name="Gradients", exact=False)).to_be_visible()
    expect(page).to_have_url(re.compile("/gradients"))
    page.evaluate("history.pushState({}, '', '/')")  # as Streamlit does for a script of the Lab that comes late
    expect(page).to_have_url(re.compile("/gradients"))
    page.go_forward()
    expect(page.get_by_role("heading", name="Lab")).to_be_visible()
    lab.expect_status("finished")
    assert lab.run == run
    expect(page.get_by_role("slider", name="Epochs")).to_have_value("1")
    lab.go_to("Weights")
    expect(page.get_by_role("heading", name="Weights")).to_be_visible()
    for _ in range(2):
        page.go_back()
    expect(page).to_have_url(re.compile("/gradients"))


def test_a_first_address_gets_its_parameters_without_an_entry_of_its_own(new_visitor: Page) -> None:
    before = new_visitor.evaluate("history.length")
    lab = Lab(new_visitor)
    lab.page.goto("/")
    expect(lab.train_button).to_be_visible()
    expect(new_visitor).to_have_url(re.compile("run=.*rung=linear-scratch&lr=0.1"))
    assert new_visitor.evaluate("history.length") == before + 1  # of about:blank


def test_another_tab_opens_the_run_that_one_looks_at(page: Page, lab: Lab) -> None:
    lab.open()
    expect(page).to_have_url(re.compile("run="))  # it comes once the address's script is there
    first = lab.run
    lab.to_the_end_of("Epochs", "Home")
    lab.train()
    lab.expect_status("finished")
    page.wait_for_function("run => document.cookie.includes(run)", arg=lab.run)  # the page's run tells it last
    other = Lab(page.context.new_page())
    other.open()
    expect(other.page).to_have_url(re.compile(re.escape(lab.run)))
    expect(other.page.get_by_role("slider", name="Epochs")).to_have_value("1")
    linked = Lab(page.context.new_page())
    linked.open(f"/?run={first}")
    linked.expect_status("finished")
    assert linked.run == first
