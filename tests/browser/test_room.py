"""A class in a room: a teacher and two students in three browsers."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, STILL, known_page
from tests.browser.drawing import Drawing
from tests.browser.hand import SEVEN, THREE, draw
from tests.browser.lab import START_MS, Lab
from tests.browser.server import Server
from tests.browser.test_accessible import expect_no_faults


def join(page: Page, code: str, nickname: str) -> None:
    page.goto(f"/room?room={code}")
    page.get_by_role("textbox", name="Your nickname").fill(nickname, timeout=START_MS)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text(f"You are {nickname} in the room")).to_be_visible()


def test_a_class_works_in_a_room(browser: Browser, server: Server) -> None:
    with (
        browser.new_context(base_url=server.url, **STILL) as teachers,
        browser.new_context(base_url=server.url, **STILL) as adas,
        browser.new_context(base_url=server.url, **PHONE) as bens,
    ):
        teacher, ada, ben = known_page(teachers, server), adas.new_page(), bens.new_page()
        teacher.goto("/room")
        teacher.get_by_role("button", name="Open a room").click(timeout=START_MS)
        expect(teacher).to_have_url(re.compile("room=[A-Z0-9]{6}"))
        code = teacher.url.rpartition("room=")[2]
        ada.goto(f"/room?room={code}")
        expect(ada.get_by_role("button", name="Join")).to_be_visible()
        expect_no_faults(ada, "Class, joining")
        join(ada, code, "Ada")
        join(ben, code, "Ben")
        expect(teacher.get_by_text("2 students · 2 have not started")).to_be_visible()

        work = Lab(ada)
        work.go_to("Lab")
        expect(work.train_button).to_be_visible()
        work.settle()
        work.train()
        board = teacher.locator(".mnist37-board")
        expect(board.get_by_role("row", name="Ada")).to_contain_text("Linear from scratch")
        expect(board.get_by_role("row", name="Ada")).to_contain_text(re.compile(r"9\d\.\d\d %"))
        expect_no_faults(teacher, "Class, the board")

        teacher.get_by_role("button", name="Eyes up").click()
        for page in (ada, ben):
            expect(page.get_by_text("Your teacher has paused this screen.")).to_be_visible()
            expect(page.get_by_role("link", name="Draw").first).not_to_be_visible()
        teacher.get_by_role("button", name="Go on").click()
        expect(ada.get_by_text("Your teacher has paused this screen.")).not_to_be_visible()
        expect(work.train_button).to_be_visible()

        teacher.get_by_role("combobox", name="Send the class to").click()
        teacher.get_by_role("option", name="Draw").click()
        teacher.get_by_role("button", name="Send", exact=True).click()
        for page, strokes, digit in ((ada, THREE, 3), (ben, SEVEN, 7)):
            expect(page).to_have_url(re.compile("/draw"))
            drawing = Drawing(page)
            drawing.expect_nothing_drawn()
            drawing.settled()
            draw(page, strokes)
            keep = page.get_by_role("button", name=f"Keep as a {digit}", exact=True)
            expect(keep).to_be_enabled()
            keep.click()
            expect(page.get_by_text("also for your class").first).to_be_visible()
        teacher.get_by_text("The class's digits", exact=True).click()
        expect(teacher.get_by_text("2 digits")).to_be_visible()
        expect(teacher.get_by_text("Train on all students but one")).to_be_visible()
        expect_no_faults(teacher, "Class, the digits")

        teacher.get_by_text("Set up", exact=True).click()
        teacher.get_by_role("button", name="Delete the room").click()
        teacher.get_by_role("button", name="Delete everything now").click()
        expect(teacher.get_by_role("button", name="Open a room")).to_be_visible()
        expect(ada.get_by_text(f"in the class {code[:3]}")).not_to_be_visible()
