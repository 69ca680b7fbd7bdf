"""Measure what an open page costs a run: the same run with and without a visitor, in turn."""

import asyncio

from benchmarks.measure import Sample, spread
from benchmarks.server import lab, warm
from benchmarks.table import Table
from benchmarks.visitor import Visitor
from mnist37.runs import RunStore
from tests.browser.server import Server

ROUNDS = 5
PATIENCE_SECONDS = 600
QUERIES = {
    "linear-scratch": "rung=linear-scratch&batch_size=16&epochs=600",
    "simple-net": "rung=simple-net&batch_size=64&epochs=300",
    "resnet18": "rung=resnet18&epochs=1",
}


def watching() -> Table:
    """Measure a row for each rung."""
    rows = []
    with lab() as server:
        asyncio.run(warm(server))
        for rung, query in QUERIES.items():
            alone, watched = _side_by_side(server, query)
            cost = f"{watched.ratio_to(alone) - 1:+.1%}".replace("-", "−")
            rows.append((f"`{rung}`", spread(alone), spread(watched), cost))
    return Table(
        "Watching",
        ("rung", "nobody looks on", "watched", "watching costs"),
        rows,
        f"The seconds of the same run, told by itself, {ROUNDS} times in turn: somebody starts it and leaves, or stays "
        "in the Lab. No browser, as that is the visitor's machine. Goal: at most 5 % slower.",
    )


def _side_by_side(server: Server, query: str) -> tuple[Sample, Sample]:
    """Return the run's own seconds without and with a visitor; the first round is dropped."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(ROUNDS + 1):
        for stay, seconds in taken.items():
            seconds.append(asyncio.run(_seconds(server, query, stay=stay)))
    alone, watched = (Sample(tuple(seconds[1:])) for seconds in taken.values())
    return alone, watched


async def _seconds(server: Server, query: str, *, stay: bool) -> float:
    """Start a run, stay or leave, and return the seconds in its `run.json`."""
    store, visitor = RunStore(server.home / "runs"), Visitor(server.url, query)
    visit = asyncio.create_task(visitor.visit(PATIENCE_SECONDS, "Train", every=2.0))
    first = ""
    while not first or visitor.run == first:  # until the new run is selected
        await asyncio.sleep(0.05)
        first = first or visitor.run
    run = visitor.run
    if not stay:
        visit.cancel()
    while not store.info(run).status.is_over:
        await asyncio.sleep(0.2)
    visit.cancel()
    return store.info(run).seconds
