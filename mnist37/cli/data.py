"""`data`: load the digits and print their number and source."""

import argparse
from pathlib import Path

from mnist37.classes import PLURALS
from mnist37.cli.output import Output
from mnist37.cli.paths import refuse_taken, write_whole
from mnist37.cli.training import read_digits
from mnist37.data.npz import to_npz
from mnist37.settings import SETTINGS

HELP = "load the digits and say how many there are and where they came from"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--save", metavar="FILE", type=Path, help="write the digits, as they are trained on, as one new .npz file"
    )
    add_digits_option(parser)
    add_data_option(parser)


def add_digits_option(parser: argparse.ArgumentParser) -> None:
    """Add `--digits`, as `train` has it among its settings."""
    setting = SETTINGS["digits"]
    parser.add_argument(setting.option, help=setting.option_help)


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """Add `--data` and `--prepare`, which every command has that needs digits."""
    parser.add_argument("--data", metavar="SOURCE", help="`embedded`, `book`, or the path of a folder, archive or file")
    parser.add_argument(
        "--prepare",
        action="store_true",
        default=None,
        help="cut out, scale and centre each picture as a drawing is: for other sizes than 28x28, and for colour",
    )


def run(options: argparse.Namespace, output: Output) -> int:
    """Load and count the digits."""
    if options.save:
        refuse_taken(options.save, "Give another name with --save.")
    digits = read_digits(options, output)
    parts = (("train", digits.train_labels), ("valid", digits.valid_labels))
    names = {PLURALS[digit]: label for digit, label in digits.classes.labels.items()}
    counts = {part: {name: int((labels == label).sum()) for name, label in names.items()} for part, labels in parts}
    output.say(f"From {digits.source}")
    rows = [(part, *n.values(), sum(n.values())) for part, n in counts.items()]
    output.table(("", *names, "all"), rows)
    if options.save:
        write_whole(options.save, to_npz(digits), "Give another one with --save.")
        output.say(f"Written: {options.save}")
    output.result({"source": digits.source, "fingerprint": digits.fingerprint, **counts})
    return 0
