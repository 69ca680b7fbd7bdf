"""`export`: write a kept run to a file."""

import argparse
from pathlib import Path

from mnist37.cli.output import Output
from mnist37.cli.paths import refuse_taken, write_whole
from mnist37.runs import RunStore
from mnist37.takeaway import FORMS, take_along

HELP = "write a kept run as a notebook, as weights, as ONNX, as CSV, or whole, to be imported elsewhere"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("model", metavar="RUN", help="a run's id, an unambiguous part of it, or `last`")
    forms = "; ".join(f"{form.name}: {form.purpose}" for form in FORMS.values())
    parser.add_argument("--as", dest="form", choices=FORMS, required=True, help=forms)
    parser.add_argument("--to", metavar="FILE", type=Path, help="by default the run's id in this folder")
    parser.add_argument("--force", action="store_true", help="replace a file that is there already")


def run(options: argparse.Namespace, output: Output) -> int:
    """Make the file, and write it unless the path already exists."""
    store, form = RunStore(), FORMS[options.form]
    run_id = store.find(options.model)
    path: Path = options.to or Path()
    path = path / form.file_name(run_id) if path.is_dir() else path
    if not options.force:
        refuse_taken(path, "Give another name with --to, or replace it with --force.")
    data = take_along(store, run_id, form)
    write_whole(path, data, "Give another one with --to.")
    output.say(f"{path}: {len(data):,} bytes. {form.purpose}")
    output.result({"run": run_id, "as": form.name, "file": str(path), "bytes": len(data)})
    return 0
