"""A lesson's run: one that is already kept, or one that a button starts on a worker."""

import streamlit as st

from mnist37.engine import Engine
from mnist37.settings import Settings
from mnist37.ui.live.notices import toasts_errors
from mnist37.ui.shell import start
from mnist37.ui.shell.first_run import kept_run
from mnist37.ui.shell.session import can_be_shown
from mnist37.ui.shell.who import visitor
from mnist37.ui.visit import LESSON_RUNS


def lesson_run(engine: Engine, settings: Settings) -> str | None:
    """Return the run of these settings on the current digits, started by any visitor; None if there is none yet."""
    known = LESSON_RUNS.keep()
    if settings in known and can_be_shown(engine, known[settings]):
        return known[settings]
    kept = kept_run(engine.store, settings, start.digits())
    if kept is not None:
        known[settings] = kept
    return kept


def train_button(engine: Engine, settings: Settings, label: str) -> None:
    """Show a button that trains the run."""
    st.button(
        label, key=f"train_{settings.rung}", type="primary", icon=":material/play_arrow:",
        on_click=_train, args=(engine, settings),
    )  # fmt: skip


@toasts_errors
def _train(engine: Engine, settings: Settings) -> None:
    LESSON_RUNS.keep()[settings] = engine.submit(settings, start.digits(), visitor().id)
