"""`train`: train one rung of the ladder and keep the run."""

import argparse

from mnist37.cli.data import add_data_option
from mnist37.cli.output import Output, percent
from mnist37.cli.training import EPOCH_HEADER, read_digits, run_values, train_and_keep
from mnist37.data import source_name
from mnist37.errors import SettingsError
from mnist37.events import Status
from mnist37.rungs import LADDER, LOSS_TITLES, get_rung, settings_for
from mnist37.runs import RunStore
from mnist37.settings import RANGES

HELP = "train one model and keep the run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options: one for each setting."""
    parser.add_argument("--rung", default="linear-scratch", metavar="MODEL", help=f"one of: {', '.join(LADDER)}")
    for name, allowed in RANGES.items():
        text = f"{allowed.does} From {allowed.low:g} to {allowed.high:g}; by default the model's own."
        parser.add_argument(f"--{name.replace('_', '-')}", type=allowed.kind, help=text)
    parser.add_argument("--loss", help=f"one of: {', '.join(LOSS_TITLES)}; by default the model's own")
    parser.add_argument("--chapter", action="store_true", help="the settings of the book's chapter instead of our own")
    add_data_option(parser)


def run(options: argparse.Namespace, output: Output) -> int:
    """Train and keep the run."""
    names = (*RANGES, "loss")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    unused = sorted(set(given) - get_rung(options.rung).uses)
    if unused:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in unused)
        raise SettingsError(f"{options.rung} has no {' and no '.join(unused)} to set.", f"Leave {flags} out.")
    chapter = get_rung(options.rung).chapter[-1].settings if options.chapter else {}
    settings = settings_for(options.rung, **{**chapter, **given, "data": source_name(options.data)})
    digits = read_digits(options, output)
    output.say(f"{settings.rung} on {digits.n_train} digits from {digits.source}")
    output.say(EPOCH_HEADER)
    info = train_and_keep(settings, digits, output, RunStore())
    score = info.score
    accuracy = f"accuracy {percent(score.accuracy)}, {score} ({score.interval_words})" if score else "no epoch"
    output.say(f"{info.status.value}: {accuracy}, {info.seconds:.2f} s. {info.reason}".strip())
    output.say(f"run {info.id}")
    output.result(run_values(info))
    return 0 if info.status is Status.FINISHED else 1
