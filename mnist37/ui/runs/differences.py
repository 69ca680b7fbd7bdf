"""Labels for legends that name only the differences between runs, as legends have little room."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from mnist37.rungs import used_settings
from mnist37.runs import RunInfo
from mnist37.ui.widgets.words import model_title

Told = tuple[str, str]
"""A setting's name, and its value in words."""


def differences(infos: Sequence[RunInfo], clock: Callable[[float], str] | None = None) -> list[str]:
    """Return a label for each run that names only what differs between them.

    A name that a visitor gave wins. Otherwise: the model where there are several; of the settings that a model reads,
    those in which runs of this model differ; the digits where they differ. Runs that are the same in all of this are
    told apart by the time, where there is a clock, and at last by the end of their id. The labels are plain text, and
    a visitor may have chosen them: escape them where HTML or Markdown is read.

    Args:
        infos: the runs.
        clock: turns seconds since 1970 into a time for the reader.

    Returns:
        As many labels as runs, none empty.
    """
    labels = [info.name or _what_differs(info, infos) for info in infos]
    if clock is not None:
        labels = _told_apart(labels, [clock(info.created) for info in infos])
    return _told_apart(labels, [f"#{info.id[-6:]}" for info in infos])


def _what_differs(info: RunInfo, infos: Sequence[RunInfo]) -> str:
    models = {other.settings.rung for other in infos}
    same_model = [other for other in infos if other.settings.rung == info.settings.rung]
    parts = [model_title(info)] if len(models) > 1 else []
    parts += [words for setting, words in _told(info) if len({dict(_told(run)).get(setting) for run in same_model}) > 1]
    if len({other.fingerprint for other in infos}) > 1:
        parts.append(Path(info.settings.data).name + (f" + {info.n_own} drawn" if info.n_own else ""))
    return ", ".join(parts) or model_title(info)


def _told(info: RunInfo) -> list[Told]:
    """Return the settings that the model reads: first those that every line about a run names."""
    told = sorted(used_settings(info.settings.rung).values(), key=lambda setting: not setting.in_line)
    return [(setting.name, setting.in_words(getattr(info.settings, setting.name))) for setting in told]


def _told_apart(labels: Sequence[str], more: Sequence[str]) -> list[str]:
    count = Counter(labels)
    return [label if count[label] == 1 else f"{label} {add}" for label, add in zip(labels, more, strict=True)]
