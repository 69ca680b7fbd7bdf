"""Measure a class room: thirty students without a browser and three with one, all training, drawing and clicking."""

import asyncio
import io
import re
import time
from dataclasses import dataclass, field, replace

import numpy as np
import psutil
from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page, async_playwright

from benchmarks.measure import Sample, shown
from benchmarks.server import MEGABYTE, lab, warm
from benchmarks.table import Table
from benchmarks.visitor import Visitor
from mnist37.rooms import FILE, Place, Room, Rooms
from mnist37.runs import RunInfo, RunStore
from mnist37.ui.shell.who import VISITOR_COOKIE
from mnist37.visitor import new_visitor, to_cookie
from tests.browser.hand import SEVEN, THREE
from tests.browser.server import Server
from tests.install_browser import find_browser

STUDENTS, BROWSERS = 30, 3
CLASS_S = 600.0
CYCLE_S = 30.0
"""In this time a student draws a digit, keeps it, and presses two more buttons; every second time, they train."""
LEAVING_S = 20.0
"""Time that a student stays after the last click, as the server forgets what was asked for by a page that is closed."""
SETTLED_S = 120.0
"""After this time the memory at first is read: by then everybody has joined and trained."""
_ROW = re.compile(r"<b>(student \d+)</b>.*?<td>(\d+)</td><td>(?:<button|</td>)", re.DOTALL)


@dataclass
class Teacher(Visitor):
    """A teacher who looks at the board; notes when a student's n-th run appears in it."""

    seen: dict[tuple[str, int], float] = field(default_factory=dict)

    def on_content(self, key: str, body: str) -> None:
        """Note the runs that are new in the board."""
        if key == "class_board":
            for row in body.split("<tr>"):
                found = _ROW.search(row)
                for number in range(1, int(found[2]) + 1 if found else 0):
                    self.seen.setdefault((found[1] if found else "", number), time.time())


@dataclass
class Student:
    """A student without a browser: a cookie, and what was measured.

    Args:
        url: the server.
        cookie: says who it is.
        number: of the student.
    """

    url: str
    cookie: str
    number: int
    clicks: list[float] = field(default_factory=list)
    kept: int = 0
    refused: int = 0

    async def work(self, end: float) -> None:
        """Train in the Lab and draw on Draw, in turn, until a time of the monotonic clock."""
        await asyncio.sleep(CYCLE_S * self.number / STUDENTS)  # a class does not press in step
        visitor = Visitor(self.url, cookie=self.cookie)
        visitor.clicks = self.clicks
        async with visitor.opened():
            while time.monotonic() < end:
                cycle = time.monotonic() + CYCLE_S
                if self.kept % 2 == 0:
                    await visitor.press("Train")
                await asyncio.sleep(CYCLE_S / 3)
                await visitor.press("Our settings")
                await visitor.go("draw")
                await self._draw(visitor)
                await asyncio.sleep(max(0.0, cycle - time.monotonic()))
                await visitor.go("")
            await asyncio.sleep(LEAVING_S)

    async def _draw(self, visitor: Visitor) -> None:
        digit = 3 if self.kept % 2 else 7
        is_drawn = await visitor.draw(drawn_png(digit, seed=1000 * self.number + self.kept + self.refused))
        is_kept = is_drawn and await visitor.press(f"Keep as a {digit}")
        self.kept, self.refused = self.kept + is_kept, self.refused + (not is_kept)


def drawn_png(digit: int, seed: int) -> bytes:
    """Return a drawn 3 or 7 as the canvas sends it: a PNG file, 280x280, of another shape for each seed.

    A room keeps the same digit of a student once, and a digit that is shifted only is the same.
    """
    chance = np.random.default_rng(seed)
    wide = int(chance.integers(18, 27))
    image = Image.new("RGBA", (280, 280), "black")
    pen = ImageDraw.Draw(image)
    for stroke in THREE if digit == 3 else SEVEN:
        points = np.array(stroke) + chance.integers(-12, 13, (len(stroke), 2))
        pen.line([(x, y) for x, y in points.tolist()], "white", wide, joint="curve")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def class_room() -> Table:
    """Measure a class in a room."""
    with lab(workers=4) as server:
        asyncio.run(warm(server))
        rooms = Rooms(server.home / FILE)  # a second process that uses the file
        visitors = [new_visitor() for _ in range(STUDENTS + BROWSERS)]
        teacher = replace(new_visitor(), is_host=True)
        room = rooms.open(teacher.id)
        names = [f"student {number}" for number in range(len(visitors))]
        places = [
            Place(room, rooms.join(room.code, visitor.id, name)) for visitor, name in zip(visitors, names, strict=True)
        ]
        of_teacher, *cookies = server.by_host(lambda: " ".join(map(to_cookie, [teacher, *visitors]))).split()
        found = asyncio.run(_class(server, room, of_teacher, cookies))
        return _table(rooms, RunStore(server.home / "runs"), places, found)


@dataclass
class _Found:
    teacher: Teacher
    students: list[Student]
    browser_clicks: list[float]
    first_mb: float
    last_mb: float


async def _class(server: Server, room: Room, of_teacher: str, cookies: list[str]) -> _Found:
    end = time.monotonic() + CLASS_S
    teacher = Teacher(server.url, f"room={room.code}", "room", of_teacher)
    students = [Student(server.url, cookie, number) for number, cookie in enumerate(cookies[:STUDENTS])]
    watching = asyncio.create_task(teacher.visit(CLASS_S + 5))
    working = [asyncio.create_task(student.work(end)) for student in students]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(find_browser()), args=["--no-sandbox"])
        clicking = [asyncio.create_task(_in_browser(browser, server.url, cookie, end)) for cookie in cookies[STUDENTS:]]
        await asyncio.sleep(SETTLED_S)
        first = _memory_mb(server)
        clicks = await asyncio.gather(*clicking)
        last = _memory_mb(server)
        await browser.close()
    await asyncio.gather(*working)
    await watching
    return _Found(teacher, students, [click for of_one in clicks for click in of_one], first, last)


async def _in_browser(browser: Browser, url: str, cookie: str, end: float) -> list[float]:
    """Train and look at a digit in a real browser until the end; return the seconds of each click."""
    context = await browser.new_context(base_url=url)
    await context.add_cookies([{"name": VISITOR_COOKIE, "value": cookie, "url": url}])
    page = await context.new_page()
    page.set_default_timeout(120_000)
    await page.goto("/")
    train = page.get_by_role("button", name="Train", exact=True)
    await train.wait_for()
    clicks = []
    while time.monotonic() < end:
        await _settled(page)
        began, before = time.perf_counter(), page.url
        await train.click()
        await page.wait_for_function("before => location.href !== before", arg=before)  # the new run's
        await _settled(page)
        clicks.append(time.perf_counter() - began)
        await asyncio.sleep(CYCLE_S)
    await context.close()
    return clicks


async def _settled(page: Page) -> None:
    await page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def _memory_mb(server: Server) -> float:
    return float(server.process.memory_info().rss / MEGABYTE)


def _table(rooms: Rooms, store: RunStore, places: list[Place], found: _Found) -> Table:
    behind = Sample(tuple(_behind(rooms, store, places, found.teacher)))
    clicks = Sample(tuple(click for student in found.students for click in student.clicks))
    browsers = Sample(tuple(found.browser_clicks))
    kept, refused = (sum(values) for values in zip(*((one.kept, one.refused) for one in found.students), strict=True))
    in_file = rooms.drawings(places[0].room.code)
    doubled = len(in_file.ids) - len({(s, i.tobytes()) for s, i in zip(in_file.students, in_file.images, strict=True)})
    growth = found.last_mb / found.first_mb - 1
    rows = [
        ("a run on the board after it was begun", f"{len(behind.seconds):,}: {_spread(behind)}"),
        ("clicks without a browser", f"{len(clicks.seconds):,}: {_spread(clicks)}"),
        ("clicks in a browser", f"{len(browsers.seconds):,}: {_spread(browsers)}"),
        (
            "drawings",
            f"{kept:,} kept, {len(in_file.ids):,} in the room, {doubled} doubled; {refused} times no button yet",
        ),
        (
            "memory of the web process",
            f"{found.first_mb:.0f} MB after {SETTLED_S:.0f} s, {found.last_mb:.0f} MB at the end ({growth:+.0%})",
        ),
    ]
    return Table(
        "A class in a room",
        ("what", "measured"),
        rows,
        f"{STUDENTS} students without a browser and {BROWSERS} with one are in a room for {CLASS_S / 60:.0f} minutes, "
        f"all on one machine of {psutil.cpu_count()} cores. Every {CYCLE_S:.0f} s each draws a digit and keeps it, "
        f"and every {2 * CYCLE_S:.0f} s each trains. Goals: board p95 1.5 s, clicks p95 1.5 s, memory grows by at most "
        "10 %, 300 drawings in 5 minutes and none lost or doubled.",
    )


def _behind(rooms: Rooms, store: RunStore, places: list[Place], teacher: Teacher) -> list[float]:
    """Return the seconds from the beginning of each run to its first sight on the board."""
    names = {place.student.id: place.student.nickname for place in places}
    created = {info.id: info.created for info in store.runs() if isinstance(info, RunInfo)}
    counts: dict[str, int] = {}
    seconds = []
    for run in rooms.runs(places[0].room.code):
        name = names.get(run.student or 0, "")
        counts[name] = counts.get(name, 0) + 1
        seen = teacher.seen.get((name, counts[name]))
        if seen is not None and run.run_id in created:
            seconds.append(max(0.0, seen - created[run.run_id]))
    return seconds


def _spread(sample: Sample) -> str:
    return f"median {shown(sample.median)}, p95 {shown(sample.quantile(0.95))}"
