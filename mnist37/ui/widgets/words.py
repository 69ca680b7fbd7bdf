"""Words for runs, the same on every page: a run's title, its progress, its score."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, SupportsInt

from mnist37.classes import THREE_OR_SEVEN
from mnist37.evaluation import Score
from mnist37.events import Status
from mnist37.rungs import LADDER, used_settings
from mnist37.runs import History, RunInfo
from mnist37.settings import Settings
from mnist37.ui.widgets.numbers import duration, percent

Colour = Literal["gray", "green", "orange", "blue", "red"]

BADGES: dict[Status, tuple[str, str, Colour]] = {
    Status.QUEUED: ("waiting", ":material/hourglass_top:", "gray"),
    Status.RUNNING: ("learning", ":material/play_arrow:", "green"),
    Status.PAUSED: ("paused", ":material/pause:", "orange"),
    Status.STOPPED: ("stopped", ":material/stop:", "gray"),
    Status.FINISHED: ("finished", ":material/check:", "blue"),
    Status.DIVERGED: ("diverged", ":material/trending_up:", "red"),
    Status.FAILED: ("failed", ":material/error:", "red"),
}
"""Word, icon and colour for each status."""

INTERVAL_HELP = (
    "Another set of as many digits would give another accuracy. This is the 95 % interval (Wilson's): where the "
    "model's accuracy on digits of this kind lies, as far as so many digits can tell."
)
"""What an interval beside an accuracy means."""


def run_title(info: RunInfo, when: str) -> str:
    """Return a run in one line: its name, model, how it ended, when, its settings. It stays the same while it trains.

    Plain text: a visitor chose the name, so where Markdown or HTML is read, it must be escaped.
    """
    parts = [info.name, model_title(info)]
    if not info.status.is_over:
        parts.append("still training")
    elif info.accuracy is not None:
        parts.append(percent(info.accuracy))
    if info.status.is_over and info.status is not Status.FINISHED:
        parts.append(BADGES[info.status][0])
    return " · ".join(part for part in [*parts, when, settings_words(info)] if part)


def model_title(info: RunInfo) -> str:
    """Return the model's name on the page."""
    rung = LADDER.get(info.settings.rung)
    return rung.title if rung else info.settings.rung


def settings_words(info: RunInfo, history: History | None = None) -> str:
    """Return the settings that the model reads; with a history, also what they were changed to while it learned.

    Other digits than the chapter's come first.
    """
    changes = history.changes() if history else {}
    return _settings_words(info.settings, tuple((name, of[-1][1]) for name, of in changes.items() if len(of) > 1))


@lru_cache(maxsize=2048)
def _settings_words(settings: Settings, changed: Sequence[tuple[str, float]]) -> str:
    """Return the settings in words, each followed by what it was changed to; pages list hundreds of runs."""
    words, newest = [] if settings.classes == THREE_OR_SEVEN else [settings.classes.words], dict(changed)
    for name, setting in used_settings(settings.rung).items():
        if setting.in_line:
            now = f" → {setting.text(newest[name])}" if name in newest else ""
            words.append(setting.in_words(getattr(settings, name)) + now)
    return ", ".join(words)


def progress_words(epoch_ends: Sequence[int], step: int, seconds_left: float | None) -> str:
    """Return the progress of a run in epochs (of `History.epoch_ends`) and steps."""
    epoch = min(len(epoch_ends) - 1, bisect_right(epoch_ends, step))
    words = f"epoch {epoch} of {len(epoch_ends) - 1} · step {step:,} of {epoch_ends[-1]:,}"
    return words if seconds_left is None else f"{words} · {duration(seconds_left)} left"


def digit_word(label: SupportsInt) -> str:
    """Return the chapter's digit of a label or a prediction, as the lessons need it."""
    return str(THREE_OR_SEVEN.digit(int(label)))


def score_words(score: Score) -> str:
    """Return an accuracy with its counts and interval: "98.50 % right, 3 wrong of 200 (95.7 to 99.5 %)"."""
    return f"{percent(score.accuracy)} right, {score} ({score.interval_words})"
