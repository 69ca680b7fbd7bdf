"""Measure the server: CPU time of a tick, memory, and thirty visitors with four runs for ten minutes."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.measure import Sample, shown
from benchmarks.table import Table
from benchmarks.visitor import Visitor
from mnist37.classes import ALL_TEN
from tests.browser.server import Server, streamlit_run

VISITORS, RUNS = 30, 4
CROWD_SECONDS, ALONE_SECONDS, SETTLE_SECONDS, REST_SECONDS = 600.0, 30.0, 6.0, 3.0
DRIVE = ("Pause", "Resume")
LONG_RUN = "rung=simple-net&batch_size=8&epochs=1000"
MEGABYTE = 2**20

BARE = """
import time
import streamlit as st
{imports}

@st.fragment(run_every=0.2)
def tick():
    st.write(time.time())

tick()
"""


def ticks() -> Table:
    """Measure the CPU time of a tick: the Lab's, and that of a bare page with Streamlit's defaults."""
    rows = []
    for name, imports in (("bare page, Streamlit's defaults", ""), ("the same, torch imported", "import torch")):
        with _bare_app(imports) as server:
            rows.append((name, *_alone(server, "")))
    for name, query in (
        ("the Lab, watching a net of 30 units learn 3 or 7", LONG_RUN),
        ("the same, all ten digits", f"{LONG_RUN}&digits={ALL_TEN}"),
    ):
        with lab() as server:
            asyncio.run(warm(server))
            rows.append((name, *_alone(server, query, "Train")))
    return Table(
        "A tick on the server",
        ("page", "CPU a tick", "ticks a second", "answered after, median", "p95"),
        rows,
        f"One visitor, {ALONE_SECONDS:g} s, no browser. CPU is the web process's own, less what it takes with nobody "
        "looking on (the run's events are received all the same). Goal for the Lab: at most 12 ms.",
    )


def crowd() -> Table:
    """Measure thirty visitors at once."""
    with lab(workers=RUNS) as server:
        asyncio.run(warm(server))
        idle = _workers_at_rest(server)
        began = _used(server)
        visitors, seconds = asyncio.run(_crowd(server))
        used = _used(server) - began
        memory, own = _memory(server.process)
        training = _workers(server)
    told = Sample(tuple(tick for visitor in visitors for tick in visitor.ticks))
    clicks = Sample(tuple(click for visitor in visitors for click in visitor.clicks))
    received = sum(visitor.bytes_received for visitor in visitors)
    rows = [
        ("ticks", f"{len(told.seconds):,}: median {shown(told.median)}, p95 {shown(told.quantile(0.95))}"),
        ("clicks", f"{len(clicks.seconds):,}: median {shown(clicks.median)}, p95 {shown(clicks.quantile(0.95))}"),
        ("CPU of the web process", f"{used / seconds:.0%} of a core"),
        ("memory of the web process at the end", f"{memory:.0f} MB, of which {own:.0f} MB are its own"),
        ("memory of a worker, idle since the start", _span(idle)),
        ("memory of a worker that trained meanwhile", _span(training)),
        ("sent to each visitor", f"{received / len(visitors) / seconds / 1024:.0f} kB/s"),
    ]
    return Table(
        f"{VISITORS} visitors watch {RUNS} runs",
        ("what", "measured"),
        rows,
        f"{VISITORS} visitors without a browser look at {RUNS} runs that train on the same {psutil.cpu_count()} cores, "
        f"for {seconds / 60:.0f} minutes; every 20 s each presses a button. Goal: web process at most 650 MB. Of its "
        "own is what would be free without it; the rest are pages of libraries that its workers share.",
    )


def _memory(process: psutil.Process) -> tuple[float, float]:
    """Return a process's memory in MB: all (rss), and what no other process shares (uss)."""
    found = process.memory_full_info()
    return found.rss / MEGABYTE, found.uss / MEGABYTE


def _workers(server: Server) -> list[float]:
    """Return the memory of each worker in MB, with shared pages counted for each."""
    return sorted(worker.memory_info().rss / MEGABYTE for worker in server.workers())


def _workers_at_rest(server: Server) -> list[float]:
    """Return the same after all workers have imported fastai: when none has grown for `REST_SECONDS`."""
    before: list[float] = []
    while (now := _workers(server)) != before:
        before = now
        time.sleep(REST_SECONDS)
    return now


def _span(sizes: list[float]) -> str:
    return f"{min(sizes):.0f} to {max(sizes):.0f} MB"


async def _crowd(server: Server) -> tuple[list[Visitor], float]:
    """Let some visitors train and control runs; all others view these runs and press a button that changes no run."""
    trainers = [Visitor(server.url, LONG_RUN) for _ in range(RUNS)]
    began = time.monotonic()
    driving = [asyncio.create_task(trainer.visit(CROWD_SECONDS, "Train", DRIVE, every=20)) for trainer in trainers]
    await asyncio.sleep(25)  # by then each trainer has pressed Train
    runs = [trainer.run for trainer in trainers]
    watchers = [Visitor(server.url, f"run={runs[number % RUNS]}") for number in range(VISITORS - RUNS)]
    rest = CROWD_SECONDS - (time.monotonic() - began)
    await asyncio.gather(*driving, *(watcher.visit(rest, press=("Our settings",), every=20) for watcher in watchers))
    return [*trainers, *watchers], time.monotonic() - began


async def warm(server: Server) -> None:
    """Wait until the first page is shown and the engine runs."""
    visitor = Visitor(server.url)
    while not visitor.run:
        await visitor.visit(1)


def _alone(server: Server, query: str, first: str = "") -> tuple[str, ...]:
    """Measure the cost of a tick: with one visitor, then with none."""
    visitor = Visitor(server.url, query)
    watched = asyncio.run(_watched(server, visitor, first))
    before = _used(server)
    time.sleep(ALONE_SECONDS)
    unwatched = _used(server) - before
    taken = Sample(tuple(visitor.ticks))
    return (
        shown((watched - unwatched) / len(taken.seconds)),
        f"{len(taken.seconds) / ALONE_SECONDS:.1f}",
        shown(taken.median),
        shown(taken.quantile(0.95)),
    )


async def _watched(server: Server, visitor: Visitor, first: str) -> float:
    """Return the CPU seconds while a visitor views a run; ticks before that (start, first button) are dropped."""
    visit = asyncio.create_task(visitor.visit(SETTLE_SECONDS + ALONE_SECONDS + 1, first, every=SETTLE_SECONDS / 3))
    await asyncio.sleep(SETTLE_SECONDS)
    visitor.ticks.clear()
    before = _used(server)
    await asyncio.sleep(ALONE_SECONDS)
    used, ticks = _used(server) - before, list(visitor.ticks)
    await visit
    visitor.ticks = ticks
    return used


def _used(server: Server) -> float:
    """Return the CPU seconds of the web process alone."""
    times = server.process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def lab(workers: int = 2) -> Iterator[Server]:
    """Run the app with a home folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home", Path(folder) / "log", workers=workers)
        try:
            yield server
        finally:
            server.end()


@contextmanager
def _bare_app(imports: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder) / "bare.py"
        app.write_text(BARE.format(imports=imports))
        server = Server(Path(folder) / "home", Path(folder) / "log", command=streamlit_run(app), folder=Path(folder))
        try:
            yield server
        finally:
            server.end()
