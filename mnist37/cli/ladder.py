"""`ladder`: train every rung on the same digits, and compare with the chapter's figures."""

import argparse
from collections.abc import Iterator
from typing import Any

from mnist37.classes import THREE_OR_SEVEN
from mnist37.cli.data import add_data_option, add_digits_option
from mnist37.cli.output import Output, percent
from mnist37.cli.training import read_digits, run_values, train_and_keep
from mnist37.data import source_name
from mnist37.events import Status
from mnist37.rungs import LADDER, ChapterFigure, settings_for, used_settings
from mnist37.runs import RunInfo, RunStore
from mnist37.settings import Choice, Settings

HELP = "train every model on the same digits, with the chapter's settings and with our own, and compare"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--seed", type=int, default=0, help="fixes all that is random")
    parser.add_argument(
        "--only", metavar="MODEL", action="append", choices=list(LADDER), help="this model (repeatable)"
    )
    add_digits_option(parser)
    add_data_option(parser)


def plan(only: list[str] | None, **common: Any) -> Iterator[tuple[str, ChapterFigure | None, Settings]]:
    """Yield `(whose settings, the chapter's figure, settings)` from the lowest rung up, all with the `common` ones."""
    for name in only or LADDER:
        rung, seen = LADDER[name], set()
        for figure in rung.chapter:
            settings = settings_for(name, **common, **figure.settings)
            seen.add(settings)
            yield "chapter", figure, settings
        ours = settings_for(name, **common)
        if ours not in seen:
            yield "ours", None, ours


def run(options: argparse.Namespace, output: Output) -> int:
    """Train every rung and print the comparison."""
    digits, store = read_digits(options, output), RunStore()
    output.say(f"{digits.n_train} train and {digits.n_valid} valid digits from {digits.source}")
    climbed: list[tuple[str, ChapterFigure | None, RunInfo]] = []
    common = {"seed": options.seed, "data": source_name(options.data), "digits": str(digits.classes)}
    for whose, chapter, settings in plan(options.only, **common):
        output.say(f"{settings.rung}, {whose}: {described(settings)}")
        reported = chapter if digits.classes == THREE_OR_SEVEN else None  # the chapter has no other digits
        climbed.append((whose, reported, train_and_keep(settings, digits, output, store)))
        if climbed[-1][2].status is Status.STOPPED:
            break
    columns = ("model", "settings", "accuracy", "95 % interval", "errors", "train accuracy", "seconds", "chapter")
    output.table(columns, [_row(*climb) for climb in climbed], title="The ladder")
    results = [
        {"settings_from": whose, "chapter_accuracy": reported.accuracy if reported else None, **run_values(i)}
        for whose, reported, i in climbed
    ]
    output.result({"source": digits.source, "ladder": results})
    return 0 if all(info.status is Status.FINISHED for _, _, info in climbed) else 1


def described(settings: Settings) -> str:
    """Return the settings that the rung reads, in a few words: first those that are words, then the numbers."""
    told = [setting for setting in used_settings(settings.rung).values() if setting.in_shell]
    told.sort(key=lambda setting: not isinstance(setting, Choice))
    return ", ".join(f"{setting.short} {getattr(settings, setting.name)}" for setting in told)


def interval_and_errors(info: RunInfo) -> tuple[str, str]:
    """Return an accuracy's 95 % interval and its errors, such as "3 of 200"."""
    score = info.score
    return ("–", "–") if score is None else (score.interval_words, f"{score.wrong} of {score.n}")


def _row(whose: str, chapter: ChapterFigure | None, info: RunInfo) -> tuple[object, ...]:
    shown = percent(info.accuracy) if info.status is Status.FINISHED else info.status.value
    settings = f"{whose}: {described(info.settings)}"
    interval, errors = interval_and_errors(info)
    return (
        info.settings.rung,
        settings,
        shown,
        interval,
        errors,
        percent(info.train_accuracy),
        f"{info.seconds:.2f}",
        chapter.reported if chapter else "–",
    )
