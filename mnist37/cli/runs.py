"""`runs`: list the kept runs, or delete one."""

import argparse
from datetime import UTC, datetime

from mnist37.cli.ladder import described, interval_and_errors
from mnist37.cli.output import Output, percent
from mnist37.cli.training import run_values
from mnist37.rungs import LADDER
from mnist37.runs import BrokenRun, RunInfo, RunStore

HELP = "list the runs that were kept, the newest first"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--delete", metavar="RUN", help="delete this run: its id, an unambiguous part of it, or `last`")


def run(options: argparse.Namespace, output: Output) -> int:
    """List the runs, or delete one."""
    store = RunStore()
    if options.delete:
        run_id = store.find(options.delete)
        store.delete(run_id)
        output.say(f"Deleted {run_id}")
        output.result({"deleted": run_id})
        return 0
    found = store.runs()
    runs = [run for run in found if isinstance(run, RunInfo)]
    broken = [run for run in found if isinstance(run, BrokenRun)]
    output.say(f"{len(runs)} runs in {store.folder}")
    output.table(
        (
            *("run", "trained (UTC)", "status", "accuracy", "95 % interval", "errors", "train accuracy"),
            *("seconds", "settings", "name"),
        ),
        map(_row, runs),
    )
    for run in broken:
        output.say(f"broken: {run.reason}")
    values = {"runs": [run_values(run) for run in runs], "broken": [{"run": b.id, "reason": b.reason} for b in broken]}
    output.result({"folder": str(store.folder), **values})
    return 0


def _row(run: RunInfo) -> tuple[object, ...]:
    when = datetime.fromtimestamp(run.created, UTC).strftime("%Y-%m-%d %H:%M")
    interval, errors = interval_and_errors(run)
    settings = described(run.settings) if run.settings.rung in LADDER else run.settings.rung
    return (
        run.id,
        when,
        run.status.value,
        percent(run.accuracy),
        interval,
        errors,
        percent(run.train_accuracy),
        f"{run.seconds:.1f}",
        settings,
        run.name,
    )
