"""`train`: train one rung of the ladder and keep the run."""

import argparse

from mnist37.cli.data import add_data_option
from mnist37.cli.output import Output, percent
from mnist37.cli.training import EPOCH_HEADER, read_digits, run_values, train_and_keep
from mnist37.data import source_name
from mnist37.errors import SettingsError
from mnist37.events import Status
from mnist37.rungs import DEFAULT_RUNG, LADDER, get_rung, settings_for
from mnist37.runs import RunStore
from mnist37.settings import SETTINGS, Choice

HELP = "train one model and keep the run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options: one for each setting."""
    parser.add_argument("--rung", default=DEFAULT_RUNG, metavar="MODEL", help=f"one of: {', '.join(LADDER)}")
    for setting in sorted(SETTINGS.values(), key=lambda setting: isinstance(setting, Choice)):  # numbers first
        parser.add_argument(setting.option, type=setting.kind, help=setting.option_help)
    parser.add_argument("--chapter", action="store_true", help="the settings of the book's chapter instead of our own")
    add_data_option(parser)


def run(options: argparse.Namespace, output: Output) -> int:
    """Train and keep the run."""
    given = {name: getattr(options, name) for name in SETTINGS if getattr(options, name) is not None}
    rung = get_rung(options.rung)
    unused = sorted(set(given) - rung.uses)
    if unused:
        flags = " and ".join(SETTINGS[name].option for name in unused)
        raise SettingsError(f"{options.rung} has no {' and no '.join(unused)} to set.", f"Leave {flags} out.")
    if options.chapter and not rung.chapter:
        raise SettingsError(f"The book's chapter has no {options.rung}.", "Leave --chapter out.")
    chapter = rung.chapter[-1].settings if options.chapter else {}
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
