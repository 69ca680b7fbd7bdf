"""`import`: keep a run that was exported whole, here or elsewhere."""

import argparse
from pathlib import Path

from mnist37.cli.ladder import described
from mnist37.cli.output import Output, percent
from mnist37.cli.paths import expanded_one
from mnist37.cli.training import run_values
from mnist37.errors import BadBundle
from mnist37.runs import RunStore
from mnist37.takeaway import LARGEST_TOTAL, import_bundle

HELP = "keep a run from a file that was exported as `bundle`, under a new id; the file may come from anybody"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a .zip of `export --as bundle`")


def run(options: argparse.Namespace, output: Output) -> int:
    """Import the whole run or nothing."""
    info = import_bundle(RunStore(), _read(expanded_one(options.file)))
    output.say(f"{info.settings.rung}: {described(info.settings)}; {info.status.value}, {percent(info.accuracy)}")
    output.say(f"run {info.id}")
    output.result(run_values(info))
    return 0


def _read(path: Path) -> bytes:
    try:
        # Reading a pipe or a device could block or never end.
        if not path.is_file() or path.stat().st_size > LARGEST_TOTAL:
            raise BadBundle(f"{path} is no file with a run.", "Give a .zip of `export --as bundle`.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise BadBundle(f"{path} cannot be read ({error}).", "Give a .zip of `export --as bundle`.") from None
